#include "harness/corpus/mapped_records.h"

#include <gtest/gtest.h>

#include <compare>

#include "tests/support/temp_folder.h"

namespace bench::corpus {
namespace {

struct Number {
  static constexpr uint32_t kKind = 81;
  uint64_t value = 0;
  friend auto operator<=>(const Number&, const Number&) = default;
};

TEST(MappedRecords, FindsWhatTheFileHolds) {
  const TempFolder folder;
  for (const uint64_t count : {0u, 1u, 1000u}) {
    auto writer = RecordWriter<Number>::Create(folder / "f", Durability::kPublished);
    for (uint64_t i = 0; i < count; ++i) ASSERT_TRUE(writer->Add({2 * i}).ok());
    ASSERT_TRUE(writer->Finish().ok());
    const auto records = MappedRecords<Number>::Open(folder / "f");
    ASSERT_TRUE(records.ok());
    EXPECT_EQ(records->records().size(), count);
    for (uint64_t i = 0; i < count; ++i) {
      EXPECT_TRUE(records->Contains({2 * i}));
      EXPECT_FALSE(records->Contains({2 * i + 1}));
    }
  }
}

TEST(MappedRecords, DamageAndAbsenceAreErrors) {
  const TempFolder folder;
  auto writer = RecordWriter<Number>::Create(folder / "f", Durability::kPublished);
  ASSERT_TRUE(writer->Add({5}).ok());
  ASSERT_TRUE(writer->Finish().ok());
  std::string bytes = *ReadFile(folder / "f");
  bytes[0] = 6;
  ASSERT_TRUE(PublishFile(folder / "f", bytes).ok());
  EXPECT_EQ(ExitCodeFor(MappedRecords<Number>::Open(folder / "f").status()), ExitCode::kBadData);
  EXPECT_EQ(ExitCodeFor(MappedRecords<Number>::Open(folder / "absent").status()),
            ExitCode::kEnvironment);
}

}  // namespace
}  // namespace bench::corpus
