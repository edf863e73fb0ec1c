#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/status.h"
#include "results/hdf5_file.h"
#include "tests/results/sample_record.h"
#include "tests/support/temp_folder.h"

namespace bench::results {
namespace {

using ::testing::HasSubstr;

TEST(ReadResultsSummary, IsThatOfTheWholeRecordAndNothingElse) {
  const TempFolder folder;
  RunRecord written = ResumedRecord();
  written.header.provenance["start_time_utc"] = "2026-01-01T00:00:00.000Z";
  ASSERT_TRUE(WriteResults(written, folder / "r.h5").ok());
  const auto read = ReadResultsSummary(folder / "r.h5");
  ASSERT_TRUE(read.ok()) << read.status();
  RunRecord expected;
  expected.header = written.header;
  expected.header.definition_toml.clear();
  expected.header.definition_json.clear();
  expected.header.inputs.clear();
  expected.header.provenance = {{"source_commit", "abc"},
                                {"source_dirty", true},
                                {"program_sha256", std::string(64, '8')},
                                {"start_time_utc", "2026-01-01T00:00:00.000Z"}};
  expected.status = written.status;
  expected.attempts = 3;
  expected.resumed_from = {1, 2};
  expected.attempt_facts = {{1, written.attempt_facts.at(1)}, {3, Attempt::Of(expected.header)}};
  expected.summary = written.summary;
  EXPECT_EQ(*read, expected);
}

TEST(ReadResultsSummary, RefusesADamagedFile) {
  const TempFolder folder;
  ASSERT_TRUE(WriteResults(SampleRecord(), folder / "r.h5").ok());
  const std::string bytes = *ReadFile(folder / "r.h5");
  ASSERT_TRUE(PublishFile(folder / "cut.h5", bytes.substr(0, bytes.size() / 2)).ok());
  const auto read = ReadResultsSummary(folder / "cut.h5");
  EXPECT_EQ(ExitCodeFor(read.status()), ExitCode::kBadData);
  EXPECT_THAT(std::string(read.status().message()), HasSubstr("cut.h5"));
}

}  // namespace
}  // namespace bench::results
