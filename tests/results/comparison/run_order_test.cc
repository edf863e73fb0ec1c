#include "results/comparison/run_order.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/results/comparison/groups.h"

namespace bench::results {
namespace {

// Replicates 0, 1, ... that began at these seconds of a minute; one of "" does not say when.
Group Begun(const std::string& path, const std::vector<std::string>& seconds) {
  Group group = ValuesOf(path, Info(kStepTime), std::vector<double>(seconds.size(), 1));
  for (size_t i = 0; i < seconds.size(); ++i) {
    if (seconds[i].empty()) continue;
    group.runs[i].record.header.provenance[std::string(kStartTimeUtc)] =
        absl::StrCat("2026-11-30T12:00:", seconds[i], ".000Z");
  }
  return group;
}

TEST(RunOrder, ArmsThatDoNotMeetRanOneAfterTheOther) {
  EXPECT_TRUE(RanOneAfterTheOther(Begun("b", {"10", "20"}), Begun("h", {"40", "30"})));
  EXPECT_TRUE(RanOneAfterTheOther(Begun("b", {"40", "30"}), Begun("h", {"10", "20"})));
  EXPECT_FALSE(RanOneAfterTheOther(Begun("b", {"10", "40"}), Begun("h", {"20", "30"})));  // ABBA
  EXPECT_FALSE(RanOneAfterTheOther(Begun("b", {"10", "30"}), Begun("h", {"20", "40"})));
}

TEST(RunOrder, OneRunHasNoOrderAndWhatIsNotSaidIsNotGuessed) {
  EXPECT_FALSE(RanOneAfterTheOther(Begun("b", {"10"}), Begun("h", {"20", "30"})));
  EXPECT_FALSE(RanOneAfterTheOther(Begun("b", {"10", ""}), Begun("h", {"20", "30"})));
}

TEST(RunOrder, RunsThatAreInBothArmsAreCounted) {
  const Group base = Begun("b", {"10", "20", ""});
  EXPECT_EQ(NumSharedRuns(base, Begun("h", {"10", "21", ""})), 1);
  EXPECT_EQ(NumSharedRuns(base, base), 2);  // the third does not say when it began
  Group other = Begun("h", {"10", "20"});
  for (ResultsInput& run : other.runs) run.record.header.run_id = "another";
  EXPECT_EQ(NumSharedRuns(base, other), 0);
}

}  // namespace
}  // namespace bench::results
