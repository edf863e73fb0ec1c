#include "harness/definition/placeholders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;

const Placeholders kValues = {{"seed", "17"}, {"input.data", "/d"}, {"run", "{seed}"}};

TEST(Placeholders, AreReplacedWhereverTheyStand) {
  EXPECT_EQ(*FillIn("--seed={seed}", kValues), "--seed=17");
  EXPECT_EQ(*FillIn("{input.data}/a:{seed}", kValues), "/d/a:17");
  EXPECT_EQ(*FillIn("nothing", kValues), "nothing");
  EXPECT_EQ(*FillIn("", kValues), "");
}

TEST(Placeholders, OfAValueAreNotReplacedAgain) { EXPECT_EQ(*FillIn("{run}", kValues), "{seed}"); }

TEST(Placeholders, LeaveOtherBracesAlone) {
  for (const char* text : {"{\"a\": {\"b\": 1}}", "{}", "a{", "}{", "{1}", "{Seed}", "{se ed}"}) {
    EXPECT_EQ(*FillIn(text, kValues), text);
  }
  EXPECT_EQ(*FillIn("{{seed}}", kValues), "{17}");
}

TEST(Placeholders, ThatStandForNothingAreAnError) {
  const auto filled = FillIn("--seed {sed}", kValues);
  EXPECT_EQ(ExitCodeFor(filled.status()), ExitCode::kUsage);
  EXPECT_THAT(filled.status().message(), HasSubstr("{sed} stands for nothing"));
  EXPECT_THAT(filled.status().message(), HasSubstr("{seed}"));
}

}  // namespace
}  // namespace bench::harness
