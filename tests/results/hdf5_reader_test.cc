#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <functional>

#include "base/file.h"
#include "base/status.h"
#include "results/digest_record.h"
#include "results/hdf5_file.h"
#include "results/hdf5_handle.h"
#include "tests/results/sample_record.h"
#include "tests/support/temp_folder.h"

namespace bench::results {
namespace {

using ::testing::HasSubstr;

RunRecord RoundTrip(const RunRecord& record) {
  TempFolder folder;
  EXPECT_TRUE(WriteResults(record, folder / "r.h5").ok());
  auto read = ReadResults(folder / "r.h5");
  EXPECT_TRUE(read.ok()) << read.status();
  return read.ok() ? *read : RunRecord{};
}

TEST(ReadResults, ReadsBackEverything) { EXPECT_EQ(RoundTrip(SampleRecord()), SampleRecord()); }

TEST(ReadResults, ReadsBackARecordOfNothing) {
  RunRecord record;
  record.status = RunStatus::kFailed;
  EXPECT_EQ(RoundTrip(record), record);
}

TEST(ReadResults, ReadsBackAResumedRun) {
  RunRecord record = ResumedRecord();
  record.torn_bytes = 12;
  EXPECT_EQ(RoundTrip(record), record);
}

TEST(ReadResults, ReadsBackManyRowsOverSeveralChunks) {
  RunRecord record = SampleRecord();
  Series& loss = record.steps["loss"];
  loss = {Info(kLoss), {}, {}, {}, {}};
  for (int64_t step = 1; step <= 20'000; ++step) {
    loss.step.push_back(step);
    loss.tokens.push_back(step * 7);
    loss.wall_time_s.push_back(static_cast<double>(step) * 0.1);
    loss.value.push_back(std::sin(static_cast<double>(step)));
  }
  EXPECT_EQ(RoundTrip(record), record);
}

TEST(ReadResults, KeepsNonFiniteValuesAndSignedZero) {
  RunRecord record = SampleRecord();
  record.steps["loss"].value = {-0.0, std::nan(""), -INFINITY};
  record.status = RunStatus::kDiverged;
  const RunRecord read = RoundTrip(record);
  const std::vector<double>& value = read.steps.at("loss").value;
  EXPECT_TRUE(value[0] == 0 && std::signbit(value[0]));
  EXPECT_TRUE(std::isnan(value[1]));
  EXPECT_EQ(value[2], -INFINITY);
}

class DamagedResults : public ::testing::Test {
 protected:
  DamagedResults() { EXPECT_TRUE(WriteResults(SampleRecord(), path_).ok()); }

  // Changes the file through HDF5, as a foreign writer would, and removes the side record.
  void Edit(const std::function<void(hid_t)>& edit) {
    std::filesystem::remove(DigestRecordPath(path_));
    const Hdf5Id file(H5Fopen(path_.c_str(), H5F_ACC_RDWR, H5P_DEFAULT));
    ASSERT_TRUE(file.valid());
    edit(file.get());
  }
  void ExpectRefused(const std::string& what) {
    const auto read = ReadResults(path_);
    EXPECT_EQ(ExitCodeFor(read.status()), ExitCode::kBadData);
    EXPECT_THAT(std::string(read.status().message()), HasSubstr(what));
    EXPECT_THAT(std::string(read.status().message()), HasSubstr(path_));
  }

  TempFolder folder_;
  std::string path_ = folder_ / "results.h5";
};

TEST_F(DamagedResults, AChangedByteDisagreesWithTheSideRecord) {
  std::string bytes = *ReadFile(path_);
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  ASSERT_TRUE(PublishFile(path_, bytes).ok());
  ExpectRefused("SHA-256");
}

TEST_F(DamagedResults, OtherHdf5FilesAreRefused) {
  Edit([](hid_t file) { H5Adelete(file, "format"); });
  ExpectRefused("not one of benchmark results");
}

TEST_F(DamagedResults, ANewerFormatIsRefusedNamingBothVersions) {
  Edit([](hid_t file) {
    const int64_t version = 2;
    const Hdf5Id attribute(H5Aopen(file, "format_version", H5P_DEFAULT));
    H5Awrite(attribute.get(), H5T_NATIVE_INT64, &version);
  });
  ExpectRefused("format version 2; this program reads up to 1");
}

TEST_F(DamagedResults, MissingObjectsAreNamed) {
  Edit([](hid_t file) { H5Ldelete(file, "/summary", H5P_DEFAULT); });
  ExpectRefused("summary: is missing");
}

// Files of before there were figures of ranks.
TEST_F(DamagedResults, WithoutTheGroupOfRanksTheRestIsRead) {
  Edit([](hid_t file) { H5Ldelete(file, "/ranks", H5P_DEFAULT); });
  RunRecord expected = SampleRecord();
  expected.ranks.clear();
  const auto read = ReadResults(path_);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, expected);
}

TEST_F(DamagedResults, RanksThatTheRunHasNotAreRefused) {
  std::string from = "/ranks/11";
  for (const std::string name : {"12", "-1", "02", "one", "1%2F"}) {
    const std::string to = "/ranks/" + name;
    Edit([&](hid_t file) {
      ASSERT_GE(H5Lmove(file, from.c_str(), file, to.c_str(), H5P_DEFAULT, H5P_DEFAULT), 0);
    });
    ExpectRefused(to + ": is no rank of a run of 12 processes");
    from = to;
  }
}

// Files of before attempts were recorded: nothing is made up about the earlier ones.
TEST_F(DamagedResults, WithoutTheGroupOfAttemptsOnlyTheLastOneIsKnown) {
  RunRecord expected = ResumedRecord();
  ASSERT_TRUE(WriteResults(expected, path_).ok());
  Edit([](hid_t file) { H5Ldelete(file, "/attempts", H5P_DEFAULT); });
  expected.attempt_facts.erase(1);
  const auto read = ReadResults(path_);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, expected);
}

TEST_F(DamagedResults, AttemptsThatTheRunHasNotAreRefused) {
  std::string from = "/attempts/1";
  for (const std::string name : {"2", "0", "01", "one"}) {
    const std::string to = "/attempts/" + name;
    Edit([&](hid_t file) {
      ASSERT_GE(H5Lmove(file, from.c_str(), file, to.c_str(), H5P_DEFAULT, H5P_DEFAULT), 0);
    });
    ExpectRefused(to + ": is no attempt of a run of 1");
    from = to;
  }
}

TEST_F(DamagedResults, RanksThatAreNoGroupsOfDatasetsAreRefused) {
  Edit([](hid_t file) {
    const Hdf5Id group(H5Gopen2(file, "/ranks/2", H5P_DEFAULT));
    const Hdf5Id inner(H5Gcreate2(group.get(), "inner", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  });
  ExpectRefused("/ranks/2/inner: is not the kind of object expected");
  Edit([](hid_t file) {
    H5Ldelete(file, "/ranks/2", H5P_DEFAULT);
    H5Lcreate_hard(file, "/summary/loss", file, "/ranks/2", H5P_DEFAULT, H5P_DEFAULT);
  });
  ExpectRefused("/ranks/2: is not the kind of object expected");
  Edit([](hid_t file) {
    H5Ldelete(file, "/ranks", H5P_DEFAULT);
    H5Lcreate_soft("/summary", file, "/ranks", H5P_DEFAULT, H5P_DEFAULT);
  });
  ExpectRefused("ranks: is a soft or external link");
}

TEST_F(DamagedResults, MissingAttributesAreNamed) {
  Edit([](hid_t file) {
    const Hdf5Id dataset(H5Dopen2(file, "/steps/loss", H5P_DEFAULT));
    H5Adelete(dataset.get(), "better");
  });
  ExpectRefused("/steps/loss@better");
}

TEST_F(DamagedResults, StepsThatDoNotIncreaseAreRefused) {
  Edit([](hid_t file) {
    const int64_t steps[] = {1, 1, 3};
    const Hdf5Id dataset(H5Dopen2(file, "/steps/step", H5P_DEFAULT));
    H5Dwrite(dataset.get(), H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, steps);
  });
  ExpectRefused("steps do not increase");
}

TEST_F(DamagedResults, ATruncatedFileIsRefusedAtEveryLength) {
  std::filesystem::remove(DigestRecordPath(path_));
  const std::string bytes = *ReadFile(path_);
  for (size_t size = 0; size < bytes.size(); size += bytes.size() / 50) {
    ASSERT_TRUE(PublishFile(path_, bytes.substr(0, size)).ok());
    EXPECT_EQ(ExitCodeFor(ReadResults(path_).status()), ExitCode::kBadData) << size;
  }
}

TEST(ReadResults, AMissingFileIsAnEnvironmentError) {
  EXPECT_EQ(ExitCodeFor(ReadResults("/nonexistent/results.h5").status()), ExitCode::kEnvironment);
}

}  // namespace
}  // namespace bench::results
