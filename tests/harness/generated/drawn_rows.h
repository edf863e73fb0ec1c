// Rows of a grammar for the tests of this folder.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "harness/generated/row_source.h"
#include "harness/generated/symbol_model.h"
#include "harness/tokenizers/tokenizer.h"

namespace bench::harness::generated {

inline RowSource SourceOf(GeneratedSpec spec, int64_t base_seed = 5) {
  spec.train_rows = std::max<int64_t>(spec.train_rows, 1);
  spec.validation_rows = std::max<int64_t>(spec.validation_rows, 1);
  auto source = RowSource::Create(spec, base_seed);
  EXPECT_TRUE(source.ok()) << source.status();
  return *std::move(source);
}

inline std::vector<Row> RowsOf(const RowSource& source, Part part, int64_t count) {
  auto rows = source.Rows(part, 0, count, /*num_threads=*/1);
  EXPECT_TRUE(rows.ok()) << rows.status();
  return *std::move(rows);
}

// The row as text, ends and all.
inline std::string TextOf(const RowGrammar& grammar, const Row& row) {
  std::string text;
  for (const int64_t token : row.tokens) {
    if (token >= kFirstSymbol) {
      text += grammar.symbols().at(static_cast<size_t>(token - kFirstSymbol));
    } else {
      text += token == kEndToken ? "</s>" : token == kBeginToken ? "<s>" : "?";
    }
  }
  return text;
}

// Of the rows of both parts, in their order.
inline std::vector<std::string> KeysOf(const RowSource& source, int64_t count) {
  std::vector<std::string> keys;
  for (const Part part : {Part::kTrain, Part::kValidation}) {
    for (const Row& row : RowsOf(source, part, count)) keys.push_back(row.key);
  }
  return keys;
}

// A tenth of the keys is held out: 100 rows of each part take about 1,100 draws, so that a control
// that drew from the stream of the keys would have other ones.
inline void ExpectTheSameQuestions(const RowSource& control, const RowSource& treatment) {
  const std::vector<std::string> keys = KeysOf(treatment, 100);
  EXPECT_EQ(keys.size(), 200U);
  EXPECT_EQ(KeysOf(control, 100), keys);
}

inline std::string Marks(const Row& row) {
  std::string text;
  for (const TokenMark mark : row.marks) text += static_cast<char>('0' + static_cast<int>(mark));
  return text;
}

}  // namespace bench::harness::generated
