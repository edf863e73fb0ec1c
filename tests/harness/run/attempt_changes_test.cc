#include "harness/run/attempt_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bench::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

results::RunHeader Header() {
  results::RunHeader header;
  header.machine_class = "0123456789abcdef";
  header.device = "cpu";
  header.provenance = {{"program_sha256", std::string(64, '1')},
                       {"source_commit", std::string(40, 'a')},
                       {"source_dirty", true},
                       {"source_diff_sha256", std::string(64, 'd')},
                       {"host", "here"},
                       {"start_time_utc", "2026-01-01T00:00:00.000Z"}};
  return header;
}

// Another host of the same class, at another time, claims the same bits.
TEST(ChangesSince, TheSameBuildOnTheSameClassOfMachineIsNone) {
  results::RunHeader now = Header();
  now.provenance["host"] = "elsewhere";
  now.provenance["start_time_utc"] = "2026-01-02T00:00:00.000Z";
  EXPECT_THAT(ChangesSince(Header(), now), IsEmpty());
}

TEST(ChangesSince, RanksMachineClassAndDeviceAreEachNamed) {
  results::RunHeader now = Header();
  now.world_size = 2;
  EXPECT_THAT(
      ChangesSince(Header(), now),
      ElementsAre("begun with 1 ranks, continuing with 2: the same training up to rounding, "
                  "not bit for bit"));
  now.machine_class = "other";
  now.device = "cuda";
  EXPECT_THAT(
      ChangesSince(Header(), now),
      ElementsAre(HasSubstr("with 2"), HasSubstr("class 0123456789abcdef, continuing on other"),
                  HasSubstr("begun on cpu, continuing on cuda")));
}

TEST(ChangesSince, RanksAreNoneOfAStageThatDoesNotDependOnThem) {
  results::RunHeader begun = Header();
  begun.stage = "corpus";
  results::RunHeader now = begun;
  now.world_size = 3;
  EXPECT_THAT(ChangesSince(begun, now), IsEmpty());
  now.machine_class = "other";
  EXPECT_THAT(
      ChangesSince(begun, now),
      ElementsAre("begun on machine class 0123456789abcdef, continuing on other: other bits "
                  "than those of one attempt are possible"));
}

TEST(ChangesSince, AnotherProgramIsAnotherBuildAlsoOfTheSameSource) {
  results::RunHeader now = Header();
  now.provenance["program_sha256"] = std::string(64, '2');
  EXPECT_THAT(ChangesSince(Header(), now),
              ElementsAre(HasSubstr("by program 111111111111 of commit aaaaaaaaaaaa, continuing by "
                                    "program 222222222222 of commit aaaaaaaaaaaa")));
}

TEST(ChangesSince, WithoutADigestOfTheProgramItsSourceDecides) {
  results::RunHeader begun = Header();
  begun.provenance.erase("program_sha256");
  EXPECT_THAT(ChangesSince(begun, Header()), IsEmpty());
  for (const char* name : {"source_commit", "source_diff_sha256"}) {
    results::RunHeader now = Header();
    now.provenance[name] = std::string(64, 'e');
    EXPECT_THAT(ChangesSince(begun, now), SizeIs(1)) << name;
    now.provenance.erase(name);
    EXPECT_THAT(ChangesSince(begun, now), SizeIs(1)) << name;
  }
  results::RunHeader clean = Header();
  clean.provenance["source_dirty"] = false;
  EXPECT_THAT(ChangesSince(begun, clean), SizeIs(1));
}

}  // namespace
}  // namespace bench::harness
