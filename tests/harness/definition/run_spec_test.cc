#include "harness/definition/run_spec.h"

#include <gtest/gtest.h>

#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

TEST(RunSpec, IsReadFromTheRunTableOfEveryStage) {
  const std::string run =
      "[run]\nthreads = 8\ndeterminism = \"fast\"\nflush_interval_s = 0.5\n"
      "checkpoint_every_steps = 100\n";
  for (const std::string_view toml : {kSmallSft, kSmallTokenizer, kSmallTranslations}) {
    const auto definition = Decode(std::string(toml) + run);
    ASSERT_TRUE(definition.ok()) << definition.status();
    EXPECT_EQ(definition->run.threads, 8);
    EXPECT_EQ(definition->run.determinism, Determinism::kFast);
    EXPECT_EQ(definition->run.flush_interval_s, 0.5);
    EXPECT_EQ(definition->run.checkpoint_every_steps, 100);
  }
}

TEST(RunSpec, RefusesAFlushIntervalThatNeverComes) {
  EXPECT_NE(Refusal(kSmallSft, {"run.flush_interval_s=0"}), "");
  EXPECT_NE(Refusal(kSmallSft, {"run.flush_interval_s=1e9"}), "");
}

}  // namespace
}  // namespace bench::harness
