#include "results/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/status.h"
#include "tests/base/faulty_syscalls.h"
#include "tests/support/temp_folder.h"

namespace bench::results {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Frames(const std::vector<std::string>& payloads) {
  std::string bytes;
  for (const std::string& payload : payloads) bytes += *EncodeFrame(payload);
  return bytes;
}

TEST(EncodeFrame, IsLengthThenCrcThenPayload) {
  // CRC-32C("123456789") = 0xE3069283, both numbers little-endian.
  EXPECT_EQ(*EncodeFrame("123456789"), std::string("\x09\0\0\0\x83\x92\x06\xE3", 8) + "123456789");
}

TEST(EncodeFrame, RefusesEmptyAndOversizedPayloads) {
  EXPECT_FALSE(EncodeFrame("").ok());
  EXPECT_TRUE(EncodeFrame(std::string(kMaxPayloadBytes, 'x')).ok());
  EXPECT_FALSE(EncodeFrame(std::string(kMaxPayloadBytes + 1, 'x')).ok());
}

TEST(SplitFrames, ReadsWhatWasEncoded) {
  const std::string bytes = Frames({"one", "two", "three"});
  const JournalFrames frames = SplitFrames(bytes);
  EXPECT_THAT(frames.payloads, ElementsAre("one", "two", "three"));
  EXPECT_EQ(frames.valid_bytes, static_cast<int64_t>(bytes.size()));
  EXPECT_EQ(frames.torn_bytes, 0);
  EXPECT_EQ(frames.torn_reason, "");
}

TEST(SplitFrames, CutAtEveryByteKeepsTheWholeFramesBefore) {
  const std::vector<std::string> payloads = {"one", "two", "three", "four"};
  const std::string bytes = Frames(payloads);
  size_t whole = 0;
  size_t end_of_whole = 0;
  for (size_t cut = 0; cut < bytes.size(); ++cut) {
    while (whole < 4 && end_of_whole + 8 + payloads[whole].size() <= cut) {
      end_of_whole += 8 + payloads[whole++].size();
    }
    const std::string prefix = bytes.substr(0, cut);
    const JournalFrames frames = SplitFrames(prefix);
    ASSERT_EQ(frames.payloads.size(), whole) << cut;
    ASSERT_EQ(frames.valid_bytes, static_cast<int64_t>(end_of_whole)) << cut;
    ASSERT_EQ(frames.torn_bytes, static_cast<int64_t>(cut - end_of_whole)) << cut;
    ASSERT_EQ(frames.torn_reason.empty(), cut == end_of_whole) << cut;
  }
}

TEST(SplitFrames, EveryFlippedBitEndsTheValidPrefixBeforeItsFrame) {
  const std::vector<std::string> payloads = {"first", "second", "third frame"};
  const std::string bytes = Frames(payloads);
  const size_t starts[] = {0, 13, 27, bytes.size()};
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    const size_t frame = bit / 8 < starts[1] ? 0 : bit / 8 < starts[2] ? 1 : 2;
    const JournalFrames frames = SplitFrames(flipped);
    ASSERT_EQ(frames.payloads.size(), frame) << bit;
    ASSERT_EQ(frames.valid_bytes, static_cast<int64_t>(starts[frame])) << bit;
    ASSERT_FALSE(frames.torn_reason.empty()) << bit;
  }
}

TEST(SplitFrames, ATailOfZerosIsNoFrame) {
  // An empty payload would have length 0 and CRC-32C 0: eight zeros must not pass for it.
  const std::string bytes = Frames({"one"}) + std::string(64, '\0');
  const JournalFrames frames = SplitFrames(bytes);
  EXPECT_THAT(frames.payloads, ElementsAre("one"));
  EXPECT_EQ(frames.torn_bytes, 64);
}

TEST(JournalFile, FlushedFramesAreInTheFile) {
  TempFolder folder;
  auto journal = JournalFile::Create(folder.path(), "one");
  ASSERT_TRUE(journal.ok()) << journal.status();
  ASSERT_TRUE(journal->Add("two").ok());
  EXPECT_EQ(*ReadFile(JournalPath(folder.path())), Frames({"one"}));
  ASSERT_TRUE(journal->Flush().ok());
  EXPECT_EQ(*ReadFile(JournalPath(folder.path())), Frames({"one", "two"}));
}

TEST(JournalFile, AnErrorAtAnyCallOfCreateLeavesNoJournalOrOneWithItsFirstFrame) {
  for (int at = 0; at < 7; ++at) {  // open, write, fsync, rename, open, fsync; open for appending
    TempFolder folder;
    const FaultySyscalls faulty(Fault::kNoSpace, at);
    EXPECT_EQ(ExitCodeFor(JournalFile::Create(folder.path(), "one").status()),
              ExitCode::kEnvironment)
        << at;
    const std::string path = JournalPath(folder.path());
    EXPECT_TRUE(!Exists(path) || *ReadFile(path) == Frames({"one"})) << at;
    EXPECT_LE(ListFolder(folder.path())->size(), 1u) << at;  // no temporary file is left
  }
}

TEST(JournalFile, CreateRefusesAFolderThatHoldsARun) {
  TempFolder folder;
  ASSERT_TRUE(PublishFile(JournalPath(folder.path()), Frames({"one"})).ok());
  const auto journal = JournalFile::Create(folder.path(), "one");
  EXPECT_EQ(ExitCodeFor(journal.status()), ExitCode::kEnvironment);
  EXPECT_THAT(std::string(journal.status().message()), HasSubstr(folder.path()));
}

TEST(JournalFile, ContinueCutsTheTornTail) {
  TempFolder folder;
  const std::string valid = Frames({"one"});
  ASSERT_TRUE(PublishFile(JournalPath(folder.path()), valid + "torn").ok());
  auto journal = JournalFile::Continue(folder.path(), static_cast<int64_t>(valid.size()));
  ASSERT_TRUE(journal.ok()) << journal.status();
  ASSERT_TRUE(journal->Add("two").ok());
  ASSERT_TRUE(journal->Flush().ok());
  EXPECT_EQ(*ReadFile(JournalPath(folder.path())), Frames({"one", "two"}));
}

TEST(JournalFile, AFullDiskLeavesWholeFramesAndTheNextFlushSucceeds) {
  TempFolder folder;
  auto journal = JournalFile::Create(folder.path(), "one");
  ASSERT_TRUE(journal->Add("two").ok());
  {
    // Half of "two" is written before the disk is full.
    class HalfThenFull : public Syscalls {
     public:
      HalfThenFull() { SetSyscallsForTest(this); }
      ~HalfThenFull() override { SetSyscallsForTest(nullptr); }
      ssize_t Write(int fd, const void* data, size_t size) override {
        if (num_writes_++ == 0) return Syscalls::Write(fd, data, size / 2);
        errno = ENOSPC;
        return -1;
      }

     private:
      int num_writes_ = 0;
    } full;
    const absl::Status status = journal->Flush();
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kEnvironment);
    EXPECT_EQ(*ReadFile(JournalPath(folder.path())), Frames({"one"}));
  }
  ASSERT_TRUE(journal->Flush().ok());
  EXPECT_EQ(*ReadFile(JournalPath(folder.path())), Frames({"one", "two"}));
}

TEST(JournalFile, AFailedFsyncIsFinal) {
  TempFolder folder;
  auto journal = JournalFile::Create(folder.path(), "one");
  ASSERT_TRUE(journal->Add("two").ok());
  {
    const FaultySyscalls fault(Fault::kIoError, 1);  // write, then fsync
    EXPECT_FALSE(journal->Flush().ok());
  }
  EXPECT_EQ(ExitCodeFor(journal->Add("three")), ExitCode::kEnvironment);
  EXPECT_EQ(ExitCodeFor(journal->Flush()), ExitCode::kEnvironment);
}

TEST(JournalFile, ShortWritesAndInterruptionsAreResumed) {
  for (const Fault fault : {Fault::kShortWrites, Fault::kInterrupted}) {
    for (int at = 0; at < 4; ++at) {
      TempFolder folder;
      auto journal = JournalFile::Create(folder.path(), "one");
      ASSERT_TRUE(journal->Add("a longer payload").ok());
      const FaultySyscalls faulty(fault, at);
      ASSERT_TRUE(journal->Flush().ok());
      EXPECT_EQ(*ReadFile(JournalPath(folder.path())), Frames({"one", "a longer payload"}));
    }
  }
}

}  // namespace
}  // namespace bench::results
