#include "kernels/rope.h"

#include "kernels/checks.h"
#include "kernels/parallel.h"
#include "kernels/rope_kernels.h"

namespace bench::kernels {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr char kOp[] = "Rope";

at::Tensor Rotate(const at::Tensor& x_NHd, const variable_list& position_tables, float direction) {
  at::Tensor y_NHd = at::empty_like(x_NHd);
  const RopeArgs args{x_NHd.const_data_ptr<float>(),
                      position_tables[0].const_data_ptr<int64_t>(),
                      position_tables[1].const_data_ptr<float>(),
                      position_tables[2].const_data_ptr<float>(),
                      y_NHd.mutable_data_ptr<float>(),
                      x_NHd.size(1),
                      x_NHd.size(2),
                      position_tables[1].size(1),
                      direction};
  ParallelFor({x_NHd.size(0), x_NHd.size(1) * x_NHd.size(2)},
              [&](int64_t begin, int64_t end) { RopeRows(args, begin, end); });
  return y_NHd;
}

class RopeFunction : public torch::autograd::Function<RopeFunction> {
 public:
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& x_NHd,
                            const at::Tensor& positions_N, const at::Tensor& cos_Pd,
                            const at::Tensor& sin_Pd) {
    const variable_list position_tables = {positions_N.contiguous(), cos_Pd, sin_Pd};
    ctx->save_for_backward(position_tables);
    return Rotate(x_NHd.contiguous(), position_tables, 1);
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& grads) {
    return {Rotate(grads[0].contiguous(), ctx->get_saved_variables(), -1), {}, {}, {}};
  }
};

void CheckPositions(const at::Tensor& positions_N, int64_t max_positions) {
  if (!positions_N.device().is_cpu() || positions_N.numel() == 0) return;  // no device round trip
  const auto [low, high] = at::aminmax(positions_N);
  TORCH_CHECK(low.item<int64_t>() >= 0 && high.item<int64_t>() < max_positions, kOp, ": position ",
              high.item<int64_t>(), " is outside [0, ", max_positions, ")");
}

}  // namespace

at::Tensor RopeFrequencies(int64_t width, double theta) {
  TORCH_CHECK(width > 0 && width % 2 == 0, kOp, ": head width ", width, " is not even");
  const at::Tensor exponents = at::arange(0, width, 2, at::kFloat) / width;
  return at::reciprocal(at::pow(at::Scalar(theta), exponents));
}

RopeTables MakeRopeTables(int64_t max_positions, const at::Tensor& frequencies,
                          const at::TensorOptions& options) {
  // Tables without storage need no angles.
  const auto computed =
      at::TensorOptions(options.device().is_meta() ? at::kMeta : at::kCPU).dtype(at::kFloat);
  const at::Tensor positions = at::arange(0, max_positions, computed);
  const at::Tensor angles_Pd = at::outer(positions, frequencies.to(computed));
  return {angles_Pd.cos().to(options), angles_Pd.sin().to(options)};
}

RopeTables MakeRopeTables(const RopeShape& shape, double theta, const at::TensorOptions& options) {
  return MakeRopeTables(shape.max_positions, RopeFrequencies(shape.head_dim, theta), options);
}

at::Tensor Rope(const at::Tensor& x_NHd, const at::Tensor& positions_N, const RopeTables& tables) {
  CheckRank(kOp, x_NHd, 3);
  CheckSameType(kOp, x_NHd, tables.cos_Pd);
  TORCH_CHECK(positions_N.scalar_type() == at::kLong && positions_N.dim() == 1 &&
                  positions_N.size(0) == x_NHd.size(0),
              kOp, ": positions ", positions_N.sizes(), " do not fit ", x_NHd.sizes());
  TORCH_CHECK(
      tables.cos_Pd.size(1) * 2 <= x_NHd.size(2) && tables.cos_Pd.sizes() == tables.sin_Pd.sizes(),
      kOp, ": tables ", tables.cos_Pd.sizes(), " do not fit heads of ", x_NHd.sizes());
  CheckPositions(positions_N, tables.cos_Pd.size(0));
  if (!IsCpuFloat(x_NHd)) return RopeReference(x_NHd, positions_N, tables);
  return RopeFunction::apply(x_NHd, positions_N, tables.cos_Pd.contiguous(),
                             tables.sin_Pd.contiguous());
}

}  // namespace bench::kernels
