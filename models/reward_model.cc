#include "models/reward_model.h"

#include <utility>

#include "base/status.h"
#include "models/blocks/decoder_blocks.h"

namespace bench::models {
namespace {

absl::StatusOr<std::unique_ptr<Decoder>> WithoutLanguageHead(std::unique_ptr<Decoder> decoder) {
  if (decoder->config().tie_embeddings) return decoder;
  const DecoderConfig config = WithoutHead(decoder->config());
  std::vector<NamedTensor> tensors = decoder->parameters();
  tensors.resize(Parameters(config).size());  // canonical order: the head is last
  const at::Tensor& embedding_VD = tensors.front().tensor;
  BENCH_ASSIGN_OR_RETURN(auto backbone, Decoder::FromTensors(config, tensors, decoder->device(),
                                                             embedding_VD.scalar_type()));
  backbone->ComputeIn(decoder->compute_type());
  return backbone;
}

}  // namespace

RewardModel::RewardModel(std::unique_ptr<Decoder> decoder, ScalarHead head)
    : decoder_(std::move(decoder)), head_(std::move(head)), parameters_(decoder_->parameters()) {
  TORCH_CHECK(decoder_->config().tie_embeddings, "RewardModel: the decoder has a language head");
  parameters_.insert(parameters_.end(), head_.parameters().begin(), head_.parameters().end());
}

absl::StatusOr<RewardModel> RewardModel::OnDecoder(std::unique_ptr<Decoder> decoder,
                                                   at::Generator generator) {
  BENCH_ASSIGN_OR_RETURN(auto backbone, WithoutLanguageHead(std::move(decoder)));
  ScalarHead head = ScalarHead::Create(backbone->config().hidden_size, std::move(generator),
                                       backbone->parameters().front().tensor.options());
  return RewardModel(std::move(backbone), std::move(head));
}

RewardModel RewardModel::CopyIn(at::ScalarType type) const {
  return {decoder_->CopyIn(type), head_.CopyIn(type)};
}

at::Tensor RewardModel::Rewards(const RaggedBatch& batch) const {
  const at::NoGradGuard no_grad;
  std::vector<int64_t> last_rows;
  for (size_t b = 1; b < batch.offsets.size(); ++b) last_rows.push_back(batch.offsets[b] - 1);
  const at::Tensor rows_B = at::tensor(last_rows, at::kLong).to(decoder_->device());
  return head_.Score(decoder_->Hidden(batch).index_select(0, rows_B));
}

}  // namespace bench::models
