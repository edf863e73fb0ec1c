#include "models/padding.h"

namespace bench::models {

RaggedBatch WithoutPadding(const at::Tensor& tokens_BT, const at::Tensor& mask_BT,
                           at::Device device) {
  TORCH_CHECK(tokens_BT.dim() == 2 && tokens_BT.scalar_type() == at::kLong &&
                  mask_BT.scalar_type() == at::kBool && mask_BT.sizes() == tokens_BT.sizes(),
              "WithoutPadding: int64 tokens [B, T] and a bool mask of the same shape, not ",
              tokens_BT.sizes(), " and ", mask_BT.sizes());
  std::vector<std::vector<int64_t>> rows;
  for (int64_t b = 0; b < tokens_BT.size(0); ++b) {
    const at::Tensor row_T = tokens_BT[b].masked_select(mask_BT[b]).to(at::kCPU).contiguous();
    const auto* tokens = row_T.const_data_ptr<int64_t>();
    rows.emplace_back(tokens, tokens + row_T.numel());
  }
  return MakeRaggedBatch(rows, device);
}

}  // namespace bench::models
