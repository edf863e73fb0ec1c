// How long the matrix products of a step take by themselves, and so how much of the step's time
// they are.
//
// While one step is trained, the second one, every matrix product that ATen does is noted with its
// shape and type: forward, backward and what is recomputed. After training each of these products
// is done again by itself, on the same shapes, in the same process and with the same threads, and
// its median time is taken. Each is timed as A B^T, A [m, k] and B [n, k] with their rows in memory
// order, as a layer's product is, whatever the layout of the noted one's factors; both hold normal
// numbers of a fixed seed, since what a GPU draws, and so its clock, depends on them. Of stages
// whose steps come in iterations (PPO) all of this is of the second iteration as a whole, rollout
// and frozen models included. Of a single step or iteration it is that one.
//   step_flops               sum of 2 b m k n over the noted products, [b, m, k] by [b, k, n]
//   product_time             sum of the products' times
//   product_rate             step_flops / product_time
//   product_time_fraction    product_time / time of what was noted
//   model_flops_utilization  step_flops / time of what was noted / the GPU's peak for the type of
//                            most operations, by its vendor (note utilization_peak); absent on
//                            CPUs, whose peak no vendor states, on GPUs that VendorPeak does not
//                            know, and on machines whose GPUs have different names
// Attention's fused kernels are no products of ATen and count in none of these. Noting costs some
// microseconds a product.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ATen/ATen.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/context/run_context.h"
#include "harness/measurement/gpu.h"
#include "harness/training/step_observer.h"
#include "results/metric.h"

namespace bench::harness {

// [batch, m, k] by [batch, k, n].
struct ProductShape {
  int64_t batch = 1, m = 0, k = 0, n = 0;
  at::ScalarType type = at::kFloat;

  double flops() const {
    return 2 * static_cast<double>(batch) * static_cast<double>(m) * static_cast<double>(k) *
           static_cast<double>(n);
  }
  friend auto operator<=>(const ProductShape&, const ProductShape&) = default;
};
using ProductCounts = std::map<ProductShape, int64_t>;

// Notes the products of all threads of this process while it lives. One at a time.
class ProductRecorder {
 public:
  ProductRecorder();
  ~ProductRecorder();
  ProductRecorder(const ProductRecorder&) = delete;
  ProductRecorder& operator=(const ProductRecorder&) = delete;

  // So far.
  ProductCounts counts() const;

  class Notes;  // private to the .cc file

 private:
  std::shared_ptr<Notes> notes_;
  uint64_t handle_ = 0;
};

// Median seconds of one such product on the device, A B^T of normal numbers of a fixed seed, after
// warming up.
double TimeProduct(const ProductShape& shape, at::Device device);

// The name that every GPU of a machine has; absent without a GPU, where names differ (which of them
// a process has is not asked), and where one is split into parts, whose peak is less.
std::optional<std::string> OneGpuName(const std::vector<GpuDevice>& gpus);

// Dense FLOP/s that the vendor states for products of this type on a GPU of this name; absent where
// it is not known here, as of the PCIe and NVL cards, which have less than the modules (SXM).
std::optional<double> VendorPeak(std::string_view gpu_name, at::ScalarType type);

class ProductTiming : public StepObserver {
 public:
  struct Options {
    at::Device device = at::kCPU;
    int64_t num_steps = 0;
    int64_t steps_per_iteration = 1;
    bool is_resumed = false;
  };
  explicit ProductTiming(const Options& options);

  void BeginStep() override;
  absl::Status Record(const TrainedStep& step) override;

  bool is_noting() const { return recorder_ != nullptr; }

  // Times what was noted; nothing where a resumed run did not train the whole of it. StoppedError
  // once a stop was asked for.
  absl::StatusOr<std::vector<results::MetricValue>> Measure(RunContext& context) const;

 private:
  bool IsNoted(int64_t step) const;

  Options options_;
  int64_t first_noted_ = 1;
  int64_t next_step_;                          // 0: not known yet
  std::unique_ptr<ProductRecorder> recorder_;  // while a step is noted
  int64_t num_noted_ = 0;
  double seconds_ = 0;    // of the noted steps
  ProductCounts counts_;  // theirs
};

}  // namespace bench::harness
