#include "results/record_journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"
#include "results/journal.h"
#include "results/journal_codec.h"
#include "tests/results/sample_record.h"

namespace bench::results {
namespace {

using ::testing::HasSubstr;

TEST(RecordJournal, ARecordIsReadBackFromItsJournal) {
  RunRecord record = ResumedRecord();
  record.torn_bytes = 17;
  const auto bytes = JournalFromRecord(record);
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  const auto read = RecordFromJournal(*bytes);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, record);
}

TEST(RecordJournal, ATornTailIsCounted) {
  const std::string bytes = *JournalFromRecord(SampleRecord());
  const auto read = RecordFromJournal(bytes + "torn");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->torn_bytes, 4);
}

TEST(RecordJournal, WithoutAValidFrameThereIsNoRecord) {
  for (const std::string bytes : {"", "short", "not a journal at all, but longer"}) {
    EXPECT_EQ(ExitCodeFor(RecordFromJournal(bytes).status()), ExitCode::kBadData) << bytes;
  }
}

TEST(RecordJournal, ErrorsNameTheFrame) {
  const std::string begin =
      *EncodeFrame(EncodeEvent({1, BeginEvent{SampleHeader(), std::nullopt, 0}}));
  const auto read = RecordFromJournal(begin + *EncodeFrame("junk"));
  EXPECT_EQ(ExitCodeFor(read.status()), ExitCode::kBadData);
  EXPECT_THAT(std::string(read.status().message()), HasSubstr("frame 2"));
}

}  // namespace
}  // namespace bench::results
