// Registers cases of kernels with Google Benchmark, and times them.
//
// Each benchmark reports, beside Google Benchmark's own times, of its iterations on the whole:
//   bytes_per_second  compulsory bytes (kernel_case.h) / time
//   flops_per_second  operations / time
//   roofline          the fraction of the roof that was attained (roofline.h); the working set is
//                     the compulsory bytes, the ceilings those of the run's own machine_rates.h
// Its label is the experiment that the shape is of. Everything runs on LibTorch's number of threads
// (OMP_NUM_THREADS). Before what is timed comes one iteration that is not.
#pragma once

#include <ATen/ATen.h>

#include <memory>
#include <string>
#include <vector>

#include "kernels/bench/kernel_case.h"
#include "kernels/bench/machine_rates.h"

namespace bench::kernels {

enum class Direction { kForward, kForwardBackward };
enum class Implementation { kOurs, kAten, kComposed };

// What of a case is measured.
struct Variant {
  Direction direction = Direction::kForward;
  at::ScalarType type = at::kFloat;
  Implementation implementation = Implementation::kOurs;
};

std::string NameOf(const KernelCase& kernel_case, const Variant& variant);

// Every variant that the case has on `device`.
std::vector<Variant> VariantsOf(const KernelCase& kernel_case, const at::Device& device);

// The work of one iteration.
Work WorkOf(const KernelCase& kernel_case, const Variant& variant);

struct RunSetting {
  at::Device device = at::kCPU;
  MachineRates rates;  // measured before anything is timed
};

// `setting` is read when the benchmarks run.
void RegisterCases(const std::vector<KernelCase>& cases,
                   const std::shared_ptr<const RunSetting>& setting);

}  // namespace bench::kernels
