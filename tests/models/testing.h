// Helpers of the model tests: tiny decoders, golden files and the fp32 error model.
#pragma once

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "kernels/linear_cross_entropy.h"
#include "models/decoder.h"
#include "models/families/family.h"
#include "models/kv_cache.h"
#include "models/safetensors.h"
#include "models/stored_tensors.h"

namespace bench::models {

inline constexpr double kUnitRoundoff = 5.9604644775390625e-08;  // 2^-24: half an ulp in fp32
inline constexpr double kDoubleRoundoff = 0x1p-53;

// Bound on the relative max-norm error of a forward, by default in fp32: each layer chains about
// ten rounding operations on the residual stream, whose sums have at most `terms` terms and round
// like sqrt(terms); 4 covers the tail and the amplification by softmax and norms at these weights.
// A backward doubles the chain.
inline double Tolerance(const DecoderConfig& config, int64_t passes,
                        double roundoff = kUnitRoundoff) {
  const auto terms = static_cast<double>(std::max(config.intermediate_size, config.vocab_size));
  const auto chain = static_cast<double>(10 * config.num_layers + 3);
  return 4 * roundoff * static_cast<double>(passes) * chain * std::sqrt(terms);
}

// max|actual - expected| / max|expected|, in fp64.
inline double RelativeError(const at::Tensor& actual, const at::Tensor& expected) {
  TORCH_CHECK(actual.sizes() == expected.sizes(), actual.sizes(), " vs ", expected.sizes());
  const at::Tensor e = expected.detach().to(at::kDouble);
  const double error = (actual.detach().to(at::kDouble) - e).abs().max().item<double>();
  return error / std::max(e.abs().max().item<double>(), 1e-300);
}

inline DecoderConfig TinyConfig() {
  DecoderConfig config;
  config.vocab_size = 53;
  config.hidden_size = 24;
  config.num_layers = 2;
  config.num_heads = 4;
  config.num_kv_heads = 2;
  config.head_dim = 6;
  config.intermediate_size = 40;
  config.max_positions = 48;
  config.initializer_std = 0.3;  // logits far enough apart for clear choices
  return config;
}

inline at::Generator Seeded(uint64_t seed) { return at::detail::createCPUGenerator(seed); }

inline std::unique_ptr<Decoder> MakeDecoder(const DecoderConfig& config, at::ScalarType dtype,
                                            uint64_t seed = 1) {
  auto decoder = Decoder::Create(config, Seeded(seed), at::kCPU, dtype);
  TORCH_CHECK(decoder.ok(), std::string(decoder.status().message()));
  return *std::move(decoder);
}

inline std::unique_ptr<Decoder> MakeDecoder(const DecoderConfig& config, uint64_t seed = 1) {
  return MakeDecoder(config, at::kFloat, seed);
}

inline std::vector<int64_t> RandomTokens(int64_t count, int64_t vocab_size, uint64_t seed) {
  const at::Tensor t =
      at::randint(0, vocab_size, {count}, Seeded(seed), at::TensorOptions(at::kLong));
  return {t.const_data_ptr<int64_t>(), t.const_data_ptr<int64_t>() + count};
}

// A file made by tests/models/make_llama_golden.py, make_family_golden.py or make_reward_golden.py.
struct Golden {
  DecoderConfig config;
  std::vector<NamedTensor> stored;   // as the family's files hold them
  std::vector<NamedTensor> weights;  // under canonical names
  std::map<std::string, at::Tensor> expected;
  std::vector<std::vector<int64_t>> rows;
};

inline std::string GoldenPath(const std::string& name) {
  return std::string(BENCH_TEST_DATA) + "/models/golden/" + name + ".safetensors";
}

// Of golden/families, sorted: every family in each of its variants.
inline std::vector<std::string> GoldenFamilies() {
  std::vector<std::string> names;
  const std::string folder = std::string(BENCH_TEST_DATA) + "/models/golden/families";
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    names.push_back(file.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

inline Golden LoadGolden(const std::string& name) {
  auto file = ReadSafetensors(GoldenPath(name));
  TORCH_CHECK(file.ok(), std::string(file.status().message()));
  Golden golden;
  const auto config = ConfigFromJson(nlohmann::json::parse(file->metadata.at("config")));
  TORCH_CHECK(config.ok(), name, ": ", std::string(config.status().message()));
  golden.config = *config;
  const std::set<std::string> others = {"logits",  "loss_sum", "tokens",
                                        "offsets", "rewards",  "score.weight"};
  for (const NamedTensor& t : file->tensors) {
    const bool is_result = t.name.find("grad.") != std::string::npos ||
                           t.name.find(".loss") != std::string::npos || others.contains(t.name);
    if (!is_result) golden.stored.push_back(t);
    golden.expected[t.name] = t.tensor;
  }
  if (golden.expected.contains("rewards")) golden.config = WithoutHead(golden.config);
  auto weights = FromStorage(golden.config, golden.stored);
  TORCH_CHECK(weights.ok(), name, ": ", std::string(weights.status().message()));
  golden.weights = *std::move(weights);
  const auto* tokens = golden.expected.at("tokens").const_data_ptr<int64_t>();
  const auto* offsets = golden.expected.at("offsets").const_data_ptr<int64_t>();
  for (int64_t b = 0; b + 1 < golden.expected.at("offsets").numel(); ++b) {
    golden.rows.emplace_back(tokens + offsets[b], tokens + offsets[b + 1]);
  }
  return golden;
}

// A prompt, then the rest token by token.
inline at::Tensor HiddenInSteps(const Decoder& decoder, const std::vector<int64_t>& row,
                                size_t prompt) {
  KvCache cache(decoder.config(), {std::ssize(row)},
                decoder.parameters()[0].tensor.options().requires_grad(false));
  std::vector<at::Tensor> parts = {decoder.HiddenCached(
      MakeRaggedBatch({{row.begin(), row.begin() + static_cast<int64_t>(prompt)}}, at::kCPU), {0},
      cache)};
  for (size_t i = prompt; i < row.size(); ++i) {
    RaggedBatch next = MakeRaggedBatch({{row[i]}}, at::kCPU);
    next.positions_N.fill_(static_cast<int64_t>(i));
    parts.push_back(decoder.HiddenCached(next, {0}, cache));
  }
  return at::cat(parts, 0);
}

// Rows of a ragged batch that have a next token, and that token.
struct NextTokens {
  at::Tensor rows_M, targets_M;
};

inline NextTokens NextTokensOf(const std::vector<std::vector<int64_t>>& rows) {
  std::vector<int64_t> index, targets;
  int64_t start = 0;
  for (const auto& row : rows) {
    for (size_t i = 0; i + 1 < row.size(); ++i) {
      index.push_back(start + static_cast<int64_t>(i));
      targets.push_back(row[i + 1]);
    }
    start += static_cast<int64_t>(row.size());
  }
  return {at::tensor(index, at::kLong), at::tensor(targets, at::kLong)};
}

inline at::Tensor LossSum(const Decoder& decoder, const std::vector<std::vector<int64_t>>& rows,
                          Activations activations = Activations::kKept) {
  const NextTokens next = NextTokensOf(rows);
  const at::Tensor hidden = decoder.Hidden(MakeRaggedBatch(rows, at::kCPU), activations);
  return kernels::LinearCrossEntropySum(decoder.HeadInput(hidden.index_select(0, next.rows_M)),
                                        decoder.head_weight_VD(), next.targets_M);
}

struct GoldenBounds {
  double forward, gradient;
};

// In fp64 what remains is one fp32 rounding of the stored expectations and one of the rotation
// tables, whose effect the softmax and the layers amplify (a backward passes them thrice).
inline GoldenBounds BoundsOf(const Golden& golden, at::ScalarType dtype) {
  if (dtype == at::kDouble) return {16 * kUnitRoundoff, 48 * kUnitRoundoff};
  return {Tolerance(golden.config, 1), Tolerance(golden.config, 3)};
}

// Logits, loss and the gradient of every tensor of the file.
inline void ExpectGolden(const Golden& golden, at::ScalarType dtype) {
  const at::AutoGradMode grad(true);
  const GoldenBounds bounds = BoundsOf(golden, dtype);
  auto decoder = Decoder::FromTensors(golden.config, golden.weights, at::kCPU, dtype);
  ASSERT_TRUE(decoder.ok()) << decoder.status();
  const Decoder& d = **decoder;
  const at::Tensor logits = d.Logits(d.Hidden(MakeRaggedBatch(golden.rows, at::kCPU)));
  EXPECT_LE(RelativeError(logits, golden.expected.at("logits")), bounds.forward);
  const at::Tensor loss = LossSum(d, golden.rows);
  EXPECT_LE(RelativeError(loss.view({1}), golden.expected.at("loss_sum")), bounds.forward);
  loss.backward();
  std::vector<NamedTensor> gradients;
  for (const NamedTensor& p : d.parameters()) gradients.push_back({p.name, p.tensor.grad()});
  for (const NamedTensor& g : ToStorage(golden.config, gradients)) {
    EXPECT_LE(RelativeError(g.tensor, golden.expected.at("grad." + g.name)), bounds.gradient)
        << g.name;
  }
}

}  // namespace bench::models
