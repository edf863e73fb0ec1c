#include "kernels/bench/registry.h"

#include <benchmark/benchmark.h>

#include "absl/strings/str_cat.h"
#include "kernels/bench/timing.h"

namespace bench::kernels {
namespace {

struct NamedImplementation {
  Implementation implementation;
  const char* name;
  CaseOperation KernelCase::*operation;
};
constexpr NamedImplementation kImplementations[] = {
    {Implementation::kOurs, "ours", &KernelCase::ours},
    {Implementation::kAten, "aten", &KernelCase::aten},
    {Implementation::kComposed, "composed", &KernelCase::composed}};

const NamedImplementation& Find(Implementation implementation) {
  return kImplementations[static_cast<size_t>(implementation)];
}

struct Timed {
  KernelCase kernel_case;
  Variant variant;
};

// One iteration: a call, or a call and the backward pass from its result.
class Iteration {
 public:
  Iteration(const Timed& timed, const at::Device& device)
      : operation_(timed.kernel_case.*Find(timed.variant.implementation).operation),
        backward_(timed.variant.direction == Direction::kForwardBackward),
        inputs_(timed.kernel_case.make_inputs(at::TensorOptions(device).dtype(timed.variant.type))),
        device_(device) {
    const at::NoGradGuard no_grad;
    probe_ = at::ones_like(operation_(inputs_));
  }

  void Run() {
    const at::AutoGradMode mode(backward_);
    const at::Tensor result = operation_(inputs_);
    if (backward_) {
      result.backward(probe_);
      for (at::Tensor& leaf : inputs_.leaves) leaf.mutable_grad().reset();
    }
    benchmark::DoNotOptimize(result);
    Synchronize(device_);
  }

 private:
  const CaseOperation& operation_;
  bool backward_;
  CaseInputs inputs_;
  at::Device device_;
  at::Tensor probe_;
};

void Time(benchmark::State& state, const Timed& timed, const RunSetting& setting) {
  Iteration iteration(timed, setting.device);
  iteration.Run();
  const double seconds = SecondsOf([&] {
    for (auto unused : state) iteration.Run();
  });
  const double each = seconds / static_cast<double>(state.iterations());
  const Work work = WorkOf(timed.kernel_case, timed.variant);
  const Ceilings ceilings = setting.rates.CeilingsOf(timed.variant.type, work.bytes);
  state.counters["bytes_per_second"] = work.bytes / each;
  state.counters["flops_per_second"] = work.flops / each;
  state.counters["roofline"] = RooflineFraction(work, ceilings, each);
  state.SetLabel(timed.kernel_case.experiment);
}

}  // namespace

std::string NameOf(const KernelCase& kernel_case, const Variant& variant) {
  return absl::StrCat(kernel_case.kernel,
                      variant.direction == Direction::kForward ? "/forward/" : "/forward_backward/",
                      TypeName(variant.type), "/", kernel_case.shape, "/",
                      Find(variant.implementation).name);
}

std::vector<Variant> VariantsOf(const KernelCase& kernel_case, const at::Device& device) {
  std::vector<Variant> variants;
  for (const Direction direction : {Direction::kForward, Direction::kForwardBackward}) {
    if (direction == Direction::kForwardBackward && !kernel_case.has_backward) continue;
    for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
      for (const NamedImplementation& named : kImplementations) {
        const bool is_ours = named.implementation == Implementation::kOurs;
        if (is_ours && !kernel_case.has_own(type, device)) continue;
        if (!(kernel_case.*named.operation)) continue;
        variants.push_back({direction, type, named.implementation});
      }
    }
  }
  return variants;
}

Work WorkOf(const KernelCase& kernel_case, const Variant& variant) {
  Work work = kernel_case.forward.OfType(variant.type);
  if (variant.direction == Direction::kForward) return work;
  const Work backward = kernel_case.backward.OfType(variant.type);
  return {work.flops + backward.flops, work.bytes + backward.bytes};
}

void RegisterCases(const std::vector<KernelCase>& cases,
                   const std::shared_ptr<const RunSetting>& setting) {
  for (const KernelCase& kernel_case : cases) {
    for (const Variant& variant : VariantsOf(kernel_case, setting->device)) {
      benchmark::RegisterBenchmark(NameOf(kernel_case, variant).c_str(),
                                   [timed = Timed{kernel_case, variant}, setting](
                                       benchmark::State& state) { Time(state, timed, *setting); });
    }
  }
}

}  // namespace bench::kernels
