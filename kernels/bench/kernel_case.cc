#include "kernels/bench/kernel_case.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "kernels/cuda_kernels.h"

namespace bench::kernels {
namespace {

using MakeCases = std::vector<KernelCase> (*)(const Geometry& geometry);

constexpr MakeCases kKernels[] = {
    CachedAttentionCases, ComposedAttentionCases, LinearCases,  LinearCrossEntropyCases,
    LinearLogProbsCases,  RaggedAttentionCases,   RmsNormCases, RopeCases,
    SwiGluCases,
};

std::vector<Geometry> GeometriesOn(const at::Device& device) {
  std::vector<Geometry> geometries = device.is_cpu() ? SmallGeometries() : LargeGeometries();
  for (Geometry& odd : OddGeometries()) geometries.push_back(std::move(odd));
  return geometries;
}

}  // namespace

bool OwnForCpuFloat(at::ScalarType type, const at::Device& device) {
  return device.is_cpu() && type == at::kFloat;
}

bool OwnForCpuFloatAndCuda(at::ScalarType type, const at::Device& device) {
  if (device.is_cpu()) return type == at::kFloat;
  return HasCudaKernelFor(at::empty({0}, at::TensorOptions(device).dtype(type)));
}

bool OwnForAll(at::ScalarType /*type*/, const at::Device& /*device*/) { return true; }

at::Tensor RandomLeaf(at::IntArrayRef shape, const at::TensorOptions& options, uint64_t seed) {
  return at::randn(shape, at::detail::createCPUGenerator(seed), at::TensorOptions(at::kFloat))
      .to(options)
      .set_requires_grad(true);
}

at::Tensor CyclicTargets(int64_t count, int64_t num_classes, const at::Device& device) {
  return at::arange(count, at::TensorOptions(device).dtype(at::kLong)).remainder(num_classes);
}

double ToDouble(int64_t count) { return static_cast<double>(count); }

double Volume(std::initializer_list<int64_t> sizes) {
  double volume = 1;
  for (const int64_t size : sizes) volume *= ToDouble(size);
  return volume;
}

std::optional<KernelCase> HeadCase(const std::string& kernel, const Geometry& geometry) {
  const int64_t m = geometry.num_targets, d = geometry.hidden, v = geometry.vocab;
  if (m == 0 || geometry.phase == Phase::kDecoding) return std::nullopt;
  KernelCase made;
  made.kernel = kernel;
  made.shape = absl::StrCat("M", m, "D", d, "V", v);
  made.experiment = geometry.experiment;
  made.make_inputs = [m, d, v](const at::TensorOptions& options) {
    return CaseInputs{{RandomLeaf({m, d}, options, 1), RandomLeaf({v, d}, options, 2)},
                      {CyclicTargets(m, v, options.device())}};
  };
  return made;
}

KernelCase RowCase(const RowInputs& inputs, const Geometry& geometry) {
  KernelCase made;
  made.kernel = inputs.kernel;
  made.shape = inputs.shape;
  made.experiment = geometry.experiment;
  made.has_own = OwnForCpuFloatAndCuda;
  made.make_inputs = [inputs](const at::TensorOptions& options) {
    return CaseInputs{{RandomLeaf(inputs.first, options, 1), RandomLeaf(inputs.second, options, 2)},
                      {}};
  };
  made.has_backward = geometry.phase == Phase::kTraining;
  return made;
}

std::vector<KernelCase> AllKernelCases(const at::Device& device) {
  std::vector<KernelCase> cases;
  std::set<std::pair<std::string, std::string>> there;
  for (const MakeCases make : kKernels) {
    for (const Geometry& geometry : GeometriesOn(device)) {
      for (KernelCase& made : make(geometry)) {
        if (there.emplace(made.kernel, made.shape).second) cases.push_back(std::move(made));
      }
    }
  }
  return cases;
}

}  // namespace bench::kernels
