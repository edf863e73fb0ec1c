#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/file.h"
#include "base/status.h"
#include "base/subprocess.h"
#include "results/digest_record.h"
#include "results/hdf5_file.h"
#include "tests/base/faulty_syscalls.h"
#include "tests/results/sample_record.h"
#include "tests/support/temp_folder.h"

namespace bench::results {
namespace {

TEST(WriteResults, EqualRecordsGiveEqualBytes) {
  TempFolder folder;
  ASSERT_TRUE(WriteResults(SampleRecord(), folder / "a.h5").ok());
  ASSERT_TRUE(WriteResults(SampleRecord(), folder / "b.h5").ok());
  EXPECT_EQ(*ReadFile(folder / "a.h5"), *ReadFile(folder / "b.h5"));
}

TEST(WriteResults, AnErrorAtAnyCallLeavesTheOldFileOrTheNewOne) {
  RunRecord newer = SampleRecord();
  newer.header.replicate = 9;
  int num_calls = 0;
  for (const Fault fault : {Fault::kNone, Fault::kNoSpace, Fault::kIoError}) {
    for (int at = 0; at < (fault == Fault::kNone ? 1 : num_calls); ++at) {
      TempFolder folder;
      const std::string path = folder / "results.h5";
      ASSERT_TRUE(WriteResults(SampleRecord(), path).ok());
      {
        const FaultySyscalls faulty(fault, at);
        const absl::Status status = WriteResults(newer, path);
        if (fault == Fault::kNone) num_calls = faulty.num_calls();
        EXPECT_EQ(ExitCodeFor(status),
                  fault == Fault::kNone ? ExitCode::kOk : ExitCode::kEnvironment)
            << at;
      }
      const auto read = ReadResults(path);
      ASSERT_TRUE(read.ok()) << at << ": " << read.status();
      EXPECT_TRUE(*read == SampleRecord() || *read == newer) << at;
    }
  }
  EXPECT_GE(num_calls, 18);
}

TEST(WriteResults, ShortWritesAndInterruptionsAreResumed) {
  for (const Fault fault : {Fault::kShortWrites, Fault::kInterrupted}) {
    for (int at = 0; at < 12; ++at) {
      TempFolder folder;
      const FaultySyscalls faulty(fault, at);
      ASSERT_TRUE(WriteResults(SampleRecord(), folder / "results.h5").ok()) << at;
      EXPECT_EQ(*ReadResults(folder / "results.h5"), SampleRecord()) << at;
      if (fault == Fault::kShortWrites) break;  // it has no place
    }
  }
}

// Independent readers: h5py's view of every group, and the example of FORMAT.md.
class H5py : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::string(BENCH_TEST_PYTHON).empty()) GTEST_SKIP() << "no Python with h5py and numpy";
  }
  static void Check(const std::string& mode, const RunRecord& record) {
    TempFolder folder;
    ASSERT_TRUE(WriteResults(record, folder / "results.h5").ok());
    const auto output = RunProgram({BENCH_TEST_PYTHON, BENCH_TEST_DATA "/results/read_with_h5py.py",
                                    mode, folder / "results.h5", BENCH_SOURCE_DIR "/FORMAT.md"},
                                   {.timeout = std::chrono::seconds(120)});
    ASSERT_TRUE(output.ok()) << output.status();
    EXPECT_EQ(output->exit_code, 0) << output->out << output->err;
  }
};

TEST_F(H5py, ReadsEveryGroupAttributeAndUnit) { Check("sample", SampleRecord()); }

TEST_F(H5py, ReadsEveryAttempt) { Check("resumed", ResumedRecord()); }

TEST_F(H5py, RunsTheExampleOfTheSpecification) { Check("example", SampleRecord()); }

TEST_F(H5py, ReadsNonFiniteValuesAsTheyWere) {
  RunRecord record = SampleRecord();
  record.steps["loss"].value = {5.25, std::numeric_limits<double>::quiet_NaN(),
                                std::numeric_limits<double>::infinity()};
  record.status = RunStatus::kDiverged;
  Check("non_finite", record);
}

}  // namespace
}  // namespace bench::results
