#include "harness/corpus/shuffle.h"

#include <gtest/gtest.h>

#include <compare>

#include "harness/determinism/random.h"
#include "tests/support/temp_folder.h"

namespace bench::corpus {
namespace {

struct Keyed {
  static constexpr uint32_t kKind = 80;
  uint64_t key = 0;
  uint64_t PartitionHash() const { return key; }
  friend auto operator<=>(const Keyed&, const Keyed&) = default;
};

TEST(Shuffle, PartitionsCutTheRangeOfHashesEvenlyAndInOrder) {
  const ShuffleFiles files{"", "", 1, 3};
  EXPECT_EQ(files.PartitionOf(0), 0);
  EXPECT_EQ(files.PartitionOf(0x5555555555555555), 0);  // floor(2^64 / 3)
  EXPECT_EQ(files.PartitionOf(0x5555555555555556), 1);
  EXPECT_EQ(files.PartitionOf(0xAAAAAAAAAAAAAAAA), 1);
  EXPECT_EQ(files.PartitionOf(0xAAAAAAAAAAAAAAAB), 2);
  EXPECT_EQ(files.PartitionOf(~uint64_t{0}), 2);
}

TEST(Shuffle, EveryRecordArrivesOnceInItsPartition) {
  const TempFolder folder;
  const ShuffleFiles files{folder.path(), "x", 3, 4};
  harness::Random random(5);
  std::vector<uint64_t> expected;
  for (int shard = 0; shard < 3; ++shard) {
    auto writer = ShuffleWriter<Keyed>::Create(files, shard, 64);
    ASSERT_TRUE(writer.ok());
    for (int i = 0; i < 500; ++i) {
      expected.push_back(random.Next());
      ASSERT_TRUE(writer->Add({expected.back()}).ok());
    }
    ASSERT_TRUE(writer->Finish().ok());
  }
  std::sort(expected.begin(), expected.end());
  std::vector<uint64_t> arrived;
  for (int partition = 0; partition < 4; ++partition) {
    ExternalSorter<Keyed> sorter(folder / "sort", 1 << 20);
    ASSERT_TRUE(SortPartition(files, partition, sorter).ok());
    ASSERT_TRUE(sorter
                    .ForEachSorted([&](const Keyed& record) {
                      EXPECT_EQ(files.PartitionOf(record.key), partition);
                      arrived.push_back(record.key);
                      return absl::OkStatus();
                    })
                    .ok());
  }
  EXPECT_EQ(arrived, expected);
}

TEST(Shuffle, ARecordGoesWhereTheWriterSays) {
  const TempFolder folder;
  const ShuffleFiles files{folder.path(), "x", 1, 3};
  auto writer = ShuffleWriter<Keyed>::Create(files, 0, 64);
  ASSERT_TRUE(writer.ok());
  for (const int partition : {2, 0, 2}) {
    ASSERT_TRUE(writer->AddTo(partition, {static_cast<uint64_t>(partition)}).ok());
  }
  ASSERT_TRUE(writer->Finish().ok());
  for (int partition = 0; partition < 3; ++partition) {
    int num_records = 0;
    ASSERT_TRUE(ForEachRecord<Keyed>(files.Path(0, partition), [&](const Keyed& record) {
                  ++num_records;
                  EXPECT_EQ(record.key, static_cast<uint64_t>(partition));
                  return absl::OkStatus();
                }).ok());
    EXPECT_EQ(num_records, partition == 1 ? 0 : partition == 0 ? 1 : 2);
  }
}

TEST(Shuffle, AMissingShardIsAnErrorThatNamesItsFile) {
  const TempFolder folder;
  const ShuffleFiles files{folder.path(), "x", 2, 1};
  ASSERT_TRUE(ShuffleWriter<Keyed>::Create(files, 0, 64)->Finish().ok());
  ExternalSorter<Keyed> sorter(folder / "sort", 1 << 20);
  const absl::Status status = SortPartition(files, 0, sorter);
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kEnvironment);
  EXPECT_NE(status.message().find("shard-1-of-2/part-0-of-1"), std::string::npos) << status;
}

}  // namespace
}  // namespace bench::corpus
