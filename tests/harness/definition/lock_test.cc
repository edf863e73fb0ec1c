#include "harness/definition/lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"
#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

const std::string kHashA(64, 'a');
const std::string kHashB(64, 'b');

TEST(Lock, ReadsWhatItWrites) {
  Lock lock = *Lock::Parse("", "versions.lock");
  EXPECT_TRUE(*lock.Add("b", 1, kHashA));
  EXPECT_TRUE(*lock.Add("a", 10, kHashA));
  EXPECT_TRUE(*lock.Add("a", 2, kHashB));
  EXPECT_FALSE(*lock.Add("a", 2, kHashB));  // present
  const auto again = Lock::Parse(lock.Text(), "versions.lock");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->entries(), lock.entries());
  EXPECT_THAT(lock.Text(), HasSubstr("\na@2 " + kHashB + "\na@10 " + kHashA + "\nb@1 "));
}

TEST(Lock, RefusesToChangeAnEntryAndNamesBothHashes) {
  Lock lock = *Lock::Parse("a@3 " + kHashA + "\n", "versions.lock");
  const absl::Status added = lock.Add("a", 3, kHashB).status();
  EXPECT_EQ(ExitCodeFor(added), ExitCode::kUsage);
  EXPECT_THAT(std::string(added.message()),
              AllOf(StartsWith("a@3 was edited"), HasSubstr(kHashA), HasSubstr(kHashB),
                    HasSubstr("new version, v4.toml")));
  EXPECT_EQ(lock.Text(), Lock::Parse("a@3 " + kHashA, "versions.lock")->Text());
}

TEST(Lock, ChecksPresenceAndHash) {
  const Lock lock = *Lock::Parse("a@1 " + kHashA + "\n", "versions.lock");
  EXPECT_TRUE(lock.Check("a", 1, kHashA).ok());
  EXPECT_THAT(std::string(lock.Check("a", 1, kHashB).message()), HasSubstr("was edited"));
  EXPECT_THAT(
      std::string(lock.Check("a", 2, kHashA).message()),
      AllOf(StartsWith("a@2 has no entry in versions.lock"), HasSubstr("bench-run --lock")));
}

TEST(Lock, MalformedLinesAreRefusedWithTheirNumber) {
  for (const std::string& line :
       {std::string("a@1"), "a@1 " + kHashA.substr(1), "a@1 " + std::string(64, 'A'),
        "a@1  " + kHashA, "a " + kHashA, "../a@1 " + kHashA, "a@1 " + kHashA + " x"}) {
    const absl::Status status =
        Lock::Parse("# comment\n\n" + line + "\n", "versions.lock").status();
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage) << line;
    EXPECT_THAT(std::string(status.message()), StartsWith("versions.lock:3:1: ")) << line;
  }
}

TEST(Lock, ASecondEntryForAVersionIsRefused) {
  EXPECT_THAT(
      std::string(Lock::Parse("a@1 " + kHashA + "\na@1 " + kHashA + "\n", "l").status().message()),
      StartsWith("l:2:1: a@1 has an entry already"));
}

TEST(Lock, AnAbsentFileIsEmpty) {
  const TemporaryFolder folder;
  const auto lock = Lock::Read(folder.path() + "/versions.lock");
  ASSERT_TRUE(lock.ok()) << lock.status();
  EXPECT_TRUE(lock->entries().empty());
}

}  // namespace
}  // namespace bench::harness
