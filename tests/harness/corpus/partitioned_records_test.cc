#include "harness/corpus/partitioned_records.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <compare>

#include "base/file.h"
#include "harness/determinism/random.h"
#include "tests/support/temp_folder.h"

namespace bench::corpus {
namespace {

struct Keyed {
  static constexpr uint32_t kKind = 82;
  uint64_t key = 0;
  uint64_t value = 0;
  uint64_t PartitionHash() const { return key; }
  friend auto operator<=>(const Keyed&, const Keyed&) = default;
};

TEST(PartitionedRecords, AreFoundInTheirPartitionAndInOrder) {
  const TempFolder folder;
  const ShuffleFiles files{folder.path(), "x", 1, 5};
  harness::Random random(9);
  std::vector<Keyed> all(300);
  for (Keyed& record : all) record = {random.Next(), random.Next()};
  std::sort(all.begin(), all.end());
  ASSERT_TRUE(MakeFolders(files.Folder()).ok());
  for (int partition = 0; partition < 5; ++partition) {
    auto writer = RecordWriter<Keyed>::Create(files.FoundPath(partition), Durability::kPublished);
    for (const Keyed& record : all) {
      if (files.PartitionOf(record.key) != partition) continue;
      ASSERT_TRUE(writer->Add(record).ok());
    }
    ASSERT_TRUE(writer->Finish().ok());
  }
  const auto records = PartitionedRecords<Keyed>::Open(files);
  ASSERT_TRUE(records.ok()) << records.status();
  EXPECT_EQ(records->size(), 300);
  for (const Keyed& record : all) {
    const auto of_partition = records->PartitionOf(record);
    EXPECT_TRUE(std::binary_search(of_partition.begin(), of_partition.end(), record));
  }
  for (const size_t count : {size_t{0}, size_t{1}, size_t{100}, size_t{300}, size_t{400}}) {
    const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min<size_t>(count, 300));
    EXPECT_EQ(records->First(count), std::vector<Keyed>(all.begin(), end));
  }
  ASSERT_TRUE(RemoveTree(files.FoundPath(3)).ok());
  EXPECT_FALSE(PartitionedRecords<Keyed>::Open(files).ok());
}

}  // namespace
}  // namespace bench::corpus
