#include "models/blocks/decoder_blocks.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace bench::models {
namespace {

constexpr char kEmbedding[] = "model.embed_tokens.weight";

std::optional<Norm> EmbeddingNorm(const DecoderConfig& c, const ParameterScope& model) {
  if (!c.embedding_norm) return std::nullopt;
  return Norm(c.norm, c.hidden_size, model.In("embed_layernorm"));
}

std::vector<Layer> Layers(const DecoderConfig& c, const ParameterScope& model) {
  std::vector<Layer> layers;
  layers.reserve(static_cast<size_t>(c.num_layers));
  for (int64_t i = 0; i < c.num_layers; ++i) {
    layers.emplace_back(c, i, model.In(absl::StrCat("layers.", i)));
  }
  return layers;
}

std::optional<Linear> Vectors(const DecoderConfig& c, const ParameterScope& model) {
  if (c.vector_size == 0) return std::nullopt;
  return Linear({c.vector_size, c.hidden_size, /*has_bias=*/true}, model.In("embed_vectors"));
}

// Blocks without tensors, for one that only asks about them.
ParameterSource Nothing() {
  return [](const ParameterSpec&) { return at::Tensor(); };
}

}  // namespace

DecoderBlocks::DecoderBlocks(const DecoderConfig& config, const ParameterSource& source)
    : embedding_VD(source({kEmbedding, {config.vocab_size, config.hidden_size}, Initial::kNormal})),
      embedding_norm(EmbeddingNorm(config, ParameterScope(source, "model."))),
      layers(Layers(config, ParameterScope(source, "model."))),
      final_norm(config.norm, config.hidden_size, ParameterScope(source, "model.norm.")),
      vectors(Vectors(config, ParameterScope(source, "model."))),
      head(config, embedding_VD, ParameterScope(source, "lm_head.")) {}

std::vector<ParameterSpec> Parameters(const DecoderConfig& config) {
  std::vector<ParameterSpec> specs;
  const ParameterSource note = [&specs](const ParameterSpec& spec) {
    specs.push_back(spec);
    return at::Tensor();
  };
  const DecoderBlocks blocks(config, note);
  return specs;
}

int64_t NumParameters(const DecoderConfig& config) {
  int64_t total = 0;
  for (const ParameterSpec& spec : Parameters(config)) total += NumElements(spec);
  return total;
}

DecoderCost CostOf(const DecoderConfig& config, const CostSetting& setting) {
  DecoderConfig one = config;
  one.num_layers = 1;
  const DecoderBlocks blocks(one, Nothing());
  DecoderCost cost = {{}, blocks.layers[0].Cost(setting), blocks.final_norm.Cost(setting)};
  if (blocks.embedding_norm) {
    cost.embedding = blocks.embedding_norm->Cost(setting);
    cost.embedding.kept_bytes += setting.element_bytes * static_cast<double>(config.hidden_size);
  }
  if (blocks.vectors) {
    BlockCost vectors = blocks.vectors->Cost();
    vectors.kept_bytes = setting.element_bytes * static_cast<double>(config.vector_size);
    cost.embedding += vectors;
  }
  return cost;
}

double ForwardFlops(const DecoderConfig& config, double keys_a_token, HeadUse head) {
  const DecoderCost cost = CostOf(config, {});
  const double layer = cost.layer.flops + cost.layer.flops_per_key * keys_a_token;
  const double layers = cost.embedding.flops + static_cast<double>(config.num_layers) * layer;
  if (head == HeadUse::kUnused) return layers;
  return layers +
         2 * static_cast<double>(config.vocab_size) * static_cast<double>(config.hidden_size);
}

}  // namespace bench::models
