// Names as rows of symbols: `<be>Poland=`, which is given, and `Польшча` with its end, the answer.
//
// Symbols are the languages, each with its brackets one symbol, "=", and every character (code
// point) of the names of all languages, those of vocabulary_languages too; in the order of
// languages, "=", code points. A row's group is its language, its key the English name.
//
// Of the English names that the first language has, ordered by the hash of their keys
// (harness/generated/key_split.h), the first held_out_names are held out of it; what the other
// languages have of them is held_out_elsewhere.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/data/row_dataset.h"
#include "harness/definition/names_spec.h"
#include "harness/stages/names/names.h"

namespace bench::harness {

struct NameRows {
  std::vector<std::string> symbols;
  std::vector<DatasetRow> train;       // by language, then English name
  std::vector<DatasetRow> validation;  // by the hash of the key, then language
  // The names of the held-out keys in every language of the data set (harness/data/
  // row_alternatives.h), whether it trains on them or not.
  std::vector<DatasetRow> alternatives;
};

// UsageError where no name of the first language is left to train on.
absl::StatusOr<NameRows> MakeNameRows(const Names& names, const NamesSpec& spec, int64_t base_seed);

// The English name that a row of these asks for.
std::vector<int64_t> EnglishOf(const DatasetRow& row);

}  // namespace bench::harness
