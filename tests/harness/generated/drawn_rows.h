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

inline std::string Marks(const Row& row) {
  std::string text;
  for (const TokenMark mark : row.marks) text += static_cast<char>('0' + static_cast<int>(mark));
  return text;
}

}  // namespace bench::harness::generated
