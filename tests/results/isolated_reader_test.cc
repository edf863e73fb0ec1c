#include "results/isolated_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <random>

#include "base/file.h"
#include "base/status.h"
#include "results/digest_record.h"
#include "results/hdf5_file.h"
#include "tests/results/sample_record.h"
#include "tests/support/temp_folder.h"

namespace bench::results {
namespace {

using ::testing::HasSubstr;

TEST(IsolatedReader, ReadsWhatWasWritten) {
  TempFolder folder;
  ASSERT_TRUE(WriteResults(SampleRecord(), folder / "r.h5").ok());
  const auto read = ReadResultsIsolated(folder / "r.h5");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, SampleRecord());
}

TEST(IsolatedReader, KeepsTheErrorsOfTheReader) {
  TempFolder folder;
  ASSERT_TRUE(PublishFile(folder / "r.h5", "not HDF5").ok());
  const auto read = ReadResultsIsolated(folder / "r.h5");
  EXPECT_EQ(ExitCodeFor(read.status()), ExitCode::kBadData);
  EXPECT_THAT(std::string(read.status().message()), HasSubstr("not an HDF5 file"));
  EXPECT_EQ(ExitCodeFor(ReadResultsIsolated(folder / "gone").status()), ExitCode::kEnvironment);
}

TEST(IsolatedReader, APipeIsRefusedAndNotWaitedFor) {
  TempFolder folder;
  ASSERT_EQ(::mkfifo((folder / "fifo").c_str(), 0600), 0);
  const auto read = ReadResultsIsolated(folder / "fifo");
  EXPECT_THAT(std::string(read.status().message()), HasSubstr("not a regular file"));
}

// Fault 13 (all 1,000: BENCH_NUM_MUTANTS=1000): damaged anywhere, a file is read or refused, and
// the reader lives. Without the side record, so that the damage reaches the HDF5 library. Fixed
// seeds; a third of the mutants differ in one bit, a third in 16 bytes, a third has a block of
// zeros.
TEST(IsolatedReader, SurvivesDamageAnywhere) {
  TempFolder folder;
  const std::string path = folder / "r.h5";
  ASSERT_TRUE(WriteResults(SampleRecord(), path).ok());
  std::filesystem::remove(DigestRecordPath(path));
  const std::string bytes = *ReadFile(path);
  const char* wanted = std::getenv("BENCH_NUM_MUTANTS");
  const unsigned num_mutants = wanted != nullptr ? std::stoul(wanted) : 150;
  unsigned num_refused = 0;
  for (unsigned seed = 0; seed < num_mutants; ++seed) {
    std::mt19937 random(seed);
    std::string mutant = bytes;
    for (unsigned i = 0; i < (seed % 3 == 1 ? 16u : 1u); ++i) {
      const size_t at = random() % mutant.size();
      if (seed % 3 == 2) {
        const size_t size = std::min<size_t>(64, mutant.size() - at);
        mutant.replace(at, size, size, '\0');
      } else {
        mutant[at] = static_cast<char>(mutant[at] ^ (1 << random() % 8));
      }
    }
    ASSERT_TRUE(PublishFile(path, mutant).ok());
    const auto read = ReadResultsIsolated(path, {.processor_s = 1});
    if (read.ok()) continue;  // a bit of unused space, or of a text
    ++num_refused;
    ASSERT_EQ(ExitCodeFor(read.status()), ExitCode::kBadData) << seed << ": " << read.status();
  }
  EXPECT_GT(num_refused, num_mutants / 5);
}

}  // namespace
}  // namespace bench::results
