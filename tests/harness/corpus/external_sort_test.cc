#include "harness/corpus/external_sort.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <compare>
#include <set>

#include "harness/determinism/random.h"
#include "tests/support/temp_folder.h"

namespace bench::corpus {
namespace {

struct Number {
  static constexpr uint32_t kKind = 79;
  uint64_t value = 0;
  friend auto operator<=>(const Number&, const Number&) = default;
};

std::vector<uint64_t> Numbers(size_t count, uint64_t bound) {
  harness::Random random(count);
  std::vector<uint64_t> numbers;
  for (size_t i = 0; i < count; ++i) numbers.push_back(random.Below(bound));
  return numbers;
}

std::vector<uint64_t> Sorted(const std::string& folder, const std::vector<uint64_t>& numbers,
                             int64_t budget, Repeats repeats, int64_t* num_runs) {
  ExternalSorter<Number> sorter(folder, budget, repeats);
  for (const uint64_t number : numbers) EXPECT_TRUE(sorter.Add({number}).ok());
  std::vector<uint64_t> sorted;
  EXPECT_TRUE(sorter
                  .ForEachSorted([&](const Number& number) {
                    sorted.push_back(number.value);
                    return absl::OkStatus();
                  })
                  .ok());
  *num_runs = sorter.num_spilled_runs();
  return sorted;
}

TEST(ExternalSorter, EqualsStdSortInMemorySpilledAndInSeveralPasses) {
  const TempFolder folder;
  int64_t num_runs = 0;
  for (const int64_t budget : {int64_t{1} << 30, int64_t{1} << 18, int64_t{1} << 14}) {
    std::vector<uint64_t> numbers = Numbers(100'000, 1'000'000);
    const auto sorted = Sorted(folder / "s", numbers, budget, Repeats::kKeep, &num_runs);
    std::sort(numbers.begin(), numbers.end());
    EXPECT_EQ(sorted, numbers);
    EXPECT_EQ(num_runs == 0, budget == int64_t{1} << 30);
    EXPECT_FALSE(Exists(folder / "s"));
  }
  // 800 KB in runs of below 16 KiB, three merged at a time: several passes were needed.
  EXPECT_GT(num_runs, 50);
}

TEST(ExternalSorter, OnceDropsRepeatsWithinAndBetweenRuns) {
  const TempFolder folder;
  int64_t num_runs = 0;
  for (const int64_t budget : {int64_t{1} << 30, int64_t{1} << 14}) {
    const std::vector<uint64_t> numbers = Numbers(50'000, 1000);
    const std::set<uint64_t> expected(numbers.begin(), numbers.end());
    EXPECT_EQ(Sorted(folder / "s", numbers, budget, Repeats::kOnce, &num_runs),
              std::vector<uint64_t>(expected.begin(), expected.end()));
  }
}

TEST(ExternalSorter, NothingIsNothing) {
  const TempFolder folder;
  int64_t num_runs = 0;
  EXPECT_TRUE(Sorted(folder / "s", {}, 1, Repeats::kKeep, &num_runs).empty());
}

TEST(ExternalSorter, AVisitorsErrorEndsTheMerge) {
  const TempFolder folder;
  ExternalSorter<Number> sorter(folder / "s", 1);
  for (const uint64_t number : Numbers(20'000, 1000)) ASSERT_TRUE(sorter.Add({number}).ok());
  int visits = 0;
  const absl::Status status = sorter.ForEachSorted(
      [&](const Number&) { return ++visits == 10 ? DataError("enough") : absl::OkStatus(); });
  EXPECT_EQ(status.message(), "enough");
  EXPECT_EQ(visits, 10);
}

}  // namespace
}  // namespace bench::corpus
