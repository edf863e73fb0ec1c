#include "harness/stages/sft/data.h"

#include <fstream>
#include <set>

#include "base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/data/held_out.h"
#include "tests/harness/model_io/tiny_tokenizer.h"
#include "tests/harness/run_fixture.h"
#include "tests/harness/stages/sft/tiny_sft.h"
#include "tests/harness/stop_request.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

void WriteRows(const std::string& path, int first, int count, bool reversed = false) {
  std::vector<SftExample> examples;
  for (int i = first; i < first + count; ++i) {
    examples.push_back({"say", "number " + std::to_string(i), "it is " + std::to_string(i), ""});
  }
  if (reversed) std::reverse(examples.begin(), examples.end());
  std::ofstream(path) << AlpacaLines(examples);
}

std::set<std::string> Inputs(const std::vector<SftRow>& rows) {
  std::set<std::string> inputs;
  for (const SftRow& row : rows) inputs.insert(row.example.input);
  return inputs;
}

TEST(LoadSftData, HoldsOutAHashedFractionWhateverTheOrder) {
  RunFixture fixture;
  const RunContext context = fixture.Start("run");
  const Tokenizer tokenizer = TinyTokenizer();
  SftSpec spec;
  spec.data.validation_fraction = 0.25;
  spec.data.path = fixture.folder() / "rows.jsonl";
  WriteRows(*spec.data.path, 0, 400);
  const auto data = LoadSftData(spec, tokenizer, context);
  ASSERT_TRUE(data.ok()) << data.status();
  ASSERT_THAT(data->tasks, SizeIs(1));
  EXPECT_EQ(data->tasks[0].task, "all");
  // Binomial(400, 1/4): standard deviation 8.7; four of them.
  EXPECT_NEAR(static_cast<double>(data->tasks[0].validation.size()), 100, 35);
  EXPECT_EQ(data->tasks[0].train.size() + data->tasks[0].validation.size(), 400u);

  WriteRows(*spec.data.path, 0, 400, /*reversed=*/true);
  const auto reversed = LoadSftData(spec, tokenizer, context);
  ASSERT_TRUE(reversed.ok());
  EXPECT_EQ(Inputs(data->tasks[0].validation), Inputs(reversed->tasks[0].validation));
}

// At the default fraction, 0.05, none of these 40 rows has its hash below it.
TEST(LoadSftData, OfAFileWithFewRowsOneIsHeldOutWhateverTheOrder) {
  RunFixture fixture;
  const RunContext context = fixture.Start("run");
  const Tokenizer tokenizer = TinyTokenizer();
  SftSpec spec;
  spec.data.path = fixture.folder() / "rows.jsonl";
  int first = 0;  // of forty rows none of which is below the fraction
  for (int i = 0; i < first + 40; ++i) {
    if (HeldOutHash("say", "number " + std::to_string(i)) < 0.05) first = i + 1;
  }
  std::set<std::string> held_out;
  for (const bool reversed : {false, true}) {
    WriteRows(*spec.data.path, first, 40, reversed);
    const auto data = LoadSftData(spec, tokenizer, context);
    ASSERT_TRUE(data.ok()) << data.status();
    EXPECT_THAT(data->tasks[0].train, SizeIs(39));
    ASSERT_THAT(data->tasks[0].validation, SizeIs(1));
    held_out.insert(data->tasks[0].validation[0].example.input);
  }
  EXPECT_THAT(held_out, SizeIs(1));
  WriteRows(*spec.data.path, 0, 1);
  EXPECT_THAT(LoadSftData(spec, tokenizer, context).status().message(),
              HasSubstr("rows with another prompt"));
}

TEST(LoadSftData, EveryRowEndsWithEosAndCountsItsPrompt) {
  RunFixture fixture;
  const RunContext context = fixture.Start("run");
  const Tokenizer tokenizer = TinyTokenizer();
  SftSpec spec;
  spec.data.path = fixture.folder() / "train.jsonl";
  spec.data.validation_path = fixture.folder() / "validation.jsonl";
  WriteRows(*spec.data.path, 0, 5);
  WriteRows(*spec.data.validation_path, 5, 3);
  const auto data = LoadSftData(spec, tokenizer, context);
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_THAT(data->tasks[0].train, SizeIs(5));
  EXPECT_THAT(data->tasks[0].validation, SizeIs(3));
  for (const SftRow& row : data->tasks[0].train) {
    EXPECT_EQ(row.tokens.front(), tokenizer.bos_id());
    EXPECT_EQ(row.tokens.back(), tokenizer.eos_id());
    const std::vector<int64_t> target(row.tokens.begin() + row.num_prompt_tokens, row.tokens.end());
    EXPECT_EQ(tokenizer.Decode(target), row.example.output);
  }
}

TEST(LoadSftData, RowsWithoutATargetAreDroppedAndCountedAndNoneLeftIsAnError) {
  RunFixture fixture;
  const RunContext context = fixture.Start("run");
  const Tokenizer tokenizer = TinyTokenizer();
  SftSpec spec;
  spec.training.max_tokens = 3;  // shorter than any prompt
  spec.data.path = fixture.folder() / "rows.jsonl";
  WriteRows(*spec.data.path, 0, 5);
  const auto data = LoadSftData(spec, tokenizer, context);
  EXPECT_EQ(data.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(data.status().message(), HasSubstr("5 dropped"));
}

// A row without a target and an invalid one are both left out, each for its reason.
TEST(LoadSftData, WhatIsLeftOutIsCountedByReason) {
  RunFixture fixture;
  const RunContext context = fixture.Start("run");
  SftSpec spec;
  spec.training.max_tokens = 300;
  spec.data.skip_invalid = true;
  spec.data.path = fixture.folder() / "rows.jsonl";
  WriteRows(*spec.data.path, 0, 30);
  std::ofstream(*spec.data.path, std::ios::app)
      << AlpacaLine({"say", std::string(400, 'a'), "it", ""}) << "\n{\"instruction\": \"say\"}\n";
  const auto data = LoadSftData(spec, TinyTokenizer(), context);
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_EQ(data->left_out.count(), 2);
  EXPECT_THAT(data->left_out.dropped.reasons().at("no target within training.max_tokens").first,
              HasSubstr("rows.jsonl:31"));
  EXPECT_THAT(data->left_out.invalid.reasons().at("no field \"output\"").first,
              HasSubstr("rows.jsonl:32"));
  spec.data.max_skipped_share = 0.01;
  EXPECT_THAT(LoadSftData(spec, TinyTokenizer(), context).status().message(),
              HasSubstr("1 of 32 records are invalid"));
}

TEST(LoadSftData, AStopSignalEndsIt) {
  RunFixture fixture;
  const RunContext context = fixture.Start("run");
  SftSpec spec;
  spec.data.path = fixture.folder() / "rows.jsonl";
  WriteRows(*spec.data.path, 0, 10);
  const Tokenizer tokenizer = TinyTokenizer();
  const StopRequest stop;
  const auto data = LoadSftData(spec, tokenizer, context);
  EXPECT_TRUE(IsStopped(data.status())) << data.status();
}

TEST(MixtureOf, UsesTheMixOrTheRowsAndRefusesAnUnknownTask) {
  SftData data;
  data.tasks = {{"a", {Row({1, 5, 2}, 1), Row({1, 6, 2}, 1)}, {}, {}},
                {"b", {Row({1, 5, 2}, 1)}, {}, {}}};
  const auto natural = MixtureOf(data, {});
  ASSERT_TRUE(natural.ok());
  EXPECT_EQ((*natural)[0].weight, 2);
  EXPECT_EQ((*natural)[1].weight, 1);
  const auto mixed = MixtureOf(data, {{"b", 0.5}});
  ASSERT_TRUE(mixed.ok());
  ASSERT_THAT(*mixed, SizeIs(1));
  EXPECT_EQ((*mixed)[0].num_rows, 1);
  EXPECT_THAT(MixtureOf(data, {{"c", 1}}).status().message(), HasSubstr("\"c\""));
}

// Three conversations with one first message, and others.
void WriteConversations(const std::string& path) {
  std::ofstream file(path);
  for (int i = 0; i < 12; ++i) {
    const std::string first = "number " + std::to_string(i / 3);
    file << R"({"messages":[{"role":"user","content":")" << first
         << R"("},{"role":"assistant","content":"it is"},{"role":"user","content":"say )" << i
         << R"("},{"role":"assistant","content":"number )" << i << R"("}]})"
         << "\n";
  }
}

std::vector<int64_t> TargetsOf(const SftRow& row) {
  std::vector<int64_t> targets;
  const auto add = [&](int64_t begin, int64_t end) {
    targets.insert(targets.end(), row.tokens.begin() + begin, row.tokens.begin() + end);
  };
  for (const TokenSpan& span : row.earlier_targets) add(span.begin, span.end);
  add(row.num_prompt_tokens, std::ssize(row.tokens));
  return targets;
}

TEST(LoadSftData, OfAConversationAllAnswersAreTargetsOrTheLastOne) {
  RunFixture fixture;
  const RunContext context = fixture.Start("run");
  const Tokenizer tokenizer = TinyTokenizer();
  SftSpec spec;
  spec.training.max_tokens = 1000;
  spec.data.path = fixture.folder() / "rows.jsonl";
  WriteConversations(*spec.data.path);
  std::vector<int64_t> both = tokenizer.Encode("it is");
  both.push_back(tokenizer.eos_id());
  for (const LossTurns turns : {LossTurns::kAll, LossTurns::kLast}) {
    spec.loss_turns = turns;
    const auto data = LoadSftData(spec, tokenizer, context);
    ASSERT_TRUE(data.ok()) << data.status();
    for (const SftRow& row : data->tasks[0].train) {
      std::vector<int64_t> expected = tokenizer.Encode(row.example.output);
      expected.push_back(tokenizer.eos_id());
      if (turns == LossTurns::kAll) expected.insert(expected.begin(), both.begin(), both.end());
      EXPECT_EQ(TargetsOf(row), expected);
      EXPECT_EQ(row.num_target_tokens(), std::ssize(expected));
    }
  }
}

TEST(LoadSftData, ConversationsWithOneFirstMessageAreHeldOutTogether) {
  RunFixture fixture;
  const RunContext context = fixture.Start("run");
  SftSpec spec;
  spec.training.max_tokens = 1000;
  spec.data.validation_fraction = 0.4;
  spec.data.path = fixture.folder() / "rows.jsonl";
  WriteConversations(*spec.data.path);
  const auto data = LoadSftData(spec, TinyTokenizer(), context);
  ASSERT_TRUE(data.ok()) << data.status();
  std::set<std::string> held_out;
  for (const SftRow& row : data->tasks[0].validation) {
    held_out.insert(row.example.earlier.turns.at(0).user);
  }
  EXPECT_EQ(data->tasks[0].validation.size(), 3 * held_out.size());
  for (const SftRow& row : data->tasks[0].train) {
    EXPECT_FALSE(held_out.contains(row.example.earlier.turns.at(0).user));
  }
}

// A conversation that is too long loses its last turns; where only the last counts, all of it.
TEST(LoadSftData, OfALongConversationTheFirstTurnsAreLearnt) {
  RunFixture fixture;
  const RunContext context = fixture.Start("run");
  const Tokenizer tokenizer = TinyTokenizer();
  SftSpec spec;
  spec.training.max_tokens = 1000;
  spec.data.path = fixture.folder() / "rows.jsonl";
  WriteConversations(*spec.data.path);
  const auto whole = LoadSftData(spec, tokenizer, context);
  ASSERT_TRUE(whole.ok()) << whole.status();
  const SftRow& row = whole->tasks[0].train.at(0);
  spec.training.max_tokens = row.num_prompt_tokens;  // no room for the last answer
  const auto cut = LoadSftData(spec, tokenizer, context);
  ASSERT_TRUE(cut.ok()) << cut.status();
  EXPECT_EQ(cut->tasks[0].train.at(0).example.output, "it is");
  EXPECT_TRUE(cut->tasks[0].train.at(0).example.earlier.empty());
  EXPECT_EQ(cut->left_out.count(), 0);
  spec.loss_turns = LossTurns::kLast;
  spec.training.max_tokens = row.earlier_targets.at(0).end;
  EXPECT_THAT(LoadSftData(spec, tokenizer, context).status().message(), HasSubstr("12 dropped"));
}

}  // namespace
}  // namespace bench::harness
