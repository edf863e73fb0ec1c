#include "harness/definition/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

#include "base/status.h"
#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(DecodeDefinition, FillsTheStructsAndKeepsDefaults) {
  const auto definition = Decode(kSmallSft);
  ASSERT_TRUE(definition.ok()) << definition.status();
  EXPECT_EQ(definition->kind(), StageKind::kSft);
  const auto& sft = std::get<SftSpec>(definition->stage);
  EXPECT_EQ(sft.model.hidden_size, 128);
  EXPECT_EQ(sft.model.kv_heads(), 4);
  EXPECT_EQ(sft.tokenizer.artifact, (ArtifactRef{"tokenizer_small", 1}));
  EXPECT_EQ(sft.optimizer.learning_rate, 0.001);
  EXPECT_EQ(sft.optimizer.beta2, 0.95);
  EXPECT_EQ(sft.training.micro_rows(), 48);
  EXPECT_EQ(sft.data.path, std::nullopt);
  EXPECT_EQ(definition->run.determinism, Determinism::kStrict);
}

TEST(DecodeDefinition, ReadsListsOfTables) {
  const auto definition = Decode(std::string(kSmallSft) +
                                 "[[data.mix]]\ntask = \"a\"\nweight = 2\n[[data.mix]]\n"
                                 "task = \"b\"\nweight = 0.5\n[[acceptance]]\n"
                                 "metric = \"exact_match\"\nmin = 0.2\n");
  ASSERT_TRUE(definition.ok()) << definition.status();
  const auto& sft = std::get<SftSpec>(definition->stage);
  ASSERT_EQ(sft.data.mix.size(), 2u);
  EXPECT_EQ(sft.data.mix[0].weight, 2);
  EXPECT_EQ(sft.data.mix[1].task, "b");
  ASSERT_EQ(AcceptanceBounds(*definition).size(), 1u);
  EXPECT_EQ(AcceptanceBounds(*definition)[0].min, 0.2);
  EXPECT_EQ(AcceptanceBounds(*definition)[0].max, std::nullopt);
}

TEST(DecodeDefinition, EveryErrorIsAUsageError) {
  EXPECT_EQ(ExitCodeFor(Decode("stage = 1").status()), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeFor(Decode("= 1").status()), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeFor(Decode(With("num_layers", "num_layer")).status()), ExitCode::kUsage);
}

TEST(DecodeDefinition, UnknownKeyIsNamedWithItsPlaceAndTheNearestName) {
  EXPECT_EQ(Refusal(With("hidden_size", "hiden_size")),
            "d.toml:3:1: unknown key \"hiden_size\" in [model]; did you mean \"hidden_size\"?");
  EXPECT_EQ(Refusal(With("[training]", "[trainig]")),
            "d.toml:13:2: unknown key \"trainig\" at the top; did you mean \"training\"?");
  EXPECT_EQ(Refusal(With("[model]", "titel = \"x\"\n[model]")),
            "d.toml:2:1: unknown key \"titel\" at the top; did you mean \"title\"?");
}

TEST(DecodeDefinition, UnknownKeyOfAListElementIsFound) {
  EXPECT_EQ(Refusal(std::string(kSmallSft) + "[[data.mix]]\ntask = \"a\"\nwieght = 1\n"),
            "d.toml:18:1: unknown key \"wieght\" in [data.mix]; did you mean \"weight\"?");
}

TEST(DecodeDefinition, WrongUnitIsSaid) {
  EXPECT_EQ(Refusal(std::string(kSmallSft) + "[run]\n  flush_interval_ms = 500\n"),
            "d.toml:17:3: wrong unit: \"flush_interval_ms\" is written \"flush_interval_s\" here, "
            "in s");
}

TEST(DecodeDefinition, DuplicateKeyAndTableAreRefusedWithTheirPlace) {
  EXPECT_THAT(Refusal(With("num_layers = 4", "num_heads = 4")), StartsWith("d.toml:5:13: "));
  EXPECT_THAT(Refusal(With("num_layers = 4", "num_heads = 4")), HasSubstr("'num_heads'"));
  EXPECT_THAT(Refusal(std::string(kSmallSft) + "[model]\nmax_positions = 1\n"),
              StartsWith("d.toml:16:1: "));
}

TEST(DecodeDefinition, WrongTypesAreRefusedWithValueAndPlace) {
  EXPECT_EQ(Refusal(With("steps = 1600", "steps = \"1600\"")),
            "d.toml:14:9: training.steps: expected an integer (in steps), got string \"1600\"");
  EXPECT_EQ(Refusal(With("steps = 1600", "steps = 1600.0")),
            "d.toml:14:9: training.steps: expected an integer, got float 1600.0");
  EXPECT_EQ(Refusal(With("1e-3", "true")),
            "d.toml:12:17: optimizer.learning_rate: expected a float, got boolean true");
  EXPECT_EQ(Refusal(With("[training]", "[[training]]")),
            "d.toml:13:1: training: expected a table, got array");
  EXPECT_EQ(Refusal(With("stage = \"sft\"\n", "stage = \"sft\"\nrun = 3\n")),
            "d.toml:2:7: run: expected a table, got integer 3");
  EXPECT_EQ(Refusal(With("[data]\n", "[data]\nmix = \"a\"\n")),
            "d.toml:10:7: data.mix: expected an array of tables, got string \"a\"");
  EXPECT_EQ(Refusal(With("[data]\n", "[data]\nmix = [1]\n")),
            "d.toml:10:7: data.mix: expected an array of tables, got array");
}

TEST(DecodeDefinition, OutOfRangeIsRefusedWithTheRange) {
  EXPECT_EQ(Refusal(With("steps = 1600", "steps = 0")),
            "d.toml:14:9: training.steps: 0 steps is out of range: 1 to 1e+09");
  EXPECT_EQ(Refusal(With("1e-3", "0")),
            "d.toml:12:17: optimizer.learning_rate: 0 is out of range: above 0 and at most 100");
  EXPECT_EQ(Refusal(With("[model]", "schema = 2\n[model]")),
            "d.toml:2:10: schema: 2 is out of range: exactly 1");
}

TEST(DecodeDefinition, UnknownEnumeratorNamesTheNearest) {
  EXPECT_EQ(Refusal(With("[training]", "[schedule]\nkind = \"cosin\"\n[training]")),
            "d.toml:14:8: schedule.kind: \"cosin\" is not one of \"constant\", \"linear\", "
            "\"cosine\"; did you mean \"cosine\"?");
  EXPECT_EQ(Refusal("stage = \"stf\""),
            "d.toml:1:9: stage: \"stf\" is no stage; did you mean \"sft\"?");
}

TEST(DecodeDefinition, MissingKeyIsNamedWithItsTable) {
  EXPECT_EQ(Refusal(With("num_heads = 4\n", "")),
            "d.toml:2:1: model.num_heads: missing key, an integer: only initial weights bring "
            "their geometry along");
  EXPECT_EQ(Refusal(With("[optimizer]\nlearning_rate = 1e-3\n", "")),
            "d.toml:1:1: missing key optimizer.learning_rate, a float");
  EXPECT_THAT(Refusal("title = \"x\"\n"), StartsWith("d.toml:1:1: missing key stage, one of "));
  EXPECT_EQ(Refusal(std::string(kSmallSft) + "[[data.mix]]\ntask = \"a\"\n"),
            "d.toml:16:1: missing key data.mix.weight, a float");
}

TEST(DecodeDefinition, ReportsTheEarliestOfSeveralErrors) {
  std::string toml = With("num_layers = 4", "num_layers = 0");
  toml.replace(toml.find("hidden_size = 128"), 17, "hidden_size = \"a\"");
  EXPECT_THAT(Refusal(toml), StartsWith("d.toml:3:15: model.hidden_size"));
}

TEST(DecodeDefinition, CrossFieldRulesNameThePlaceOfTheValue) {
  EXPECT_EQ(Refusal(std::string(kSmallSft) + "micro_batch_size = 7\n"),
            "d.toml:15:14: training.batch_size: 48 is not a multiple of micro_batch_size 7");
  EXPECT_EQ(Refusal(std::string(kSmallSft) + "[[acceptance]]\nmetric = \"a\"\nmin = 1\nmax = 0\n"),
            "d.toml:18:7: acceptance[0].min: 1 is more than max 0");
  // Neither source given: the table around it is the place.
  EXPECT_EQ(Refusal(With("dataset = \"translations@1\"\n", "")),
            "d.toml:9:1: data.dataset: needs exactly one of dataset = \"NAME@N\" and path = "
            "\"...\"");
}

TEST(DecodeDefinition, ForeignTextInMessagesCannotDriveTheTerminal) {
  EXPECT_THAT(Refusal(With("hidden_size", "\"\\u001b[31m\"")),
              HasSubstr("unknown key \"\\x1b[31m\""));
}

absl::Status DecodeCommitted(const std::string& toml, std::vector<std::string> overrides = {}) {
  DecodeOptions options;
  options.label = "d.toml";
  options.origin = Origin::kCommitted;
  options.overrides = std::move(overrides);
  return DecodeDefinition(toml, options).status();
}

TEST(DecodeCommittedDefinition, RefusesFilesOfOnesOwn) {
  for (const std::string path : {"own.jsonl", "/tmp/own.jsonl", "../own.jsonl"}) {
    const absl::Status status =
        DecodeCommitted(With("dataset = \"translations@1\"", "path = \"" + path + "\""));
    EXPECT_THAT(std::string(status.message()),
                StartsWith("d.toml:10:8: data.path: \"" + path + "\" is a file of your own"));
  }
  EXPECT_TRUE(DecodeCommitted(std::string(kSmallSft), {"data.path=/tmp/own.jsonl"}).ok());
  EXPECT_TRUE(Decode(With("dataset = \"translations@1\"", "path = \"../own.jsonl\"")).ok());
}

TEST(DecodeCommittedDefinition, PinsVersions) {
  const std::string toml = With("tokenizer_small@1", "tokenizer_small");
  EXPECT_EQ(DecodeCommitted(toml).message(),
            "d.toml:8:12: tokenizer.artifact: a committed definition pins a version: write "
            "\"tokenizer_small@N\"");
  EXPECT_TRUE(Decode(toml).ok());
  EXPECT_TRUE(DecodeCommitted(std::string(kSmallSft), {"tokenizer.artifact=tokenizer_small"}).ok());
}

TEST(DecodeCommittedDefinition, RefusesNamesThatLeaveTheFolder) {
  std::string toml(kSmallTranslations);
  toml.replace(toml.find("bash"), 4, "../bash");
  EXPECT_THAT(std::string(DecodeCommitted(toml).message()),
              StartsWith("d.toml:3:11: translations.sources: \"../bash\" is not a name"));
  EXPECT_THAT(std::string(DecodeCommitted(With("translations@1", "../x@1")).message()),
              StartsWith("d.toml:10:11: data.dataset: \"../x@1\" names no experiment"));
}

TEST(DecodeFields, FillsAnyDescribedStruct) {
  RunSpec run;
  EXPECT_TRUE(DecodeFields("threads = 3\n", FieldsOf(run), {.label = "r.toml"}).ok());
  EXPECT_EQ(run.threads, 3);
  EXPECT_EQ(DecodeFields("thread = 3\n", FieldsOf(run), {.label = "r.toml"}).message(),
            "r.toml:1:1: unknown key \"thread\" at the top; did you mean \"threads\"?");
}

// Another value, of any type, in place of one that follows an '='.
void MutateValue(std::mt19937& random, std::string& text) {
  constexpr std::array<std::string_view, 14> kValues = {
      "-1",    "1.5", "1e300", "nan", "true", "\"x\"",    "\"a@1\"",
      "'../'", "[]",  "{}",    "[1]", "[[]]", "{a = {}}", "1979-05-27"};
  const size_t start = text.find('=', random() % (text.size() + 1));
  if (start == std::string::npos) return;
  const size_t end = std::min(text.find('\n', start), text.size());
  text.replace(start + 1, end - start - 1, kValues[random() % kValues.size()]);
}

// Replaces, inserts or removes bytes, or doubles a piece, at a random place.
void MutateBytes(std::mt19937& random, std::string& text) {
  constexpr std::string_view kSyntax = "[]{}.='\"\n#,";
  if (text.empty()) text.push_back('a');
  const size_t at = random() % text.size();
  const char byte =
      random() % 2 == 0 ? static_cast<char>(random() % 256) : kSyntax[random() % kSyntax.size()];
  switch (random() % 4) {
    case 0:
      text[at] = byte;
      break;
    case 1:
      text.insert(at, 1 + random() % 3, byte);
      break;
    case 2:
      text.erase(at, 1 + random() % 20);
      break;
    default:
      text.insert(at, text.substr(random() % text.size(), random() % 80));
  }
}

// Whatever comes back, nothing crashes, and a refusal is one line without control characters.
TEST(DecodeDefinition, ThousandMutantsNeverCrash) {
  std::mt19937 random(1);
  const std::string original = std::string(kSmallSft) +
                               "[[data.mix]]\ntask = \"a\"\nweight = 1.5\n[[acceptance]]\n"
                               "metric = \"m\"\nmin = 0.25\n";
  int num_refused = 0;
  for (int i = 0; i < 1000; ++i) {
    std::string mutant = original;
    // Bytes mostly end in the TOML parser, values in the decoder.
    const auto mutate = i % 2 == 0 ? MutateBytes : MutateValue;
    for (int edits = 0; edits <= i % 4; ++edits) mutate(random, mutant);
    const std::string refusal = Refusal(mutant);
    num_refused += refusal.empty() ? 0 : 1;
    for (const char c : refusal) EXPECT_GE(static_cast<unsigned char>(c), 0x20) << refusal;
  }
  EXPECT_GT(num_refused, 500);
}

}  // namespace
}  // namespace bench::harness
