#include "models/decoder.h"

#include <map>
#include <utility>
#include <variant>

#include "base/status.h"
#include "models/blocks/decoder_blocks.h"
#include "models/blocks/pass.h"
#include "models/blocks/position.h"
#include "models/kv_cache.h"
#include "models/recompute.h"
#include "models/stored_tensors.h"

namespace bench::models {
namespace {

at::Tensor MakeParameter(const at::Tensor& values, at::Device device, at::ScalarType dtype) {
  const at::Tensor copy = values.detach().to(device, dtype, /*non_blocking=*/false, /*copy=*/true);
  return copy.contiguous().set_requires_grad(true);
}

absl::Status CheckUnexpected(const DecoderConfig& config,
                             const std::map<std::string, at::Tensor>& rest,
                             const at::Tensor& embedding_VD) {
  for (const auto& [name, tensor] : rest) {
    const bool repeats_tied_head = config.tie_embeddings && name == "lm_head.weight" &&
                                   tensor.sizes() == embedding_VD.sizes() &&
                                   at::equal(tensor.to(embedding_VD.options()), embedding_VD);
    if (!repeats_tied_head) return DataError("unexpected tensor " + name);
  }
  return absl::OkStatus();
}

}  // namespace

AttentionKernels AttentionKernelsOf(const DecoderConfig& config) {
  const bool is_fused = std::holds_alternative<Rope>(config.position) && !config.slides();
  return is_fused ? AttentionKernels::kFused : AttentionKernels::kComposed;
}

Decoder::~Decoder() = default;

Decoder::Decoder(const DecoderConfig& config, std::vector<NamedTensor> parameters)
    : config_(config), parameters_(std::move(parameters)) {
  size_t next = 0;  // blocks ask in canonical order
  blocks_ = std::make_unique<DecoderBlocks>(config, [&](const ParameterSpec& spec) {
    const NamedTensor& parameter = parameters_.at(next++);
    TORCH_CHECK(parameter.name == spec.name, "Decoder: ", parameter.name, " where ", spec.name,
                " is expected");
    return parameter.tensor;
  });
  decoding_position_ =
      std::make_shared<Position>(config, device(), parameters_.front().tensor.scalar_type());
  position_ = decoding_position_;
}

void Decoder::ComputeIn(at::ScalarType type) {
  position_ = std::make_shared<Position>(config_, device(), type);
}

at::ScalarType Decoder::compute_type() const { return position_->type(); }

absl::StatusOr<std::unique_ptr<Decoder>> Decoder::Create(const DecoderConfig& config,
                                                         at::Generator generator, at::Device device,
                                                         at::ScalarType dtype) {
  BENCH_RETURN_IF_ERROR(Validate(config));
  const at::NoGradGuard no_grad;
  std::vector<NamedTensor> parameters;
  for (const ParameterSpec& spec : Parameters(config)) {
    at::Tensor values = at::full(spec.shape, spec.initial == Initial::kOnes ? 1 : 0, at::kFloat);
    if (spec.initial == Initial::kNormal) values.normal_(0, config.initializer_std, generator);
    parameters.push_back({spec.name, MakeParameter(values, device, dtype)});
  }
  return std::unique_ptr<Decoder>(new Decoder(config, std::move(parameters)));
}

absl::StatusOr<std::unique_ptr<Decoder>> Decoder::WithoutWeights(const DecoderConfig& config,
                                                                 at::ScalarType dtype) {
  BENCH_RETURN_IF_ERROR(Validate(config));
  const auto options = at::TensorOptions(at::kMeta).dtype(dtype);
  std::vector<NamedTensor> parameters;
  for (const ParameterSpec& spec : Parameters(config)) {
    parameters.push_back({spec.name, at::empty(spec.shape, options).set_requires_grad(true)});
  }
  return std::unique_ptr<Decoder>(new Decoder(config, std::move(parameters)));
}

absl::StatusOr<std::unique_ptr<Decoder>> Decoder::FromTensors(
    const DecoderConfig& config, const std::vector<NamedTensor>& tensors, at::Device device,
    at::ScalarType dtype) {
  BENCH_RETURN_IF_ERROR(Validate(config));
  const at::NoGradGuard no_grad;
  std::map<std::string, at::Tensor> by_name;
  for (const NamedTensor& t : tensors) {
    if (!by_name.emplace(t.name, t.tensor).second) return DataError("duplicate tensor " + t.name);
  }
  std::vector<NamedTensor> parameters;
  for (const ParameterSpec& spec : Parameters(config)) {
    const auto found = by_name.extract(spec.name);
    if (found.empty()) return DataError("missing tensor " + spec.name);
    BENCH_RETURN_IF_ERROR(CheckTensor(spec, found.mapped()));
    parameters.push_back({spec.name, MakeParameter(found.mapped(), device, dtype)});
  }
  BENCH_RETURN_IF_ERROR(CheckUnexpected(config, by_name, parameters.front().tensor));
  return std::unique_ptr<Decoder>(new Decoder(config, std::move(parameters)));
}

std::unique_ptr<Decoder> Decoder::CopyIn(at::ScalarType type) const {
  const at::NoGradGuard no_grad;
  std::vector<NamedTensor> copies;
  for (const NamedTensor& parameter : parameters_) {
    copies.push_back({parameter.name, MakeParameter(parameter.tensor, device(), type)});
  }
  return std::unique_ptr<Decoder>(new Decoder(config_, std::move(copies)));
}

at::Tensor Decoder::head_weight_VD() const { return blocks_->head.Weight(compute_type()); }

at::Tensor Decoder::HeadInput(const at::Tensor& hidden_MD) const {
  return blocks_->head.Input(hidden_MD);
}

at::Tensor Decoder::Logits(const at::Tensor& hidden_MD) const {
  return blocks_->head.Logits(hidden_MD);
}

void Decoder::CheckBatch(const RaggedBatch& batch) const {
  TORCH_CHECK(batch.num_sequences() >= 1 && batch.tokens_N.size(0) == batch.offsets.back() &&
                  batch.positions_N.sizes() == batch.tokens_N.sizes(),
              "Decoder: inconsistent ragged batch of tokens ", batch.tokens_N.sizes());
  for (size_t b = 1; b < batch.offsets.size(); ++b) {
    const int64_t length = batch.offsets[b] - batch.offsets[b - 1];
    TORCH_CHECK(length <= config_.max_positions, "Decoder: sequence ", b - 1, " has ", length,
                " tokens, max_positions is ", config_.max_positions);
  }
}

// The gradient of a token's row is a sum over its occurrences, of which bf16 would lose the late
// ones: it is summed in fp32.
at::Tensor Decoder::EmbedTokens(const RaggedBatch& batch) const {
  const at::Tensor& embedding_VD = blocks_->embedding_VD;
  const at::ScalarType type = embedding_VD.scalar_type();
  if (type != at::kBFloat16 || !at::GradMode::is_enabled()) {
    return at::embedding(embedding_VD, batch.tokens_N);
  }
  return at::embedding(embedding_VD.to(at::kFloat), batch.tokens_N).to(type);
}

at::Tensor Decoder::Embed(const RaggedBatch& batch, at::ScalarType type) const {
  CheckBatch(batch);
  at::Tensor h_ND = EmbedTokens(batch).to(type);
  if (!batch.vectors_KP.defined()) return h_ND;
  TORCH_CHECK(blocks_->vectors && batch.vectors_KP.size(1) == config_.vector_size,
              "Decoder: vectors ", batch.vectors_KP.sizes(), ", but vector_size is ",
              config_.vector_size);
  // For its gradient index_put keeps the rows only, index_copy what was put there too.
  return at::index_put(h_ND, {batch.vector_rows_K}, (*blocks_->vectors)(batch.vectors_KP.to(type)));
}

at::Tensor Decoder::Hidden(const RaggedBatch& batch, Activations activations) const {
  std::vector<int64_t> lengths_B;
  for (size_t b = 1; b < batch.offsets.size(); ++b) {
    lengths_B.push_back(batch.offsets[b] - batch.offsets[b - 1]);
  }
  at::Tensor h_ND = Embed(batch, compute_type());
  if (blocks_->embedding_norm) h_ND = (*blocks_->embedding_norm)(h_ND);
  const Pass pass = {batch, position_->Of(batch, lengths_B, nullptr, {}), nullptr, {}};
  for (const Layer& layer : blocks_->layers) {
    h_ND = activations == Activations::kRecomputed
               ? Recompute([&layer, pass](const at::Tensor& h) { return layer(h, pass); }, h_ND)
               : layer(h_ND, pass);
  }
  return blocks_->final_norm(h_ND);
}

at::Tensor Decoder::HiddenCached(const RaggedBatch& batch, const std::vector<int64_t>& cache_rows,
                                 KvCache& cache) const {
  const at::NoGradGuard no_grad;
  CachePlan plan = cache.Plan(batch, cache_rows);
  std::vector<int64_t> lengths_B;
  for (const kernels::CacheRange& range : plan.ranges_B) lengths_B.push_back(range.length);
  at::Tensor h_ND = Embed(batch, decoding_position_->type());
  if (blocks_->embedding_norm) h_ND = (*blocks_->embedding_norm)(h_ND);
  const Pass pass = {batch, decoding_position_->Of(batch, lengths_B, &cache, cache_rows), &cache,
                     std::move(plan)};
  for (const Layer& layer : blocks_->layers) h_ND = layer(h_ND, pass);
  for (size_t b = 0; b < cache_rows.size(); ++b) {
    cache.Advance(cache_rows[b], batch.offsets[b + 1] - batch.offsets[b]);
  }
  return blocks_->final_norm(h_ND);
}

}  // namespace bench::models
