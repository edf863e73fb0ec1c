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
  AppendNumbered("m", spec.middle_names, symbols);
  AppendNumbered("l", spec.last_names, symbols);
  AppendNumbered("v", spec.values, symbols);
  if (!spec.headers) return symbols;
  for (const char* header : {"tell ", "ask ", "unknown "}) symbols.emplace_back(header);
  return symbols;
}

// Tokens of the alternatives of each place of a row, from the first name to the value.
std::vector<TokenRange> Places(const FactsSpec& spec) {
  std::vector<TokenRange> places;
  int64_t first = kFirstSymbol;
  for (const int64_t count : {spec.first_names, spec.middle_names, spec.last_names, spec.values}) {
    if (count > 0) places.push_back({first, count});
    first += count;
  }
  return places;
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
    const int64_t group = spec.group_of(fact);
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
      places_(Places(spec_)),
      rows_(std::move(rows)),
      exposures_(ExposuresOf(spec_, rows_)) {
  names_ = split.Stream("facts/names").Permutation(spec_.num_names());
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

std::vector<int64_t> FactsGrammar::ChoicesOf(size_t fact) const {
  std::vector<int64_t> choices(places_.size());
  choices.back() = values_[fact];
  int64_t name = names_[fact];
  for (size_t place = places_.size() - 1; place-- > 0;) {
    choices[place] = name % places_[place].count;
    name /= places_[place].count;
  }
  return choices;
}

std::optional<StatementSpace> FactsGrammar::Statements() const {
  const bool is_stated = spec_.exposures == FactExposures::kDraws &&
                         spec_.targets == FactTargets::kAll && !spec_.headers;
  if (!is_stated || !CanBeEnumerated(places_)) return std::nullopt;
  StatementSpace space{{kBeginToken}, places_, {}, exposures_};
  for (size_t fact = 0; fact < names_.size(); ++fact) {
    space.true_statements.push_back(names_[fact] * spec_.values + values_[fact]);
  }
  return space;
}

Row FactsGrammar::Draw(Part part, int64_t index, RowStreams& streams) const {
  const bool is_training = part == Part::kTrain;
  const auto place = static_cast<size_t>(index);
  const auto fact = is_training ? static_cast<size_t>(rows_[place]) : place;
  // A held-out row asks for the value of a name: were the name a target, nothing would be given.
  const bool name_is_target = spec_.targets == FactTargets::kAll && is_training;
  const TokenMark name_mark = name_is_target ? TokenMark::kTarget : TokenMark::kGiven;
  Row row;
  row.group = GroupOf(exposures_[fact]);
  row.Add(kBeginToken, TokenMark::kGiven);
  if (spec_.headers) {
    const int64_t tell = places_.back().first + places_.back().count;
    row.Add(is_training ? tell + static_cast<int64_t>(streams.row.Below(2)) : tell + 1,
            TokenMark::kGiven);
  }
  const std::vector<int64_t> choices = ChoicesOf(fact);
  for (size_t i = 0; i < choices.size(); ++i) {
    const bool is_value = i + 1 == choices.size();
    row.Add(places_[i].first + choices[i], is_value ? TokenMark::kAnswer : name_mark);
  }
  row.Add(kEndToken, TokenMark::kAnswer);
  return row;
}

}  // namespace bench::harness::generated
