#include "harness/run/options.h"

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace bench::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::Status Error(const std::vector<std::string>& arguments) {
  return ParseOptions(arguments).status();
}

TEST(Options, ReadTheExperimentAndItsOverridesInAnyOrder) {
  const auto options =
      ParseOptions({"--set", "a=1", "sft_small@2", "--set=b=x=y", "--resume", "--out", "d"});
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_THAT(options->arguments, ElementsAre("sft_small@2"));
  EXPECT_THAT(options->overrides, ElementsAre("a=1", "b=x=y"));
  EXPECT_EQ(options->start, StartMode::kResume);
}

TEST(Options, ReadCommandsWithTheirValues) {
  const auto options = ParseOptions({"--export", "results.h5", "folder"});
  ASSERT_TRUE(options.ok());
  EXPECT_EQ(options->command, Command::kExport);
  EXPECT_THAT(options->arguments, ElementsAre("results.h5", "folder"));
  EXPECT_EQ(ParseOptions({"--store", "prune"})->store_action, StoreAction::kPrune);
}

TEST(Options, OfThePlanHaveThePapersRanksUnlessTheyAreGiven) {
  const auto defaults = ParseOptions({"sft_small", "--plan"});
  ASSERT_TRUE(defaults.ok()) << defaults.status();
  EXPECT_EQ(defaults->command, Command::kPlan);
  EXPECT_THAT(defaults->arguments, ElementsAre("sft_small"));
  EXPECT_THAT(defaults->plan.ranks, ElementsAre(1, 4, 16, 64, 256, 1024));
  const auto given =
      ParseOptions({"--plan", "--plan-ranks=8,2,8", "--device-gb", "0.5", "--json", "sft_small"});
  ASSERT_TRUE(given.ok()) << given.status();
  EXPECT_THAT(given->plan.ranks, ElementsAre(8, 2));
  EXPECT_EQ(given->plan.device_gb, 0.5);
  EXPECT_EQ(given->form, OutputForm::kJson);
}

TEST(Options, OfThePlanAreCountsAndAmountsAboveZero) {
  const std::pair<std::vector<std::string>, const char*> wrong[] = {
      {{"--plan"}, "name an experiment"},
      {{"x", "--plan", "--plan-ranks", "4,0"}, "at least 1"},
      {{"x", "--plan", "--plan-ranks", "4,"}, "integer"},
      {{"x", "--plan", "--plan-ranks", "1000001"}, "at most 1000000"},
      {{"x", "--plan", "--device-gb", "nan"}, "above 0"},
      {{"x", "--plan", "--device-gb", "-1"}, "above 0"},
      {{"x", "--plan", "--vocab-size", "0"}, "at least 1"},
      {{"--models", "--model", "llama-7b"}, "--model has no use with --models"}};
  for (const auto& [arguments, message] : wrong) {
    const absl::Status error = Error(arguments);
    EXPECT_EQ(ExitCodeFor(error), ExitCode::kUsage) << message;
    EXPECT_THAT(std::string(error.message()), HasSubstr(message));
  }
}

TEST(Options, APageIsPrintedOrWrittenAndOfOneResult) {
  const auto printed = ParseOptions({"--show", "run", "--html"});
  ASSERT_TRUE(printed.ok()) << printed.status();
  EXPECT_EQ(printed->form, OutputForm::kHtml);
  EXPECT_FALSE(printed->html_file);
  const auto written = ParseOptions({"--html=page.html", "--show", "run"});
  ASSERT_TRUE(written.ok()) << written.status();
  EXPECT_EQ(written->form, OutputForm::kHtml);
  EXPECT_EQ(written->html_file, "page.html");
  EXPECT_EQ(written->arguments, std::vector<std::string>{"run"});
  for (const std::vector<std::string>& wrong :
       {std::vector<std::string>{"--show", "run", "--html="},
        {"--runs", "--html"},
        {"--show", "run", "--html", "--json"},
        {"--show", "run", "--html", "page.html"}}) {
    EXPECT_EQ(ExitCodeFor(ParseOptions(wrong).status()), ExitCode::kUsage);
  }
}

TEST(Options, AShortRunAndADryOneAreOfARunAlone) {
  const auto options = ParseOptions({"experiments/x", "--steps", "20", "--dry-run"});
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->steps, 20);
  EXPECT_EQ(options->rehearsal, Rehearsal::kDryRun);
  EXPECT_EQ(ExitCodeFor(ParseOptions({"experiments/x", "--steps", "0"}).status()),
            ExitCode::kUsage);
  EXPECT_EQ(ExitCodeFor(ParseOptions({"--list", "--dry-run"}).status()), ExitCode::kUsage);
  EXPECT_THAT(Error({"experiments/x", "--dry-run", "--nproc", "2"}).message(),
              HasSubstr("--nproc has no use with --dry-run"));
}

TEST(Options, HelpWinsOverEverythingElse) {
  EXPECT_EQ(ParseOptions({"--help"})->command, Command::kHelp);
  EXPECT_EQ(ParseOptions({"sft_small", "--help"})->command, Command::kHelp);
  EXPECT_EQ(ParseOptions({"-h"})->command, Command::kHelp);
}

TEST(Options, AreUsageErrorsThatSayWhatToDo) {
  EXPECT_EQ(Error({}).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Error({"--resme", "x"}).message(), HasSubstr("did you mean --resume"));
  EXPECT_THAT(Error({"x", "y"}).message(), HasSubstr("one experiment at a time"));
  EXPECT_THAT(Error({"x", "--repeat", "0"}).message(), HasSubstr("at least 1"));
  EXPECT_THAT(Error({"x", "--repeat", "two"}).message(), HasSubstr("integer"));
  EXPECT_THAT(Error({"x", "--device", "tpu"}).message(), HasSubstr("auto, cpu, cuda"));
  EXPECT_THAT(Error({"x", "--set"}).message(), HasSubstr("needs 1 value"));
  EXPECT_THAT(Error({"x", "--same-seed"}).message(), HasSubstr("--repeat"));
  EXPECT_THAT(Error({"x", "--repeat", "2", "--replicate", "1"}).message(),
              HasSubstr("--replicate"));
  EXPECT_THAT(Error({"--list", "--check"}).message(), HasSubstr("one command"));
}

TEST(Options, OfAnotherCommandAreRefusedAndThoseOfThisOneNamed) {
  EXPECT_THAT(Error({"--list", "--repeat", "2"}).message(),
              HasSubstr("--repeat has no use with --list, which takes --experiments"));
  EXPECT_THAT(Error({"--recover", "d", "--device=cpu"}).message(), HasSubstr("takes no options"));
  EXPECT_THAT(Error({"--list", "--tokenizer", "x"}).message(),
              HasSubstr("--tokenizer has no use with --list"));
  EXPECT_THAT(Error({"x", "--plan", "--out", "d"}).message(), HasSubstr("--out has no use"));
  EXPECT_THAT(Error({"x", "--json"}).message(), HasSubstr("--json has no use with a run"));
  EXPECT_TRUE(ParseOptions({"--store", "prune", "--experiments", "e"}).ok());
}

TEST(Options, ArgumentsTooManyAndMissingOnesAreNamed) {
  for (const char* command : {"--list", "--check", "--lock", "--version"}) {
    EXPECT_THAT(Error({command, "extra"}).message(), HasSubstr("\"extra\": leave it out"));
  }
  EXPECT_THAT(Error({"--export", "r", "d", "extra"}).message(), HasSubstr("extra"));
  EXPECT_THAT(Error({"--store", "prune", "extra"}).message(), HasSubstr("extra"));
  EXPECT_THAT(Error({"--store", "forget"}).message(), HasSubstr("needs DIR"));
  EXPECT_THAT(ParseOptions({"--store", "forget", "d"})->arguments, ElementsAre("d"));
  EXPECT_EQ(ParseOptions({"--store", "remember", "d"})->store_action, StoreAction::kRemember);
  EXPECT_THAT(ParseOptions({"--", "x"})->arguments, ElementsAre("x"));
}

TEST(Options, GivenTwiceAreRefusedUnlessTheyAddUp) {
  EXPECT_THAT(Error({"x", "--out", "a", "--out", "b"}).message(),
              HasSubstr("--out is given twice"));
  EXPECT_THAT(Error({"x", "--out", "a", "--resume", "--resume"}).message(), HasSubstr("twice"));
  EXPECT_TRUE(ParseOptions({"x", "--set", "a=1", "--set", "a=2"}).ok());
}

TEST(Options, ValuesThatAreOptionsOrEmptyAreRefused) {
  EXPECT_THAT(Error({"x", "--out", "--plan"}).message(), HasSubstr("--out=./--plan"));
  EXPECT_THAT(Error({"x", "--set", "--set=a=1"}).message(), HasSubstr("missing before --set=a=1"));
  EXPECT_THAT(Error({"--generate", "r", "--list"}).message(), HasSubstr("begin it with a space"));
  EXPECT_EQ(ParseOptions({"x", "--out=--plan"})->out, "--plan");
  EXPECT_THAT(ParseOptions({"--generate", "r", "--flags, please"})->arguments,
              ElementsAre("r", "--flags, please"));
  EXPECT_THAT(Error({"x", "--out", ""}).message(), HasSubstr("empty"));
  EXPECT_THAT(Error({"x", "--out="}).message(), HasSubstr("empty"));
  EXPECT_THAT(Error({""}).message(), HasSubstr("name an experiment"));
  EXPECT_THAT(Error({"--list=yes"}).message(), HasSubstr("takes no value"));
}

TEST(Options, UnknownOnesSuggestOnlyWhatIsNear) {
  EXPECT_THAT(Error({"--verson"}).message(), HasSubstr("did you mean --version"));
  EXPECT_THAT(Error({"--verbose"}).message(), ::testing::Not(HasSubstr("did you mean")));
  EXPECT_THAT(Error({"x", "-q"}).message(), HasSubstr("unknown option -q"));
}

TEST(Options, EveryOptionIsInTheHelp) {
  const std::string help = HelpText();
  for (const char* option : {"--set", "--out", "--resume", "--repeat", "--replicate", "--same-seed",
                             "--device", "--list", "--check", "--lock", "--export", "--generate",
                             "--recover", "--store", "--fields", "--portable", "--version"}) {
    EXPECT_THAT(help, HasSubstr(option));
  }
}

TEST(Options, TorchrunRestartImpliesResume) {
  ::setenv("TORCHELASTIC_RESTART_COUNT", "1", 1);
  EXPECT_EQ(ParseOptions({"x", "--out", "d"})->start, StartMode::kResume);
  EXPECT_THAT(Error({"x"}).message(), HasSubstr("needs --out"));
  ::setenv("TORCHELASTIC_RESTART_COUNT", "0", 1);
  EXPECT_EQ(ParseOptions({"x"})->start, StartMode::kFresh);
  ::unsetenv("TORCHELASTIC_RESTART_COUNT");
}

TEST(Options, RootAndStoreComeFromTheEnvironment) {
  ::unsetenv("BENCH_STORE");
  ::setenv("BENCH_ROOT", "/project", 1);
  EXPECT_EQ(ParseOptions({"x"})->experiments_root, "/project/experiments");
  EXPECT_EQ(ParseOptions({"x"})->store_root, "/project/results/store");
  ::setenv("BENCH_STORE", "/elsewhere", 1);
  EXPECT_EQ(ParseOptions({"x"})->store_root, "/elsewhere");
  ::unsetenv("BENCH_ROOT");
  ::unsetenv("BENCH_STORE");
}

}  // namespace
}  // namespace bench::harness
