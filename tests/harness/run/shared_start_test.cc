#include "harness/run/shared_start.h"

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

}  // namespace
}  // namespace bench::harness
