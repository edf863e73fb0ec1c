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

// More files than one child reads; one of them is a pipe, for which no child is started, one is
// damaged, one is gone.
TEST(IsolatedReader, ReadsManySummariesInTheirOrder) {
  TempFolder folder;
  std::vector<std::string> paths;
  RunRecord record = SampleRecord();
  for (int64_t i = 0; i < 2 * static_cast<int64_t>(kFilesOfAChild) + 5; ++i) {
    record.header.replicate = i;
    paths.push_back(folder / (std::to_string(i) + ".h5"));
    if (i % 10 == 0) {
      ASSERT_TRUE(WriteResults(record, paths.back()).ok());
    } else {
      std::filesystem::copy_file(paths[static_cast<size_t>(i - i % 10)], paths.back());
    }
  }
  ASSERT_TRUE(PublishFile(paths[3], "not HDF5").ok());
  std::filesystem::remove(paths[70]);
  ASSERT_EQ(::mkfifo(paths[70].c_str(), 0600), 0);
  std::filesystem::remove(paths[71]);
  const auto read = ReadSummariesIsolated(paths);
  ASSERT_EQ(read.size(), paths.size());
  for (size_t i = 0; i < read.size(); ++i) {
    if (i == 3 || i == 70) {
      EXPECT_EQ(ExitCodeFor(read[i].status()), ExitCode::kBadData) << i;
    } else if (i == 71) {
      EXPECT_EQ(ExitCodeFor(read[i].status()), ExitCode::kEnvironment);
    } else {
      ASSERT_TRUE(read[i].ok()) << i << ": " << read[i].status();
      EXPECT_EQ(read[i]->header.replicate, static_cast<int64_t>(i - i % 10));
      EXPECT_EQ(read[i]->summary, record.summary);
    }
  }
  EXPECT_TRUE(ReadSummariesIsolated({}).empty());
}

TEST(IsolatedReader, ASummaryOfAResumedRunHasItsAttempts) {
  TempFolder folder;
  ASSERT_TRUE(WriteResults(ResumedRecord(), folder / "r.h5").ok());
  const auto read = ReadSummariesIsolated({folder / "r.h5"});
  ASSERT_TRUE(read[0].ok()) << read[0].status();
  ASSERT_EQ(read[0]->attempt_facts.size(), 2u);
  EXPECT_EQ(read[0]->attempt_facts.at(1), ResumedRecord().attempt_facts.at(1));
}

// A file that takes more memory than there may be ends the child that reads it with two others.
TEST(IsolatedReader, AChildThatDiesLosesNoOtherFile) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "no limit of memory under AddressSanitizer";
#endif
  TempFolder folder;
  const std::string good = folder / "r.h5";
  ASSERT_TRUE(WriteResults(SampleRecord(), good).ok());
  ASSERT_TRUE(PublishFile(folder / "large.h5", std::string(96 << 20, 'x')).ok());
  const auto read =
      ReadSummariesIsolated({good, folder / "large.h5", good}, {.memory_bytes = 16 << 20});
  ASSERT_EQ(read.size(), 3u);
  EXPECT_TRUE(read[0].ok()) << read[0].status();
  EXPECT_EQ(ExitCodeFor(read[1].status()), ExitCode::kBadData);
  EXPECT_THAT(std::string(read[1].status().message()), HasSubstr("more than 16 MiB of memory"));
  EXPECT_TRUE(read[2].ok()) << read[2].status();
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
