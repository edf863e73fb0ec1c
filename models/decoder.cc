#include "models/decoder.h"

#include <functional>
#include <map>
#include <string_view>
#include <utility>

#include "base/status.h"
#include "kernels/cached_attention.h"
#include "kernels/linear.h"
#include "kernels/ragged_attention.h"
#include "kernels/rms_norm.h"
#include "kernels/swiglu.h"
#include "models/kv_cache.h"
#include "models/recompute.h"

namespace bench::models {
namespace {

std::string ShapeText(at::IntArrayRef shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) absl::StrAppend(&text, i == 0 ? "" : ", ", shape[i]);
  return text + "]";
}

at::Tensor MakeParameter(const at::Tensor& values, at::Device device, at::ScalarType dtype) {
  const at::Tensor copy = values.detach().to(device, dtype, /*non_blocking=*/false, /*copy=*/true);
  return copy.contiguous().set_requires_grad(true);
}

// A weight takes the type of what it is applied to.
at::Tensor LinearOf(const at::Tensor& x_ND, const at::Tensor& weight_ED) {
  return kernels::Linear(x_ND, weight_ED.to(x_ND.scalar_type()));
}

absl::Status CheckTensor(const ParameterSpec& spec, const at::Tensor& tensor) {
  if (!tensor.is_floating_point()) {
    return DataError(absl::StrCat("tensor ", spec.name, " is not of a floating type"));
  }
  if (tensor.sizes() == at::IntArrayRef(spec.shape)) return absl::OkStatus();
  return DataError(absl::StrCat("tensor ", spec.name, " has shape ", ShapeText(tensor.sizes()),
                                ", expected ", ShapeText(spec.shape)));
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

struct Decoder::Layer {
  at::Tensor attention_norm_D, q_DD, k_DD, v_DD, o_DD, mlp_norm_D, gate_FD, up_FD, down_DF;
};

Decoder::~Decoder() = default;

Decoder::Decoder(const DecoderConfig& config, std::vector<NamedTensor> parameters)
    : config_(config), parameters_(std::move(parameters)) {
  decoding_rope_ = MakeTables(parameters_.front().tensor.scalar_type());
  rope_ = decoding_rope_;
  BindLayers();
}

kernels::RopeTables Decoder::MakeTables(at::ScalarType type) const {
  return kernels::MakeRopeTables({config_.max_positions, config_.head_dim}, config_.rope_theta,
                                 at::TensorOptions(device()).dtype(type));
}

void Decoder::ComputeIn(at::ScalarType type) { rope_ = MakeTables(type); }

// Relies on the canonical order: embedding, nine a layer, final norm, head.
void Decoder::BindLayers() {
  size_t next = 0;
  const auto take = [&] { return parameters_[next++].tensor; };
  embedding_VD_ = take();
  for (int64_t i = 0; i < config_.num_layers; ++i) {
    Layer layer;
    for (at::Tensor* tensor :
         {&layer.attention_norm_D, &layer.q_DD, &layer.k_DD, &layer.v_DD, &layer.o_DD,
          &layer.mlp_norm_D, &layer.gate_FD, &layer.up_FD, &layer.down_DF}) {
      *tensor = take();
    }
    layers_.push_back(std::move(layer));
  }
  final_norm_D_ = take();
  head_VD_ = config_.tie_embeddings ? embedding_VD_ : take();
}

absl::StatusOr<std::unique_ptr<Decoder>> Decoder::Create(const DecoderConfig& config,
                                                         at::Generator generator, at::Device device,
                                                         at::ScalarType dtype) {
  BENCH_RETURN_IF_ERROR(Validate(config));
  const at::NoGradGuard no_grad;
  std::vector<NamedTensor> parameters;
  for (const ParameterSpec& spec : Parameters(config)) {
    at::Tensor values = at::ones(spec.shape, at::kFloat);
    if (spec.shape.size() > 1) values.normal_(0, config.initializer_std, generator);
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

at::Tensor Decoder::head_weight_VD() const { return head_VD_.to(compute_type()); }

at::Tensor Decoder::Logits(const at::Tensor& hidden_MD) const {
  return LinearOf(hidden_MD, head_VD_);
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

at::Tensor Decoder::AttentionBlock(const at::Tensor& h_ND, const RaggedBatch& batch, int64_t index,
                                   const Attend& attend) const {
  const Layer& layer = layers_[static_cast<size_t>(index)];
  const at::Tensor x_ND = Norm(h_ND, layer.attention_norm_D);
  const auto heads = [&](const at::Tensor& weight) {
    return LinearOf(x_ND, weight).view({x_ND.size(0), -1, config_.head_dim});
  };
  const kernels::RopeTables& tables = h_ND.scalar_type() == compute_type() ? rope_ : decoding_rope_;
  const at::Tensor o_NHd = attend(
      index, {kernels::Rope(heads(layer.q_DD), batch.positions_N, tables),
              kernels::Rope(heads(layer.k_DD), batch.positions_N, tables), heads(layer.v_DD)});
  return h_ND + LinearOf(o_NHd.flatten(1), layer.o_DD);
}

at::Tensor Decoder::MlpBlock(const at::Tensor& h_ND, int64_t index) const {
  const Layer& layer = layers_[static_cast<size_t>(index)];
  const at::Tensor x_ND = Norm(h_ND, layer.mlp_norm_D);
  const at::Tensor activated_NF =
      kernels::SwiGlu(LinearOf(x_ND, layer.gate_FD), LinearOf(x_ND, layer.up_FD));
  return h_ND + LinearOf(activated_NF, layer.down_DF);
}

// The gradient of a token's row is a sum over its occurrences, of which bf16 would lose the late
// ones: it is summed in fp32.
at::Tensor Decoder::Embed(const RaggedBatch& batch) const {
  CheckBatch(batch);
  const at::ScalarType type = embedding_VD_.scalar_type();
  if (type != at::kBFloat16 || !at::GradMode::is_enabled()) {
    return at::embedding(embedding_VD_, batch.tokens_N);
  }
  return at::embedding(embedding_VD_.to(at::kFloat), batch.tokens_N).to(type);
}

at::Tensor Decoder::RunLayer(const at::Tensor& h_ND, const RaggedBatch& batch, int64_t index,
                             const Attend& attend) const {
  return MlpBlock(AttentionBlock(h_ND, batch, index, attend), index);
}

at::Tensor Decoder::Norm(const at::Tensor& h_ND, const at::Tensor& weight_D) const {
  return kernels::RmsNorm(h_ND, weight_D.to(h_ND.scalar_type()), config_.rms_norm_eps);
}

at::Tensor Decoder::Hidden(const RaggedBatch& batch, Activations activations) const {
  const auto layer = [this, batch](int64_t index) -> Block {
    return [this, batch, index](const at::Tensor& h_ND) {
      return RunLayer(h_ND, batch, index, [&](int64_t, const kernels::AttentionInputs& inputs) {
        return kernels::RaggedAttention(inputs, batch.offsets);
      });
    };
  };
  at::Tensor h_ND = Embed(batch).to(compute_type());
  for (int64_t i = 0; i < config_.num_layers; ++i) {
    h_ND = activations == Activations::kRecomputed ? Recompute(layer(i), h_ND) : layer(i)(h_ND);
  }
  return Norm(h_ND, final_norm_D_);
}

at::Tensor Decoder::HiddenCached(const RaggedBatch& batch, const std::vector<int64_t>& cache_rows,
                                 KvCache& cache) const {
  const at::NoGradGuard no_grad;
  const CachePlan plan = cache.Plan(batch, cache_rows);
  const Attend attend = [&](int64_t layer, const kernels::AttentionInputs& inputs) {
    cache.keys_CGd(layer).index_copy_(0, plan.slots_N, inputs.k_NGd);
    cache.values_CGd(layer).index_copy_(0, plan.slots_N, inputs.v_NGd);
    if (plan.prefill) return kernels::RaggedAttention(inputs, batch.offsets);
    return kernels::CachedAttention({inputs.q_NHd, cache.keys_CGd(layer), cache.values_CGd(layer)},
                                    plan.ranges_B);
  };
  at::Tensor h_ND = Embed(batch);
  for (int64_t i = 0; i < config_.num_layers; ++i) h_ND = RunLayer(h_ND, batch, i, attend);
  for (size_t b = 0; b < cache_rows.size(); ++b) {
    cache.Advance(cache_rows[b], batch.offsets[b + 1] - batch.offsets[b]);
  }
  return Norm(h_ND, final_norm_D_);
}

}  // namespace bench::models
