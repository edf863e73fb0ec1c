#include "harness/run/shared_start.h"

#include "base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace bench::harness {
namespace {

TEST(SharedStart, ComesBackAsItWas) {
  SharedStart start;
  start.folder = "/runs/\"7\"";
  start.inputs["tokenizer"] = {"abc", "/store/abc"};
  start.step = 12;
  start.device = "cpu";
  start.digests = {{"data", "def"}};
  start.tensors_sha256 = "123";
  const SharedStart back = ParseStart(Format(start));
  EXPECT_FALSE(back.complete);
  EXPECT_EQ(back.folder, start.folder);
  ASSERT_EQ(back.inputs.size(), 1U);
  EXPECT_EQ(back.inputs.at("tokenizer").digest, "abc");
  EXPECT_EQ(back.inputs.at("tokenizer").folder, "/store/abc");
  EXPECT_EQ(back.step, 12);
  EXPECT_EQ(back.device, "cpu");
  EXPECT_EQ(back.digests, start.digests);
  EXPECT_EQ(back.tensors_sha256, "123");
}

// Step 0 has a checkpoint too, where an evaluation came first.
TEST(SharedStart, WithoutACheckpointHasNoDigestOfOne) {
  SharedStart start;
  start.complete = true;
  EXPECT_TRUE(ParseStart(Format(start)).complete);
  EXPECT_EQ(ParseStart(Format(start)).tensors_sha256, "");
}

TEST(CheckSameContent, NamesTheRankAndWhatItReadsOtherwise) {
  SharedStart start;
  start.digests = {{"data", "abc"}, {"initial_weights", "def"}};
  EXPECT_TRUE(CheckSameContent({{"data", "abc"}}, start, 3).ok());
  for (const InputDigests& own : {InputDigests{{"data", "abd"}}, InputDigests{{"model", "abc"}}}) {
    const absl::Status status = CheckSameContent(own, start, 3);
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage);
    EXPECT_THAT(status.message(), testing::HasSubstr(own.begin()->first + ": rank 3 reads other"));
  }
}

}  // namespace
}  // namespace bench::harness
