#include "harness/generated/facts.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "absl/strings/str_cat.h"
#include "harness/generated/symbols.h"

namespace bench::harness::generated {
namespace {

std::vector<std::string> Symbols(const FactsSpec& spec) {
  std::vector<std::string> symbols = Numbered("f", spec.first_names);
  AppendNumbered("l", spec.last_names, symbols);
  AppendNumbered("v", spec.values, symbols);
  return symbols;
}

std::vector<int64_t> ExposuresOf(const FactsSpec& spec, const std::vector<int64_t>& rows) {
  std::vector<int64_t> exposures(static_cast<size_t>(spec.facts));
  for (const int64_t fact : rows) ++exposures[static_cast<size_t>(fact)];
  return exposures;
}

// 0 of none, and 1 + floor(log2(n)) of n.
int64_t GroupOf(int64_t exposures) {
  return static_cast<int64_t>(std::bit_width(static_cast<uint64_t>(exposures)));
}

std::vector<std::string> Groups(const FactsSpec& spec, const std::vector<int64_t>& rows) {
  const std::vector<int64_t> exposures = ExposuresOf(spec, rows);
  const int64_t last = GroupOf(*std::max_element(exposures.begin(), exposures.end()));
  std::vector<std::string> groups = {"exposures_0"};
  for (int64_t group = 1; group <= last; ++group) {
    groups.push_back(absl::StrCat("exposures_", int64_t{1} << (group - 1)));
  }
  return groups;
}

// Every fact as often as its group says, in the order of the facts.
std::vector<int64_t> AllExposures(const FactsSpec& spec) {
  std::vector<int64_t> rows;
  for (int64_t fact = 0; fact < spec.facts; ++fact) {
    const int64_t group = fact % spec.num_groups();
    const int64_t count = group == 0 ? 0 : int64_t{1} << (group - 1);
    rows.insert(rows.end(), static_cast<size_t>(count), fact);
  }
  return rows;
}

}  // namespace

std::vector<int64_t> FactsGrammar::TrainRows(const GeneratedSpec& spec, const KeySplit& split) {
  std::vector<int64_t> rows;
  if (spec.facts.exposures == FactExposures::kDraws) {
    Random random = split.Stream("facts/draws");
    for (int64_t i = 0; i < spec.train_rows; ++i) {
      rows.push_back(static_cast<int64_t>(random.Below(static_cast<uint64_t>(spec.facts.facts))));
    }
    return rows;
  }
  const std::vector<int64_t> all = AllExposures(spec.facts);
  for (const int64_t place : split.Stream("facts/order").Permutation(std::ssize(all))) {
    rows.push_back(all[static_cast<size_t>(place)]);
  }
  return rows;
}

FactsGrammar::FactsGrammar(const GeneratedSpec& spec, const KeySplit& split)
    : FactsGrammar(spec, split, TrainRows(spec, split)) {}

FactsGrammar::FactsGrammar(const GeneratedSpec& spec, const KeySplit& split,
                           std::vector<int64_t> rows)
    : RowGrammar(Symbols(spec.facts), Groups(spec.facts, rows)),
      spec_(spec.facts),
      rows_(std::move(rows)),
      exposures_(ExposuresOf(spec_, rows_)) {
  names_ = split.Stream("facts/names").Permutation(spec_.first_names * spec_.last_names);
  names_.resize(static_cast<size_t>(spec_.facts));
  Random values = split.Stream("facts/values");
  for (int64_t fact = 0; fact < spec_.facts; ++fact) {
    values_.push_back(static_cast<int64_t>(values.Below(static_cast<uint64_t>(spec_.values))));
  }
}

std::optional<double> FactsGrammar::MonofactRate() const {
  const auto singles = std::count(exposures_.begin(), exposures_.end(), int64_t{1});
  return static_cast<double>(singles) / static_cast<double>(rows_.size());
}

Row FactsGrammar::Draw(Part part, int64_t index, RowStreams&) const {
  const auto place = static_cast<size_t>(index);
  const auto fact = part == Part::kTrain ? static_cast<size_t>(rows_[place]) : place;
  const int64_t first = kFirstSymbol;
  const int64_t last = first + spec_.first_names;
  const int64_t value = last + spec_.last_names;
  // A held-out row asks for the value of a name: were the name a target, nothing would be given.
  const bool name_is_target = spec_.targets == FactTargets::kAll && part == Part::kTrain;
  const TokenMark name_mark = name_is_target ? TokenMark::kTarget : TokenMark::kGiven;
  Row row;
  row.group = GroupOf(exposures_[fact]);
  row.Add(kBeginToken, TokenMark::kGiven);
  row.Add(first + names_[fact] / spec_.last_names, name_mark);
  row.Add(last + names_[fact] % spec_.last_names, name_mark);
  row.Add(value + values_[fact], TokenMark::kAnswer);
  row.Add(kEndToken, TokenMark::kAnswer);
  return row;
}

}  // namespace bench::harness::generated
