#include "kernels/matmul.h"

#include <ATen/core/dispatch/Dispatcher.h>

#include <optional>
#include <string_view>

#include "kernels/checks.h"
#include "kernels/cpu_limits.h"
#include "kernels/parallel.h"

namespace bench::kernels {
namespace {

using LinearSignature = at::Tensor(const at::Tensor&, const at::Tensor&,
                                   const std::optional<at::Tensor>&, std::string_view,
                                   c10::List<std::optional<at::Scalar>>,
                                   std::optional<std::string_view>);

bool HasAvx512() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
#else
  return false;
#endif
}

// The oneDNN linear of LibTorch, where it pays; it is registered by builds with oneDNN only.
const std::optional<c10::OperatorHandle>& OneDnnLinear() {
  static const std::optional<c10::OperatorHandle> handle =
      HasAvx512() && AllowAvx512(CpuLimits::OfEnvironment())
          ? c10::Dispatcher::singleton().findSchema({"mkldnn::_linear_pointwise", ""})
          : std::nullopt;
  return handle;
}

bool IsDense(const at::Tensor& matrix) {
  return matrix.is_contiguous() || matrix.t().is_contiguous();
}

bool UseOneDnn(const at::Tensor& a_MK, const at::Tensor& b_NK) {
  return IsCpuFloat(a_MK) && IsCpuFloat(b_NK) && a_MK.size(0) >= kMinOneDnnRows &&
         b_NK.size(0) > 0 && a_MK.size(1) > 0 && IsDense(a_MK) && IsDense(b_NK) &&
         OneDnnLinear().has_value();
}

at::Tensor RunOneDnn(const at::Tensor& a_MK, const at::Tensor& b_NK) {
  const at::AutoDispatchBelowAutograd below_autograd;
  return OneDnnLinear()->typed<LinearSignature>().call(a_MK, b_NK, std::nullopt, "none",
                                                       c10::List<std::optional<at::Scalar>>(), "");
}

bool IsSmall(const at::Tensor& a_MK, const at::Tensor& b_NK) {
  return 2.0 * static_cast<double>(a_MK.numel()) * static_cast<double>(b_NK.size(0)) < kGrainFlops;
}

}  // namespace

at::Tensor MatMulTransposed(const at::Tensor& a_MK, const at::Tensor& b_NK) {
  const at::NoGradGuard no_grad;
  const SerialIf serial(IsSmall(a_MK, b_NK));
  return UseOneDnn(a_MK, b_NK) ? RunOneDnn(a_MK, b_NK) : at::mm(a_MK, b_NK.t());
}

void AccumulateMatMulTransposed(const at::Tensor& a_MK, const at::Tensor& b_NK, at::Tensor& c_MN) {
  const at::NoGradGuard no_grad;
  const SerialIf serial(IsSmall(a_MK, b_NK));
  if (UseOneDnn(a_MK, b_NK)) {
    c_MN.add_(RunOneDnn(a_MK, b_NK));
  } else if (c_MN.scalar_type() != a_MK.scalar_type()) {
    c_MN.add_(at::mm(a_MK, b_NK.t()));
  } else {
    c_MN.addmm_(a_MK, b_NK.t());
  }
}

}  // namespace bench::kernels
