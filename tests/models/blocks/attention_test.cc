// Keys that move and windows; what else attention does is proven by the families that have it
// (families/golden_test.cc).
#include "models/blocks/attention.h"

#include <string>
#include <vector>

#include "tests/models/testing.h"

namespace bench::models {
namespace {

constexpr int64_t kTrained = 11;

struct NamedRope {
  std::string name;
  Rope rope;
};

// Angles that do not depend on the length of the sequence.
std::vector<NamedRope> FixedRopes() {
  return {{"none", {}},
          {"linear", {.scaling = LinearScaling{3}}},
          {"ntk", {.theta = NtkTheta(1e4, 3, 6)}},
          {"mixed", {.scaling = MixedRadixScaling{3}}},
          {"yarn", {.scaling = YarnScaling{3, kTrained, 2, 0.5}}},
          {"llama3", {.scaling = Llama3Scaling{3, 1, 4, kTrained}}},
          {"log n", {.log_n_positions = kTrained}},
          {"mixed, log n", {.scaling = MixedRadixScaling{3}, .log_n_positions = kTrained}}};
}

std::vector<NamedRope> MovingRopes() {
  return {
      {"dynamic", {.scaling = DynamicNtkScaling{1, kTrained}}},
      {"dynamic by 2", {.scaling = DynamicNtkScaling{2, kTrained}}},
      {"dynamic, log n", {.scaling = DynamicNtkScaling{2, kTrained}, .log_n_positions = kTrained}},
      {"stepped", {.scaling = SteppedNtkScaling{kTrained, false}}},
      {"stepped, log n", {.scaling = SteppedNtkScaling{kTrained, true}}}};
}

DecoderConfig ConfigOf(const Rope& rope, int64_t num_layers) {
  DecoderConfig config = TinyConfig();
  config.num_layers = num_layers;
  config.position = rope;
  return config;
}

std::vector<int64_t> Prefix(const std::vector<int64_t>& row, size_t length) {
  return {row.begin(), row.begin() + static_cast<int64_t>(length)};
}

// Of the last token of the pass over all of them.
at::Tensor LastHidden(const Decoder& decoder, const std::vector<int64_t>& row) {
  return decoder.Hidden(MakeRaggedBatch({row}, at::kCPU)).narrow(0, std::ssize(row) - 1, 1);
}

TEST(MovedKeys, DecodingEqualsTheFullPassWhereAnglesDoNotDependOnTheLength) {
  const std::vector<int64_t> row = RandomTokens(29, 53, 5);
  for (const NamedRope& named : FixedRopes()) {
    const DecoderConfig config = ConfigOf(named.rope, /*num_layers=*/2);
    const auto decoder = MakeDecoder(config);
    const at::Tensor full = decoder->Hidden(MakeRaggedBatch({row}, at::kCPU));
    for (const size_t prompt : {size_t{1}, size_t{10}, size_t{12}}) {
      EXPECT_LE(RelativeError(HiddenInSteps(*decoder, row, prompt), full), Tolerance(config, 1))
          << named.name << ", a prompt of " << prompt;
    }
  }
}

// Of one layer, whose inputs are the tokens themselves: each step is the last row of the pass over
// the sequence so far, whose angles are those of its length. Odd lengths, from below the trained
// length to twice and thrice of it.
TEST(MovedKeys, EveryStepOfALayerEqualsThePassOverTheSequenceSoFar) {
  const std::vector<int64_t> row = RandomTokens(37, 53, 6);
  for (const NamedRope& named : MovingRopes()) {
    const DecoderConfig config = ConfigOf(named.rope, /*num_layers=*/1);
    const auto decoder = MakeDecoder(config);
    for (const size_t prompt : {size_t{1}, size_t{9}, size_t{11}, size_t{12}, size_t{23}}) {
      const at::Tensor steps = HiddenInSteps(*decoder, row, prompt);
      for (size_t length = prompt; length <= row.size(); ++length) {
        const at::Tensor step = steps.narrow(0, static_cast<int64_t>(length) - 1, 1);
        EXPECT_LE(RelativeError(step, LastHidden(*decoder, Prefix(row, length))),
                  Tolerance(config, 1))
            << named.name << ", a prompt of " << prompt << ", " << length << " tokens";
      }
    }
  }
}

// The test above would be empty if stretching changed nothing.
TEST(MovedKeys, StretchingChangesALongSequenceAndNoShortOne) {
  const std::vector<int64_t> row = RandomTokens(37, 53, 6);
  const auto plain = MakeDecoder(ConfigOf({}, 1));
  for (const NamedRope& named : MovingRopes()) {
    const auto decoder = MakeDecoder(ConfigOf(named.rope, 1));
    const std::vector<int64_t> trained = Prefix(row, kTrained);
    EXPECT_TRUE(at::equal(LastHidden(*decoder, trained), LastHidden(*plain, trained)));
    EXPECT_GT(RelativeError(LastHidden(*decoder, row), LastHidden(*plain, row)), 1e-3)
        << named.name;
  }
}

// One sequence is beyond the trained length and the other one is not: each decodes as by itself.
TEST(MovedKeys, SequencesOfDifferentLengthsDecodeTogether) {
  const std::vector<std::vector<int64_t>> rows = {RandomTokens(19, 53, 7), RandomTokens(6, 53, 8)};
  for (const NamedRope& named : MovingRopes()) {
    const DecoderConfig config = ConfigOf(named.rope, /*num_layers=*/1);
    const auto decoder = MakeDecoder(config);
    KvCache cache(config, {19, 6}, at::TensorOptions(at::kFloat));
    ASSERT_TRUE(cache.holds_unrotated_keys());
    decoder->HiddenCached(MakeRaggedBatch({Prefix(rows[0], 18), Prefix(rows[1], 5)}, at::kCPU),
                          {0, 1}, cache);
    RaggedBatch next = MakeRaggedBatch({{rows[0].back()}, {rows[1].back()}}, at::kCPU);
    next.positions_N = at::tensor({18, 5}, at::kLong);
    const at::Tensor hidden = decoder->HiddenCached(next, {0, 1}, cache);
    for (size_t b = 0; b < 2; ++b) {
      EXPECT_LE(RelativeError(hidden.narrow(0, static_cast<int64_t>(b), 1),
                              LastHidden(*decoder, rows[b])),
                Tolerance(config, 1))
          << named.name << ", sequence " << b;
    }
  }
}

TEST(MovedKeys, ACacheWhoseSequencesStayShortHoldsRotatedKeys) {
  const auto holds_unrotated = [](const Rope& rope, const std::vector<int64_t>& capacities) {
    return KvCache(ConfigOf(rope, 1), capacities, at::TensorOptions(at::kFloat))
        .holds_unrotated_keys();
  };
  const Rope dynamic = {.scaling = DynamicNtkScaling{2, kTrained}};
  EXPECT_FALSE(holds_unrotated(dynamic, {kTrained, 3}));
  EXPECT_TRUE(holds_unrotated(dynamic, {3, kTrained + 1}));
  EXPECT_FALSE(holds_unrotated({.scaling = LinearScaling{3}}, {40}));
  EXPECT_FALSE(holds_unrotated({.log_n_positions = kTrained}, {40}));
}

DecoderConfig WindowConfig(int64_t window, int64_t num_layers) {
  DecoderConfig config = TinyConfig();
  config.num_layers = num_layers;
  config.window = window;
  return config;
}

TEST(Window, ThatNoSequenceOutgrowsChangesNothing) {
  const std::vector<int64_t> row = RandomTokens(29, 53, 9);
  const RaggedBatch batch = MakeRaggedBatch({row}, at::kCPU);
  const DecoderConfig config = WindowConfig(29, 2);
  ASSERT_EQ(AttentionKernelsOf(config), AttentionKernels::kComposed);
  EXPECT_LE(RelativeError(MakeDecoder(config)->Hidden(batch),
                          MakeDecoder(WindowConfig(0, 2))->Hidden(batch)),
            Tolerance(config, 1));
  EXPECT_EQ(AttentionKernelsOf(WindowConfig(48, 2)), AttentionKernels::kFused);
}

// Each layer reaches window - 1 keys back.
TEST(Window, LetsALayerSeeItsLastKeysOnly) {
  const int64_t window = 4, last = 20;
  for (const int64_t layers : {1, 2}) {
    const auto decoder = MakeDecoder(WindowConfig(window, layers));
    const std::vector<int64_t> row = RandomTokens(last + 1, 53, 10);
    const at::Tensor before = LastHidden(*decoder, row);
    const int64_t farthest = last - layers * (window - 1);
    for (const int64_t place : {farthest - 1, farthest}) {
      std::vector<int64_t> changed = row;
      int64_t& token = changed[static_cast<size_t>(place)];
      token = (token + 1) % 53;
      EXPECT_EQ(at::equal(LastHidden(*decoder, changed), before), place < farthest)
          << layers << " layers, place " << place;
    }
  }
}

TEST(Window, DecodingEqualsTheFullPassAcrossIt) {
  const std::vector<int64_t> row = RandomTokens(29, 53, 11);
  for (const int64_t window : {1, 5, 13}) {
    const DecoderConfig config = WindowConfig(window, 2);
    const auto decoder = MakeDecoder(config);
    const at::Tensor full = decoder->Hidden(MakeRaggedBatch({row}, at::kCPU));
    for (const size_t prompt : {size_t{1}, size_t{5}, size_t{14}}) {
      EXPECT_LE(RelativeError(HiddenInSteps(*decoder, row, prompt), full), Tolerance(config, 1))
          << "window " << window << ", a prompt of " << prompt;
    }
  }
}

}  // namespace
}  // namespace bench::models
