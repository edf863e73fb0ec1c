#include "results/record_transport.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/status.h"
#include "results/record_journal.h"
#include "tests/results/sample_record.h"

namespace bench::results {
namespace {

// As the journal carries it, which is tested against hand-made frames.
TEST(RecordTransport, CarriesWhatTheJournalCarries) {
  const RunRecord sample = SampleRecord();
  const auto by_journal = RecordFromJournal(*JournalFromRecord(sample));
  const auto carried = DecodeRecord(*EncodeRecord(sample));
  ASSERT_TRUE(carried.ok()) << carried.status();
  EXPECT_EQ(*carried, *by_journal);
}

TEST(RecordTransport, RowsThatSeriesShareAreShared) {
  RunRecord record = SampleRecord();
  record.steps["grad_norm"] = record.steps.at("loss");
  record.steps["grad_norm"].metric = Info(kGradNorm);
  const auto carried = DecodeRecord(*EncodeRecord(record));
  ASSERT_TRUE(carried.ok()) << carried.status();
  EXPECT_TRUE(carried->steps.at("grad_norm").step.IsSameObject(carried->steps.at("loss").step));
}

TEST(RecordTransport, ACompleteRunWithAValueThatIsNotFiniteIsDiverged) {
  RunRecord record = SampleRecord();
  record.status = RunStatus::kComplete;
  record.steps.at("loss").value.back() = std::numeric_limits<double>::infinity();
  EXPECT_EQ(DecodeRecord(*EncodeRecord(record))->status, RunStatus::kDiverged);
}

// Every cut and a changed length at every place: an error, or a record whose columns agree.
TEST(RecordTransport, DamagedBytesAreNoRecord) {
  RunRecord record = SampleRecord();
  // A text of a hundred bytes is cut and changed as the sample's of seventy thousand would be.
  record.header.provenance["diff"] = std::string(100, 'x');
  record.attempt_facts[1] = Attempt::Of(record.header);
  const std::string bytes = *EncodeRecord(record);
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(ExitCodeFor(DecodeRecord(bytes.substr(0, size)).status()), ExitCode::kBadData);
  }
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x80);
    const auto read = DecodeRecord(damaged);
    if (!read.ok()) continue;
    for (const auto& [path, series] : read->steps) {
      ASSERT_EQ(series.step.size(), series.value.size());
      ASSERT_EQ(series.tokens.size(), series.value.size());
      ASSERT_EQ(series.wall_time_s.size(), series.value.size());
    }
  }
  EXPECT_FALSE(DecodeRecord(bytes + "x").ok());
}

}  // namespace
}  // namespace bench::results
