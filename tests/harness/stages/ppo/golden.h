// The cases of golden/ppo.json: PPO as trainers with padded batches compute it
// (make_golden.py).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "gtest/gtest.h"
#include "harness/stages/ppo/advantages.h"
#include "nlohmann/json.hpp"

namespace bench::harness {

class PpoGolden {
 public:
  explicit PpoGolden(nlohmann::json values) : values_(std::move(values)) {
    const nlohmann::json& s = values_["settings"];
    settings_.gamma = s["gamma"];
    settings_.lambda = s["lam"];
    settings_.kl_coefficient = s["beta"];
    settings_.kl_estimator = s["kl"] == "k1" ? KlEstimator::kK1 : KlEstimator::kK3;
    settings_.clip_ratio = s["clip"];
    settings_.value_clip = s["value_clip"];
    settings_.whiten_rewards = s["whiten_rewards"];
    settings_.whiten_advantages = s["whiten_advantages"];
    if (!s["clamp"].is_null()) settings_.log_ratio_clamp = s["clamp"];
    settings_.score_position =
        s["score_position"] == "end" ? ScorePosition::kEnd : ScorePosition::kBehindEnd;
    settings_.value_positions =
        s["value_positions"] == "response" ? ValuePositions::kResponse : ValuePositions::kBehindEnd;
    ResponseOffsets offsets = {0};
    for (const int64_t length : values_["lengths"]) offsets.push_back(offsets.back() + length);
    layout_ = LayoutOf(offsets, values_["longest"], settings_);
  }

  static std::vector<PpoGolden> Load() {
    const auto text =
        ReadFile(std::string(BENCH_TEST_DATA) + "/harness/stages/ppo/golden/ppo.json", 1 << 20);
    EXPECT_TRUE(text.ok()) << text.status();
    std::vector<PpoGolden> cases;
    for (const nlohmann::json& one : nlohmann::json::parse(*text)) cases.emplace_back(one);
    EXPECT_EQ(cases.size(), 7U);
    return cases;
  }

  const PpoSettings& settings() const { return settings_; }
  const PpoLayout& layout() const { return layout_; }
  at::Tensor Vector(const std::string& name) const {
    return at::tensor(values_[name].get<std::vector<double>>(), at::kDouble);
  }
  double Number(const std::string& name) const { return values_[name]; }

 private:
  nlohmann::json values_;
  PpoSettings settings_;
  PpoLayout layout_;
};

// Some 20 roundings of fp64 in either computation, of values below 10.
inline constexpr double kGoldenTolerance = 40 * 10 * 1.2e-16;

inline void ExpectNear(const at::Tensor& actual, const at::Tensor& expected, double tolerance,
                       const char* what) {
  ASSERT_EQ(actual.sizes(), expected.sizes()) << what;
  EXPECT_LE((actual - expected).abs().max().item<double>(), tolerance)
      << what << ": " << actual << expected;
}

}  // namespace bench::harness
