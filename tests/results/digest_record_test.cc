#include "results/digest_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include "base/sha256.h"
#include "base/status.h"
#include "tests/base/faulty_syscalls.h"
#include "tests/support/temp_folder.h"

namespace bench::results {
namespace {

TEST(DigestRecord, IsWhatSha256sumWrites) {
  TempFolder folder;
  ASSERT_TRUE(PublishWithDigest(folder / "f", "abc").ok());
  // FIPS 180-4, example B.1.
  EXPECT_EQ(*ReadFile(folder / "f.sha256"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  f\n");
}

TEST(DigestRecord, ChangedBytesAreRefused) {
  TempFolder folder;
  ASSERT_TRUE(PublishWithDigest(folder / "f", "abc").ok());
  EXPECT_TRUE(CheckDigest(folder / "f", "abc").ok());
  EXPECT_EQ(ExitCodeFor(CheckDigest(folder / "f", "abd")), ExitCode::kBadData);
}

TEST(DigestRecord, AFileWithoutOneIsAccepted) {
  TempFolder folder;
  EXPECT_TRUE(CheckDigest(folder / "f", "anything").ok());
}

TEST(DigestRecord, ReplacingAFileLeavesOneDigest) {
  TempFolder folder;
  ASSERT_TRUE(PublishWithDigest(folder / "f", "old").ok());
  ASSERT_TRUE(PublishWithDigest(folder / "f", "new").ok());
  EXPECT_EQ(*ReadFile(folder / "f"), "new");
  EXPECT_EQ(*ReadFile(folder / "f.sha256"), Sha256Hex("new") + "  f\n");
  EXPECT_FALSE(CheckDigest(folder / "f", "old").ok());
}

// Whatever happens, the file is the old or the new one and agrees with its side record.
void ExpectOldOrNew(const TempFolder& folder, int at) {
  const std::string bytes = *ReadFile(folder / "f");
  EXPECT_TRUE(bytes == "old" || bytes == "new") << at;
  EXPECT_TRUE(CheckDigest(folder / "f", bytes).ok()) << at;
}

int NumCalls() {
  TempFolder folder;
  EXPECT_TRUE(PublishWithDigest(folder / "f", "old").ok());
  const FaultySyscalls none(Fault::kNone, 0);
  EXPECT_TRUE(PublishWithDigest(folder / "f", "new").ok());
  return none.num_calls();
}

TEST(DigestRecord, AnErrorAtAnyCallLeavesOldOrNew) {
  const int num_calls = NumCalls();
  ASSERT_GE(num_calls, 18);  // 3 publications of open, write, fsync, rename, open, fsync
  for (const Fault fault : {Fault::kNoSpace, Fault::kIoError}) {
    for (int at = 0; at < num_calls; ++at) {
      TempFolder folder;
      ASSERT_TRUE(PublishWithDigest(folder / "f", "old").ok());
      {
        const FaultySyscalls faulty(fault, at);
        EXPECT_EQ(ExitCodeFor(PublishWithDigest(folder / "f", "new")), ExitCode::kEnvironment);
      }
      ExpectOldOrNew(folder, at);
    }
  }
}

TEST(DigestRecord, DeathBeforeOrAfterAnyCallLeavesOldOrNew) {
  const int num_calls = NumCalls();
  for (const Fault fault : {Fault::kDieBefore, Fault::kDieAfter}) {
    for (int at = 0; at < num_calls; ++at) {
      TempFolder folder;
      ASSERT_TRUE(PublishWithDigest(folder / "f", "old").ok());
      const pid_t child = ::fork();
      if (child == 0) {
        const FaultySyscalls faulty(fault, at);
        (void)PublishWithDigest(folder / "f", "new");
        ::_exit(1);
      }
      int status = 0;
      ASSERT_EQ(::waitpid(child, &status, 0), child);
      ASSERT_EQ(status, 0) << "the child outlived call " << at;
      ExpectOldOrNew(folder, at);
    }
  }
}

}  // namespace
}  // namespace bench::results
