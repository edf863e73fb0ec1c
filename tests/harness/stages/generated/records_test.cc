#include "harness/stages/generated/records.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "gtest/gtest.h"
#include "harness/data/alpaca.h"
#include "harness/generated/row_source.h"
#include "harness/generated/symbol_model.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using generated::Part;

generated::RowSource SourceOf(Grammar grammar) {
  GeneratedSpec spec;
  spec.grammar = grammar;
  spec.train_rows = spec.validation_rows = 1;
  spec.sums.min_digits = spec.sums.max_digits = 2;
  auto source = generated::RowSource::Create(spec, /*base_seed=*/5);
  EXPECT_TRUE(source.ok()) << source.status();
  return *std::move(source);
}

Tokenizer SymbolsOf(const generated::RowSource& source) {
  return *Tokenizer::FromModelBytes(generated::SymbolModel(source.grammar().symbols()), "symbols");
}

TEST(InstructionRows, AreQuestionsAndAnswersInPartsThatShareNone) {
  const generated::RowSource source = SourceOf(Grammar::kSums);
  const Tokenizer tokenizer = SymbolsOf(source);
  InstructionRows records(tokenizer, /*demonstrations=*/50);
  const std::map<Part, int64_t> counts = {{Part::kTrain, 300}, {Part::kValidation, 60}};
  std::map<Part, std::set<std::string>> drawn;
  for (const auto& [part, count] : counts) {
    const auto rows = source.Rows(part, 0, count, /*num_threads=*/1);
    for (const generated::Row& row : *rows) {
      ASSERT_TRUE(records.Add(part, row, "digits_2").ok());
      drawn[part].insert(row.key + "=");
    }
  }
  const TempFolder folder;
  ASSERT_TRUE(records.Publish(folder.path()).ok());
  std::map<std::string, std::set<std::string>> questions;
  size_t num_all = 0;
  for (const std::string name : {"sft", "ppo", "validation", "test"}) {
    const auto data = ReadAlpaca(folder / (name + ".jsonl"));
    ASSERT_TRUE(data.ok()) << data.status();
    for (const SftExample& example : data->examples) {
      EXPECT_EQ(example.task, "digits_2");
      const auto first = std::stoll(example.instruction);
      const auto second = std::stoll(example.instruction.substr(3));
      const std::string sum = absl::StrCat("#", first + second);
      EXPECT_TRUE(example.output.ends_with(sum)) << example.instruction << example.output;
      questions[name].insert(example.instruction);
    }
    num_all += questions[name].size();
    EXPECT_EQ(questions[name].size(), data->examples.size()) << name;
  }
  EXPECT_EQ(questions["sft"].size(), 50U);
  // Of 8,100 sums some of 300 are drawn twice, but most are not.
  EXPECT_EQ(questions["sft"].size() + questions["ppo"].size(), drawn[Part::kTrain].size());
  EXPECT_EQ(questions["validation"].size() + questions["test"].size(),
            drawn[Part::kValidation].size());
  EXPECT_EQ(num_all, drawn[Part::kTrain].size() + drawn[Part::kValidation].size());
  EXPECT_FALSE(Exists(folder / "reward.jsonl"));
}

// Symbols that are words end in a space, and are read back as they are.
TEST(InstructionRows, WordsAreTextToo) {
  const generated::RowSource source = SourceOf(Grammar::kS5);
  const Tokenizer tokenizer = SymbolsOf(source);
  InstructionRows records(tokenizer, /*demonstrations=*/5);
  const auto rows = source.Rows(Part::kTrain, 0, 20, /*num_threads=*/1);
  for (const generated::Row& row : *rows) {
    const absl::Status added = records.Add(Part::kTrain, row, "steps");
    EXPECT_TRUE(added.ok()) << added;
  }
}

}  // namespace
}  // namespace bench::harness
