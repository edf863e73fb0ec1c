#include "harness/run/summary.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "results/metrics.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

results::RunRecord Record() {
  results::RunRecord record;
  record.header.experiment = "sft_small";
  record.header.version = 3;
  record.header.device = "cpu";
  record.status = results::RunStatus::kComplete;
  const results::MetricKey key{&results::kPeakMemory, ""};
  record.summary["peak_memory"] = {results::MetricInfo::Of(key), 3.0 * (1 << 20)};
  record.tables["samples"] = {{"step", "task", "input", "reference", "answer"},
                              {{int64_t{5}, "t", "in\x1b[2J", "ref", "ans"}}};
  return record;
}

TEST(ClosingSummary, NamesTheRunItsFiguresAndSamplesWithoutControlCharacters) {
  const std::string text = ClosingSummary(Record(), {});
  EXPECT_THAT(text, HasSubstr("sft_small@3  complete"));
  EXPECT_THAT(text, HasSubstr("3.0 MiB"));
  EXPECT_THAT(text, HasSubstr("in\\x1b[2J  ->  ans"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("NOT ACCEPTED")));
}

TEST(ClosingSummary, ShowsBothResponsesOfAPreferenceWithTheirRewards) {
  results::RunRecord record = Record();
  record.tables["samples"] = {
      {"step", "prompt", "chosen", "rejected", "chosen_reward", "rejected_reward"},
      {{int64_t{5}, "is it", "yes", "no", 0.25, -1.5}}};
  EXPECT_THAT(ClosingSummary(record, {}),
              HasSubstr("    is it  ->  yes (0.25)  over  no (-1.5)\n"));
}

TEST(ClosingSummary, SaysWhichBoundsAreNotMet) {
  EXPECT_THAT(ClosingSummary(Record(), {"loss = 3"}), HasSubstr("NOT ACCEPTED: loss = 3"));
}

}  // namespace
}  // namespace bench::harness
