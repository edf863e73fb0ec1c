#include "harness/stages/clm/row_mixture.h"

#include <gmock/gmock.h>

#include <cmath>
#include <map>
#include <set>

#include "base/status.h"
#include "tests/harness/stages/clm/tiny_rows.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;

// Training rows 0 and 2 are of group "chain", 1 and 3 of "direct"; "none" has none.
class RowMixtureTest : public ::testing::Test {
 protected:
  absl::StatusOr<RowMixture> Make(const ClmSamplingSpec& spec, int64_t batch_size = 4) const {
    return MakeRowMixture(tiny_.dataset(), spec, batch_size);
  }
  static ClmSamplingSpec ByGroups() {
    ClmSamplingSpec spec;
    spec.by = RowSampling::kGroups;
    return spec;
  }
  int64_t GroupOf(int64_t row) const { return tiny_.dataset().row("train", row).group; }

  TinyRows tiny_;
};

TEST_F(RowMixtureTest, ByRowsAllAreOnePart) {
  const auto mixture = Make({});
  ASSERT_TRUE(mixture.ok()) << mixture.status();
  ASSERT_EQ(mixture->parts.size(), 1U);
  EXPECT_EQ(mixture->parts[0].task, "rows");  // the order of the rows is a stream of this name
  EXPECT_EQ(mixture->parts[0].num_rows, 4);
  EXPECT_EQ(mixture->batch_rows, 0);
  EXPECT_EQ(mixture->RowOf({0, 3}), 3);
}

TEST_F(RowMixtureTest, GroupsWithRowsAreParts) {
  const auto mixture = Make(ByGroups());
  ASSERT_TRUE(mixture.ok()) << mixture.status();
  ASSERT_EQ(mixture->parts.size(), 2U);
  EXPECT_EQ(mixture->parts[0].task, "chain");
  EXPECT_EQ(mixture->parts[1].task, "direct");
  EXPECT_EQ(mixture->rows, (std::vector<std::vector<int64_t>>{{0, 2}, {1, 3}}));
  EXPECT_EQ(mixture->RowOf({1, 1}), 3);
}

// Groups of 1 and 4 rows.
TEST_F(RowMixtureTest, WeightsArePowersOfTheNumberOfRows) {
  const TempFolder folder;
  RowDatasetWriter writer(folder.path(), {tiny_.tokenizer().vocab_size(), "digest", {"a", "b"}});
  for (const int64_t group : {1, 0, 1, 1, 1}) {
    ASSERT_TRUE(writer.Add("train", TinyRow({8}, {}, {9, 2}, group)).ok());
  }
  ASSERT_TRUE(writer.Finish().ok());
  const RowDataset dataset = *RowDataset::Open(folder.path());
  for (const double exponent : {0.0, 0.5, 1.0}) {
    ClmSamplingSpec spec = ByGroups();
    spec.exponent = exponent;
    const auto mixture = MakeRowMixture(dataset, spec, 4);
    ASSERT_TRUE(mixture.ok()) << mixture.status();
    EXPECT_EQ(mixture->parts[0].weight, 1);
    EXPECT_DOUBLE_EQ(mixture->parts[1].weight, std::pow(4, exponent));
  }
}

TEST_F(RowMixtureTest, TheNamedGroupHasItsRowsOfEveryBatch) {
  ClmSamplingSpec spec = ByGroups();
  spec.group = "direct";
  spec.group_rows = 1;
  const auto mixture = Make(spec);
  ASSERT_TRUE(mixture.ok()) << mixture.status();
  MixtureSampler sampler(mixture->parts, SeedSource{1, 0}, mixture->batch_rows);
  std::set<int64_t> seen;
  for (int batch = 0; batch < 20; ++batch) {
    std::map<int64_t, int> rows_by_group;
    for (int i = 0; i < 4; ++i) {
      const int64_t row = mixture->RowOf(sampler.Next());
      ++rows_by_group[GroupOf(row)];
      seen.insert(row);
    }
    EXPECT_EQ(rows_by_group, (std::map<int64_t, int>{{0, 3}, {1, 1}}));
  }
  EXPECT_EQ(seen.size(), 4U);
}

TEST_F(RowMixtureTest, AGroupWithoutRowsOrWithoutOthersIsRefused) {
  ClmSamplingSpec spec = ByGroups();
  spec.group_rows = 2;
  for (const char* group : {"none", "unknown"}) {
    spec.group = group;
    const absl::Status status = Make(spec).status();
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage);
    EXPECT_THAT(std::string(status.message()), HasSubstr("has no training rows")) << group;
  }
  const TempFolder folder;
  RowDatasetWriter writer(folder.path(), {tiny_.tokenizer().vocab_size(), "digest", {"a", "b"}});
  ASSERT_TRUE(writer.Add("train", TinyRow({8}, {}, {9, 2}, 0)).ok());
  ASSERT_TRUE(writer.Finish().ok());
  const RowDataset alone = *RowDataset::Open(folder.path());
  spec.group = "a";
  const absl::Status status = MakeRowMixture(alone, spec, 4).status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage);
  EXPECT_THAT(std::string(status.message()), HasSubstr("no other group"));
  EXPECT_TRUE(MakeRowMixture(alone, spec, 2).ok());
}

}  // namespace
}  // namespace bench::harness
