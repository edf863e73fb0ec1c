#include "models/blocks/position.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <variant>

#include "kernels/rope.h"

namespace bench::models {
namespace {

// Pairs turn `num_turns` times within the original positions at this place of the frequencies.
double PairOfTurns(double num_turns, const Rope& rope, int64_t width, int64_t original) {
  const double wave = static_cast<double>(original) / (num_turns * 2 * std::numbers::pi);
  return static_cast<double>(width) * std::log(wave) / (2 * std::log(rope.theta));
}

struct Frequencies {
  const Rope& rope;
  int64_t width, length;

  at::Tensor Plain() const { return kernels::RopeFrequencies(width, rope.theta); }

  RotaryFrequencies operator()(const NoScaling&) const { return {Plain()}; }
  RotaryFrequencies operator()(const LinearScaling& s) const { return {Plain() / s.factor}; }
  RotaryFrequencies operator()(const DynamicNtkScaling& s) const {
    if (length <= s.original_positions) return {Plain()};
    const double stretch = static_cast<double>(length) / static_cast<double>(s.original_positions);
    const double ratio = s.factor * stretch - (s.factor - 1);
    return {kernels::RopeFrequencies(width, NtkTheta(rope.theta, ratio, width))};
  }
  RotaryFrequencies operator()(const SteppedNtkScaling& s) const {
    const double stretch = static_cast<double>(length) / static_cast<double>(s.original_positions);
    const double ratio = std::max(1.0, std::exp2(std::ceil(std::log2(stretch) + 1)) - 1);
    return {length <= s.original_positions
                ? Plain()
                : kernels::RopeFrequencies(width, NtkTheta(rope.theta, ratio, width))};
  }
  // Fast pairs keep their frequency, slow ones are interpolated, those between go from one to the
  // other in a ramp.
  RotaryFrequencies operator()(const YarnScaling& s) const {
    const double last = static_cast<double>(width) - 1;
    const double low =
        std::max(std::floor(PairOfTurns(s.beta_fast, rope, width, s.original_positions)), 0.0);
    double high =
        std::min(std::ceil(PairOfTurns(s.beta_slow, rope, width, s.original_positions)), last);
    if (low == high) high += 1e-3;
    const at::Tensor pairs = at::arange(width / 2, at::kFloat);
    const at::Tensor slow = ((pairs - low) / (high - low)).clamp(0, 1);
    const at::Tensor plain = Plain();
    const double factor =
        s.attention_factor > 0 ? s.attention_factor : 0.1 * std::log(s.factor) + 1;
    return {plain / s.factor * slow + plain * (1 - slow), factor};
  }
  RotaryFrequencies operator()(const Llama3Scaling& s) const {
    const at::Tensor plain = Plain();
    const auto original = static_cast<double>(s.original_positions);
    const at::Tensor turns = plain * original / (2 * std::numbers::pi);
    const at::Tensor smooth =
        ((turns - s.low_freq_factor) / (s.high_freq_factor - s.low_freq_factor)).clamp(0, 1);
    return {plain / s.factor * (1 - smooth) + plain * smooth};
  }
  RotaryFrequencies operator()(const MixedRadixScaling& s) const {
    const auto num_pairs = static_cast<double>(width) / 2;
    const double a = std::log(s.factor) / std::pow(num_pairs, s.exponent);
    const at::Tensor pairs = at::arange(1, width / 2 + 1, at::kDouble);
    return {(Plain().to(at::kDouble) * (pairs.pow(s.exponent) * -a).exp()).to(at::kFloat)};
  }
};

kernels::RopeTables Tables(int64_t num_positions, const RotaryFrequencies& frequencies,
                           const at::TensorOptions& options) {
  kernels::RopeTables tables = kernels::MakeRopeTables(num_positions, frequencies.values, options);
  if (frequencies.table_factor == 1) return tables;
  return {tables.cos_Pd * frequencies.table_factor, tables.sin_Pd * frequencies.table_factor};
}

// m_h j in fp32; of Falcon-RW in bf16 and already scaled as its scores are.
at::Tensor AlibiBias(const Alibi& alibi, const DecoderConfig& c, const at::TensorOptions& options) {
  const at::Tensor slopes_H1 = AlibiSlopes(c.num_heads).unsqueeze(1);
  const at::Tensor keys_P = at::arange(c.max_positions, at::kFloat);
  if (alibi.order == AlibiOrder::kAfterScaling) return (slopes_H1 * keys_P).to(options);
  const at::Tensor bias = slopes_H1.to(at::kBFloat16) * keys_P.to(at::kBFloat16);
  return bias.to(options) / std::sqrt(static_cast<double>(c.head_dim));
}

std::vector<int64_t> HostTokens(const RaggedBatch& batch) {
  const at::Tensor tokens = batch.tokens_N.to(at::kCPU).contiguous();
  const auto* first = tokens.const_data_ptr<int64_t>();
  return {first, first + tokens.numel()};
}

// Of a sequence that begins with this batch.
BlockPlace PlaceOf(const BlockRope& rope, const int64_t* tokens, int64_t length) {
  const int64_t* end = tokens + length;
  const auto index = [&](int64_t id) { return std::find(tokens, end, id) - tokens; };
  BlockPlace place = {index(rope.bos_id), index(rope.gmask_id)};
  if (place.mask == length) place.mask = index(rope.mask_id);
  TORCH_CHECK(place.prefix < length && place.mask < length,
              "Position: a sequence of ChatGLM has no [gMASK] or no beginning of sequence");
  return place;
}

}  // namespace

at::Tensor AlibiSlopes(int64_t num_heads) {
  int64_t closest = 1;
  while (closest * 2 <= num_heads) closest *= 2;
  std::vector<float> slopes;
  const double base = std::exp2(-8.0 / static_cast<double>(closest));
  for (int64_t i = 1; i <= closest; ++i) {
    slopes.push_back(static_cast<float>(std::pow(base, static_cast<double>(i))));
  }
  const double between = std::exp2(-4.0 / static_cast<double>(closest));
  for (int64_t i = 1; std::ssize(slopes) < num_heads; i += 2) {
    slopes.push_back(static_cast<float>(std::pow(between, static_cast<double>(i))));
  }
  return at::tensor(slopes, at::kFloat);
}

RotaryFrequencies FrequenciesOf(const Rope& rope, int64_t width, int64_t length) {
  return std::visit(Frequencies{rope, width, length}, rope.scaling);
}

Position::Position(const DecoderConfig& config, at::Device device, at::ScalarType type)
    : config_(config.position),
      width_(RotaryWidth(config)),
      options_(at::TensorOptions(device).dtype(type)),
      type_(type) {
  if (const auto* rope = std::get_if<Rope>(&config_)) {
    const int64_t num =
        std::min(OriginalPositions(rope->scaling, config.max_positions), config.max_positions);
    tables_ = Tables(num, FrequenciesOf(*rope, width_, 1), options_);
  } else if (const auto* block = std::get_if<BlockRope>(&config_)) {
    const at::Tensor frequencies =
        kernels::RopeFrequencies(width_ / 2, block->theta).to(at::kHalf).to(at::kFloat);
    tables_ = Tables(config.max_positions + 1, {frequencies}, options_);
  } else {
    const auto sums = type == at::kDouble ? at::kDouble : at::kFloat;
    bias_HP_ = AlibiBias(std::get<Alibi>(config_), config, options_.dtype(sums));
  }
}

struct Position::Make {
  const Position& position;
  const RaggedBatch& batch;
  const std::vector<int64_t>& lengths_B;
  KvCache* cache;
  const std::vector<int64_t>& cache_rows;

  PassPositions operator()(const Rope& rope) const {
    PassPositions made;
    const int64_t longest = *std::max_element(lengths_B.begin(), lengths_B.end());
    const bool fits = longest <= position.tables_.cos_Pd.size(0);
    made.rotations = {fits ? Rotation{position.tables_, batch.positions_N} : RowByRow(rope)};
    if (const int64_t original = LogNPositions(rope); original > 0 && longest > original) {
      made.query_factors_N =
          ((batch.positions_N.to(at::kFloat) + 1).log() / std::log(static_cast<double>(original)))
              .clamp_min(1)
              .to(position.options_);
    }
    const bool decodes = lengths_B[0] > batch.offsets[1];  // what is cached is seen too
    if (cache != nullptr && cache->holds_unrotated_keys() && decodes) made.moved_keys = Moved(rope);
    return made;
  }
  PassPositions operator()(const Alibi&) const { return {.score_bias_HP = position.bias_HP_}; }
  PassPositions operator()(const BlockRope& rope) const {
    const std::vector<int64_t> tokens = HostTokens(batch);
    std::vector<int64_t> places, blocks;
    PassPositions made;
    for (size_t b = 0; b < lengths_B.size(); ++b) {
      const int64_t begin = batch.offsets[b], count = batch.offsets[b + 1] - begin;
      const BlockPlace place = Place(rope, tokens, b);
      for (int64_t p = lengths_B[b] - count; p < lengths_B[b]; ++p) {
        places.push_back(p < place.prefix ? p : place.mask);
        blocks.push_back(p < place.prefix ? 0 : p - place.prefix + 1);
      }
      made.prefixes_B.push_back(place.prefix);
    }
    for (const std::vector<int64_t>& rows : {places, blocks}) {
      made.rotations.push_back(
          {position.tables_, at::tensor(rows, at::kLong).to(batch.positions_N.device())});
    }
    return made;
  }

 private:
  // At least as many rows as sequence b has tokens, of the frequencies of its length.
  kernels::RopeTables TablesOf(const Rope& rope, size_t b) const {
    if (lengths_B[b] <= position.tables_.cos_Pd.size(0)) return position.tables_;
    return Tables(lengths_B[b], FrequenciesOf(rope, position.width_, lengths_B[b]),
                  position.options_);
  }

  // Tables with a row a token, of the frequencies of its sequence's length.
  Rotation RowByRow(const Rope& rope) const {
    std::vector<at::Tensor> cos, sin;
    for (size_t b = 0; b < lengths_B.size(); ++b) {
      const int64_t begin = batch.offsets[b], count = batch.offsets[b + 1] - begin;
      const kernels::RopeTables own = TablesOf(rope, b);
      const at::Tensor rows = batch.positions_N.narrow(0, begin, count);
      cos.push_back(own.cos_Pd.index_select(0, rows));
      sin.push_back(own.sin_Pd.index_select(0, rows));
    }
    return {{at::cat(cos), at::cat(sin)},
            at::arange(batch.offsets.back(), batch.positions_N.options())};
  }

  // All keys of the sequences, as their lengths turn them.
  MovedKeys Moved(const Rope& rope) const {
    MovedKeys moved;
    std::vector<at::Tensor> rows, cos, sin;
    int64_t num_keys = 0;
    for (size_t b = 0; b < lengths_B.size(); ++b) {
      const int64_t length = lengths_B[b], start = cache->start(cache_rows[b]);
      const kernels::RopeTables own = TablesOf(rope, b);
      rows.push_back(at::arange(start, start + length, batch.positions_N.options()));
      cos.push_back(own.cos_Pd.narrow(0, 0, length));
      sin.push_back(own.sin_Pd.narrow(0, 0, length));
      moved.ranges_B.push_back({num_keys, length});
      num_keys += length;
    }
    moved.cache_rows_K = at::cat(rows);
    moved.rotations = {
        {{at::cat(cos), at::cat(sin)}, at::arange(num_keys, batch.positions_N.options())}};
    return moved;
  }

  BlockPlace Place(const BlockRope& rope, const std::vector<int64_t>& tokens, size_t b) const {
    const int64_t begin = batch.offsets[b], count = batch.offsets[b + 1] - begin;
    if (lengths_B[b] > count) return cache->place(cache_rows[b]);
    const BlockPlace place = PlaceOf(rope, tokens.data() + begin, count);
    if (cache != nullptr) cache->set_place(cache_rows[b], place);
    return place;
  }
};

PassPositions Position::Of(const RaggedBatch& batch, const std::vector<int64_t>& lengths_B,
                           KvCache* cache, const std::vector<int64_t>& cache_rows) const {
  return std::visit(Make{*this, batch, lengths_B, cache, cache_rows}, config_);
}

}  // namespace bench::models
