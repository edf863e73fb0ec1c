#include "harness/generated/s5.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "harness/generated/symbols.h"

namespace bench::harness::generated {
namespace {

constexpr int64_t kPlaces = 5, kPermutations = 120;
// Symbols: the states, "=", the dot, the permutations.
constexpr int64_t kEquals = kFirstSymbol + kPlaces, kDot = kEquals + 1,
                  kFirstPermutation = kDot + 1;

std::vector<std::string> Symbols(const S5Spec& spec) {
  std::vector<std::string> symbols = Numbered("", kPlaces);
  symbols.insert(symbols.end(), {"= ", ". "});
  AppendNumbered("p", spec.permutations, symbols);
  return symbols;
}

// Of the groups, the one that n steps belong to: ceil(log2(n)).
int64_t GroupOf(int64_t num_steps) {
  return static_cast<int64_t>(std::bit_width(static_cast<uint64_t>(num_steps) - 1));
}

std::vector<std::string> Groups(const S5Spec& spec) {
  std::vector<std::string> groups;
  for (int64_t group = GroupOf(spec.min_steps); group <= GroupOf(spec.max_steps); ++group) {
    groups.push_back(absl::StrCat("steps_to_", int64_t{1} << group));
  }
  return groups;
}

}  // namespace

S5Grammar::S5Grammar(const S5Spec& spec, const KeySplit& split)
    : RowGrammar(Symbols(spec), Groups(spec)), spec_(spec) {
  std::vector<Permutation> all(kPermutations);
  std::iota(all[0].begin(), all[0].end(), int64_t{0});
  for (size_t i = 1; i < all.size(); ++i) {
    all[i] = all[i - 1];
    std::next_permutation(all[i].begin(), all[i].end());
  }
  const std::vector<int64_t> order = split.Stream("s5/permutations").Permutation(kPermutations);
  for (int64_t i = 0; i < spec.permutations; ++i) {
    permutations_.push_back(all[static_cast<size_t>(order[static_cast<size_t>(i)])]);
  }
}

void S5Grammar::AddSteps(const std::vector<int64_t>& states, Random& control, Row& row) const {
  for (size_t i = 1; i + 1 < states.size(); ++i) {
    switch (spec_.written) {
      case S5Steps::kChain:
        row.Add(kFirstSymbol + states[i], TokenMark::kTarget);
        break;
      case S5Steps::kDirect:
        break;
      case S5Steps::kFiller:
        row.Add(kDot, TokenMark::kGiven);
        break;
      case S5Steps::kWrong:
        row.Add(kFirstSymbol + static_cast<int64_t>(control.Below(kPlaces)), TokenMark::kTarget);
        break;
    }
  }
}

Row S5Grammar::Draw(Part, int64_t, RowStreams& streams) const {
  Random& random = streams.row;
  const auto lengths = static_cast<uint64_t>(spec_.max_steps - spec_.min_steps + 1);
  const int64_t num_steps = spec_.min_steps + static_cast<int64_t>(random.Below(lengths));
  std::vector<int64_t> states = {static_cast<int64_t>(random.Below(kPlaces))};
  Row row;
  row.group = GroupOf(num_steps) - GroupOf(spec_.min_steps);
  for (int64_t i = 0; i < num_steps; ++i) {
    const uint64_t chosen = random.Below(static_cast<uint64_t>(spec_.permutations));
    row.Add(kFirstPermutation + static_cast<int64_t>(chosen), TokenMark::kGiven);
    states.push_back(permutations_[chosen][static_cast<size_t>(states.back())]);
    absl::StrAppend(&row.key, "p", chosen, " ");
  }
  for (int64_t i = num_steps; spec_.aligned && i < spec_.max_steps; ++i) {
    row.Add(kDot, TokenMark::kGiven);
  }
  row.Add(kEquals, TokenMark::kGiven);
  row.Add(kFirstSymbol + states.front(), TokenMark::kGiven);
  absl::StrAppend(&row.key, "= ", states.front());
  AddSteps(states, streams.control, row);
  row.Add(kFirstSymbol + states.back(), TokenMark::kAnswer);
  row.Add(kEndToken, TokenMark::kAnswer);
  return row;
}

}  // namespace bench::harness::generated
