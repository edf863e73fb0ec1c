#include "harness/stages/evaluate/contexts.h"

#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "gmock/gmock.h"
#include "tests/harness/run_fixture.h"
#include "tests/harness/stages/clm/tiny_clm.h"

namespace bench::harness {
namespace {

using Values = std::map<std::string, double>;

// About 10 terms of 6 from fp32 logits.
constexpr double kRounding = 3e-5;

class ContextsTest : public ::testing::Test {
 protected:
  ContextsTest() {
    spec_.shortest = 4;
    spec_.longest = 8;
    spec_.scored = 3;
    spec_.windows = 1000;  // all places
  }

  absl::StatusOr<std::vector<results::MetricValue>> Evaluate() {
    RunContext context = fixture_.Start("run" + std::to_string(runs_++));
    return EvaluateContexts(
        {spec_, tiny_.dataset(), tiny_.tokenizer(), tiny_.decoder(), context.writer}, /*step=*/0);
  }
  Values Evaluated() {
    const auto found = Evaluate();
    EXPECT_TRUE(found.ok()) << found.status();
    Values values;
    for (const auto& value : *found) values[value.key.Path()] = value.value;
    return values;
  }

  const TokenShard& shard() const { return tiny_.dataset().part("validation").front(); }
  // By place: where the tokens of each window begin.
  std::vector<int64_t> Begins() const {
    std::vector<int64_t> begins;
    for (int64_t begin = 0; begin + 9 <= shard().num_tokens(); begin += 3) begins.push_back(begin);
    return begins;
  }
  // Losses of the last `length` of the 8 targets of a window, from full logits.
  std::vector<double> Losses(int64_t window_begin, int64_t length) const {
    const std::vector<int64_t> tokens = shard().Tokens(window_begin + 8 - length, window_begin + 9);
    const auto inputs = models::MakeRaggedBatch({{tokens.begin(), tokens.end() - 1}}, at::kCPU);
    const at::Tensor log_probs =
        tiny_.decoder().Logits(tiny_.decoder().Hidden(inputs)).to(at::kDouble).log_softmax(-1);
    std::vector<double> losses;
    for (int64_t i = 0; i < length; ++i) {
      losses.push_back(-log_probs[i][tokens[static_cast<size_t>(i) + 1]].item<double>());
    }
    return losses;
  }

  RunFixture fixture_;
  TinyClm tiny_;
  ContextsSpec spec_;
  int runs_ = 0;
};

TEST_F(ContextsTest, EqualTheFormulasOnFullLogitsOfTheSameTokens) {
  const Values values = Evaluated();
  for (const int64_t length : {4, 8}) {
    double nll = 0;
    for (const int64_t begin : Begins()) {
      const std::vector<double> losses = Losses(begin, length);
      for (size_t i = losses.size() - 3; i < losses.size(); ++i) nll += losses[i];
    }
    const auto num_targets = static_cast<double>(3 * Begins().size());
    const std::string label = absl::StrCat("/context_", length);
    EXPECT_NEAR(values.at(absl::StrCat("loss", label)), nll / num_targets, kRounding) << length;
    EXPECT_NEAR(values.at(absl::StrCat("bits_per_byte", label)),
                nll / std::log(2) / values.at("scored_bytes/contexts"), 10 * kRounding);
  }
  EXPECT_FALSE(values.contains("loss/context_16"));
}

// <s>say it is 4</s>: the first window is the beginning and 8 characters, of which the last three
// are scored, a byte each.
TEST_F(ContextsTest, BytesAreThoseOfTheScoredTokens) {
  spec_.windows = 1;
  EXPECT_EQ(Evaluated().at("scored_bytes/contexts"), 3);
}

// 8 places in steps of three from the end on: 2, 3 and 3; the last one is the metric's.
TEST_F(ContextsTest, PositionsAreAllTargetsFromTheEndOn) {
  const Values values = Evaluated();
  const results::Table table = fixture_.Record("run0").tables.at("context_positions");
  ASSERT_EQ(table.columns, (std::vector<std::string>{"step", "context", "position", "targets",
                                                     "loss", "accuracy"}));
  const std::vector<std::pair<int64_t, int64_t>> expected = {
      {4, 0}, {4, 1}, {8, 0}, {8, 2}, {8, 5}};
  ASSERT_EQ(table.rows.size(), expected.size());
  const auto num_windows = std::ssize(Begins());
  for (size_t i = 0; i < expected.size(); ++i) {
    const auto& [context, position] = expected[i];
    EXPECT_EQ(std::get<int64_t>(table.rows[i][1]), context);
    EXPECT_EQ(std::get<int64_t>(table.rows[i][2]), position);
    const int64_t width = position == 0 ? context % 3 : 3;
    EXPECT_EQ(std::get<int64_t>(table.rows[i][3]), width * num_windows);
    double nll = 0;
    for (const int64_t begin : Begins()) {
      const std::vector<double> losses = Losses(begin, context);
      for (int64_t p = position; p < position + width; ++p) nll += losses[static_cast<size_t>(p)];
    }
    EXPECT_NEAR(std::get<double>(table.rows[i][4]), nll / static_cast<double>(width * num_windows),
                kRounding)
        << context << " " << position;
  }
  EXPECT_EQ(std::get<double>(table.rows.back()[4]), values.at("loss/context_8"));
  EXPECT_EQ(std::get<double>(table.rows.back()[5]), values.at("token_accuracy/context_8"));
}

TEST_F(ContextsTest, WindowsAreSpreadEvenlyAndScoreNoTokenTwice) {
  const std::vector<int64_t> begins = Begins();
  ASSERT_GE(begins.size(), 4U);
  spec_.windows = 2;
  const auto windows = ContextWindows(tiny_.dataset().part("validation"), spec_);
  ASSERT_TRUE(windows.ok()) << windows.status();
  ASSERT_EQ(windows->size(), 2U);
  EXPECT_EQ(windows->at(0), shard().Tokens(0, 9));
  const int64_t second = begins[begins.size() / 2];
  EXPECT_EQ(windows->at(1), shard().Tokens(second, second + 9));
}

TEST_F(ContextsTest, RefusesContextsThatTheModelOrTheTextIsTooShortFor) {
  spec_.longest = 32;
  EXPECT_EQ(ExitCodeFor(Evaluate().status()), ExitCode::kUsage);
  EXPECT_THAT(std::string(Evaluate().status().message()),
              testing::HasSubstr("contexts.longest = 32 is more than the model's 16 positions"));
  spec_.longest = 4096;
  EXPECT_EQ(ExitCodeFor(ContextWindows(tiny_.dataset().part("validation"), spec_).status()),
            ExitCode::kBadData);
}

}  // namespace
}  // namespace bench::harness
