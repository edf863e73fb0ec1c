#include "results/unreadable.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hdf5.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "base/status.h"
#include "results/hdf5_file.h"
#include "results/isolated_reader.h"
#include "tests/results/sample_record.h"
#include "tests/support/temp_folder.h"

namespace bench::results {
namespace {

using ::testing::HasSubstr;

class Unreadable : public ::testing::Test {
 protected:
  Unreadable() { EXPECT_TRUE(WriteResults(SampleRecord(), path_).ok()); }

  absl::Status Read() { return ReadResultsIsolated(path_).status(); }

  // As any other HDF5 program opens it: with the library's lock and its mark in the file.
  hid_t OpenForWriting() { return H5Fopen(path_.c_str(), H5F_ACC_RDWR, H5P_DEFAULT); }

  TempFolder folder_;
  const std::string path_ = folder_ / "results.h5";
};

TEST_F(Unreadable, AFileThatAnotherProgramWritesIsNoDamagedFile) {
  const hid_t file = OpenForWriting();
  ASSERT_GE(file, 0);
  const absl::Status status = Read();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kEnvironment) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("open for writing in another program"));
  H5Fclose(file);
}

TEST_F(Unreadable, AFileThatWasNotClosedSaysSo) {
  const hid_t file = OpenForWriting();
  ASSERT_GE(file, 0);
  ASSERT_GE(H5Fflush(file, H5F_SCOPE_GLOBAL), 0);
  const std::string marked = *ReadFile(path_);
  H5Fclose(file);
  ASSERT_TRUE(PublishFile(path_, marked).ok());
  const absl::Status status = Read();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("without closing it"));
}

TEST_F(Unreadable, AnotherReaderIsNoReason) {
  const hid_t file = H5Fopen(path_.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  ASSERT_GE(file, 0);
  EXPECT_TRUE(Read().ok()) << Read();
  std::string damaged = *ReadFile(path_);
  damaged[damaged.size() / 2] ^= 1;
  ASSERT_TRUE(PublishFile(path_, damaged).ok());
  EXPECT_THAT(std::string(Read().message()), HasSubstr("SHA-256"));
  H5Fclose(file);
}

}  // namespace
}  // namespace bench::results
