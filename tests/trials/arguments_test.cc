#include "trials/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"

namespace bench::trials {
namespace {

using results::MetricInfo;
using results::MetricKind;
using results::Requirement;
using ::testing::HasSubstr;

std::string Refusal(const std::vector<std::string>& arguments) {
  const auto parsed = ParseCompareArguments(arguments);
  EXPECT_EQ(ExitCodeFor(parsed.status()), ExitCode::kUsage);
  return std::string(parsed.status().message());
}

TEST(ParseCompareArguments, ReadsEverything) {
  const auto parsed =
      ParseCompareArguments({"--require", "same", "b", "--metrics=loss,time", "--allow", "entropy",
                             "--markdown", "--junit=out/x.xml", "--", "--h"});
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->base(), "b");
  EXPECT_EQ(parsed->head(), "--h");
  EXPECT_EQ(parsed->options.policy.require, Requirement::kSame);
  EXPECT_TRUE(parsed->options.policy.allowed.contains("entropy"));
  EXPECT_EQ(parsed->printed, ReportFormat::kMarkdown);
  EXPECT_TRUE(parsed->wants(ReportFormat::kMarkdown));
  EXPECT_FALSE(parsed->wants(ReportFormat::kHtml));
  ASSERT_EQ(parsed->files.size(), 1U);
  EXPECT_EQ(parsed->files[0].format, ReportFormat::kJunit);
  EXPECT_EQ(parsed->files[0].path, "out/x.xml");
  MetricInfo time;
  time.kind = MetricKind::kTime;
  EXPECT_TRUE(parsed->options.metrics.Has(time));
  EXPECT_FALSE(parsed->options.metrics.Has({}));
}

TEST(ParseCompareArguments, RefusesWhatItCannotUse) {
  EXPECT_THAT(Refusal({"a"}), HasSubstr("expected BASE and HEAD, got 1 argument"));
  EXPECT_THAT(Refusal({"a", ""}), HasSubstr("an empty text"));
  EXPECT_THAT(Refusal({"--exakt", "a", "b"}), HasSubstr("unknown option --exakt"));
  EXPECT_THAT(Refusal({"--require", "fast", "a", "b"}), HasSubstr("not-worse, same or bitwise"));
  EXPECT_THAT(Refusal({"--require=same", "--require=same", "a", "b"}), HasSubstr("given twice"));
  EXPECT_THAT(Refusal({"a", "b", "--metrics"}), HasSubstr("needs a value"));
  EXPECT_THAT(Refusal({"--metrics", "a,,b", "a", "b"}), HasSubstr("empty"));
  EXPECT_THAT(Refusal({"--json", "--junit", "a", "b"}), HasSubstr("--junit=FILE"));
  EXPECT_THAT(Refusal({"--json=", "a", "b"}), HasSubstr("file"));
  EXPECT_THAT(Refusal({"--version", "--json"}), HasSubstr("nothing else"));
  EXPECT_THAT(Refusal({"--version", "--help"}), HasSubstr("one command"));
  EXPECT_THAT(Refusal({"--help=x"}), HasSubstr("no value"));
}

TEST(ParseCompareArguments, ReadsATarget) {
  const auto parsed = ParseCompareArguments({"--target", "loss/en_zh=2.5", "a", "b"});
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  ASSERT_EQ(parsed->options.targets.size(), 1U);
  EXPECT_EQ(parsed->options.targets[0].path, "loss/en_zh");
  EXPECT_EQ(parsed->options.targets[0].value, 2.5);
  EXPECT_THAT(Refusal({"--target", "loss", "a", "b"}), HasSubstr("as loss=2.5"));
}

TEST(ParseCompareArguments, EachCommandTakesItsOwn) {
  EXPECT_THAT(Refusal({"--replicates", "3", "a", "b"}),
              HasSubstr("goes with --arms, --commits, --bisect"));
  EXPECT_THAT(Refusal({"--bisect", "--junit", "--out", "o", "a", "b", "c", "d"}),
              HasSubstr("not with --bisect"));
  EXPECT_THAT(Refusal({"--arms", "a", "b"}), HasSubstr("--out FOLDER is missing"));
  EXPECT_THAT(Refusal({"--update-baseline", "a"}), HasSubstr("--reason TEXT is missing"));
  EXPECT_THAT(Refusal({"--history"}), HasSubstr("expected an experiment"));
  const auto exported = ParseCompareArguments({"--export", "csv", "r.h5"});
  ASSERT_TRUE(exported.ok()) << exported.status();
  EXPECT_EQ(exported->command, CompareCommand::kExport);
  EXPECT_EQ(exported->export_format, "csv");
}

}  // namespace
}  // namespace bench::trials
