#include "harness/training/product_timing.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/record_function.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "kernels/matmul.h"
#include "results/metrics.h"
#include "results/statistics/descriptive.h"

namespace bench::harness {

class ProductRecorder::Notes {
 public:
  void Add(const ProductShape& shape) {
    const std::scoped_lock lock(mutex_);
    ++counts_[shape];
  }
  ProductCounts counts() const {
    const std::scoped_lock lock(mutex_);
    return counts_;
  }

 private:
  mutable std::mutex mutex_;
  ProductCounts counts_;
};

namespace {

using Clock = std::chrono::steady_clock;

// An operator of ATen that is a product, and where its factors stand among its arguments.
struct ProductOperator {
  std::string_view name;
  size_t first_factor;
  bool transposed;  // the second factor is [n, k]
};
constexpr std::array<ProductOperator, 6> kProducts = {{{"aten::mm", 0, false},
                                                       {"aten::addmm", 1, false},
                                                       {"aten::addmm_", 1, false},
                                                       {"aten::bmm", 0, false},
                                                       {"aten::baddbmm_", 1, false},
                                                       {"mkldnn::_linear_pointwise", 0, true}}};

// That of the recorder that lives; callbacks of ATen have no argument of ours.
std::atomic<ProductRecorder::Notes*>& CurrentNotes() {
  static std::atomic<ProductRecorder::Notes*> current = nullptr;
  return current;
}

std::optional<ProductShape> ShapeOf(const at::Tensor& a, const at::Tensor& b, bool transposed) {
  if (a.dim() < 2 || a.dim() != b.dim()) return std::nullopt;
  ProductShape shape;
  shape.batch = a.dim() == 3 ? a.size(0) : 1;
  shape.m = a.size(-2);
  shape.k = a.size(-1);
  shape.n = b.size(transposed ? -2 : -1);
  shape.type = a.scalar_type();
  if (shape.batch * shape.m * shape.k * shape.n == 0) return std::nullopt;
  return shape;
}

std::unique_ptr<at::ObserverContext> Note(const at::RecordFunction& function) {
  const std::string_view name = function.name();
  const auto product = std::find_if(kProducts.begin(), kProducts.end(),
                                    [&](const auto& known) { return known.name == name; });
  ProductRecorder::Notes* notes = CurrentNotes().load();
  if (product == kProducts.end() || notes == nullptr) return nullptr;
  const c10::ArrayRef<const c10::IValue> inputs = function.inputs();
  const size_t at = product->first_factor;
  if (inputs.size() < at + 2 || !inputs[at].isTensor() || !inputs[at + 1].isTensor()) {
    return nullptr;
  }
  const auto shape = ShapeOf(inputs[at].toTensor(), inputs[at + 1].toTensor(), product->transposed);
  if (shape) notes->Add(*shape);
  return nullptr;
}

void Multiply(const at::Tensor& a, const at::Tensor& b) {
  if (a.dim() == 3) {
    at::bmm(a, b.transpose(1, 2));
  } else {
    kernels::MatMulTransposed(a, b);
  }
}

at::Tensor RandomFactor(at::IntArrayRef sizes, const at::Generator& generator,
                        const at::TensorOptions& options) {
  // Larger factors repeat them: to draw a large one on the CPU would take longer than its products.
  // A prime, so that no row is as another.
  constexpr int64_t kMostDrawn = 1048583;
  const int64_t size = c10::multiply_integers(sizes);
  const int64_t drawn = std::min(size, kMostDrawn);
  const at::Tensor values =
      at::randn({drawn}, generator, at::TensorOptions(at::kFloat)).to(options);
  return values.repeat({(size + drawn - 1) / drawn}).narrow(0, 0, size).view(sizes);
}

void Synchronize(at::Device device) {
  if (device.is_cuda())
    c10::impl::VirtualGuardImpl(device.type()).synchronizeDevice(device.index());
}

struct GpuPeak {
  double flops_per_second = 0;
  std::string text;  // for the results
};

std::optional<GpuPeak> PeakOf(at::Device device, at::ScalarType type) {
  if (!device.is_cuda()) return std::nullopt;
  const std::optional<std::string> name = OneGpuName(ReadGpus().devices);
  const std::optional<double> peak = name ? VendorPeak(*name, type) : std::nullopt;
  if (!peak) return std::nullopt;
  return GpuPeak{*peak, absl::StrCat(*name, ", ", c10::toString(type), ": ", *peak / 1e12,
                                     " TFLOP/s dense, by its vendor's data sheet")};
}

// The type that most of the operations are of.
at::ScalarType MainType(const ProductCounts& counts) {
  std::map<at::ScalarType, double> flops;
  for (const auto& [shape, count] : counts) {
    flops[shape.type] += shape.flops() * static_cast<double>(count);
  }
  const auto most = std::max_element(
      flops.begin(), flops.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most->first;
}

}  // namespace

ProductRecorder::ProductRecorder() : notes_(std::make_shared<Notes>()) {
  CurrentNotes().store(notes_.get());
  handle_ = at::addGlobalCallback(
      at::RecordFunctionCallback(&Note).needsInputs(true).scopes({at::RecordScope::FUNCTION}));
}

ProductRecorder::~ProductRecorder() {
  at::removeCallback(handle_);
  CurrentNotes().store(nullptr);
}

ProductCounts ProductRecorder::counts() const { return notes_->counts(); }

double TimeProduct(const ProductShape& shape, at::Device device) {
  constexpr int kWarmup = 3;
  constexpr int kRepeats = 7;
  // So many at once that the clock's own steps and a launch do not show.
  constexpr double kLeastFlops = 2e8;
  constexpr uint64_t kFactorSeed = 1;
  const at::NoGradGuard no_grad;
  const auto options = at::TensorOptions(device).dtype(shape.type);
  const at::Generator generator = at::detail::createCPUGenerator(kFactorSeed);
  at::Tensor a = RandomFactor({shape.batch, shape.m, shape.k}, generator, options);
  at::Tensor b = RandomFactor({shape.batch, shape.n, shape.k}, generator, options);
  if (shape.batch == 1) {
    a = a[0];
    b = b[0];
  }
  const int at_once = static_cast<int>(std::clamp(kLeastFlops / shape.flops(), 1.0, 1000.0));
  std::vector<double> seconds;
  for (int i = 0; i < kWarmup + kRepeats; ++i) {
    const Clock::time_point begin = Clock::now();
    for (int j = 0; j < at_once; ++j) Multiply(a, b);
    Synchronize(device);
    const double passed = std::chrono::duration<double>(Clock::now() - begin).count();
    if (i >= kWarmup) seconds.push_back(passed / at_once);
  }
  return results::Median(seconds);
}

std::optional<std::string> OneGpuName(const std::vector<GpuDevice>& gpus) {
  if (gpus.empty()) return std::nullopt;
  const bool is_one = absl::c_all_of(gpus, [&](const GpuDevice& gpu) {
    return gpu.name == gpus.front().name && !gpu.mig_enabled.value_or(false);
  });
  return is_one ? gpus.front().name : std::nullopt;
}

std::optional<double> VendorPeak(std::string_view gpu_name, at::ScalarType type) {
  // NVIDIA's data sheets, without sparsity. fp32 is that of the CUDA cores: products of fp32
  // tensors use TF32 only where that is asked for.
  struct Peak {
    absl::string_view gpu;
    double bf16, fp32;
  };
  constexpr std::array<Peak, 3> kPeaks = {
      {{"H200", 989e12, 67e12}, {"H100", 989e12, 67e12}, {"A100", 312e12, 19.5e12}}};
  // Whole words: a GH200 is no H200. "NVIDIA A100-SXM4-80GB", "NVIDIA H100 80GB HBM3" are modules.
  const std::string name =
      absl::AsciiStrToUpper(absl::string_view(gpu_name.data(), gpu_name.size()));
  const std::vector<std::string> words = absl::StrSplit(name, absl::ByAnyChar(" -"));
  const auto has = [&](absl::string_view word) { return absl::c_linear_search(words, word); };
  if (has("PCIE") || has("NVL")) return std::nullopt;
  for (const Peak& peak : kPeaks) {
    if (!has(peak.gpu)) continue;
    if (type == at::kBFloat16 || type == at::kHalf) return peak.bf16;
    if (type == at::kFloat) return peak.fp32;
  }
  return std::nullopt;
}

ProductTiming::ProductTiming(const Options& options)
    : options_(options), next_step_(options.is_resumed ? 0 : 1) {
  const int64_t num_iterations = options.num_steps / options.steps_per_iteration;
  first_noted_ = num_iterations > 1 ? options.steps_per_iteration + 1 : 1;
}

bool ProductTiming::IsNoted(int64_t step) const {
  return step >= first_noted_ && step < first_noted_ + options_.steps_per_iteration;
}

void ProductTiming::BeginStep() {
  if (IsNoted(next_step_)) recorder_ = std::make_unique<ProductRecorder>();
}

absl::Status ProductTiming::Record(const TrainedStep& step) {
  if (recorder_ != nullptr) {
    for (const auto& [shape, count] : recorder_->counts()) counts_[shape] += count;
    recorder_ = nullptr;
    seconds_ += step.seconds;
    ++num_noted_;
  }
  next_step_ = step.step + 1;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<results::MetricValue>> ProductTiming::Measure(
    RunContext& context) const {
  if (num_noted_ != options_.steps_per_iteration || counts_.empty()) {
    context.progress.Note("products were not timed: no whole iteration was trained here");
    return std::vector<results::MetricValue>();
  }
  double flops = 0;
  double product_s = 0;
  for (const auto& [shape, count] : counts_) {
    BENCH_RETURN_IF_ERROR(CheckNotStopped());
    flops += static_cast<double>(count) * shape.flops();
    product_s += static_cast<double>(count) * TimeProduct(shape, options_.device);
  }
  std::vector<results::MetricValue> values;
  const auto add = [&](const results::MetricDescriptor& metric, double value) {
    values.push_back({{&metric, ""}, value});
  };
  add(results::kStepFlops, flops);
  add(results::kProductTime, product_s);
  add(results::kProductRate, flops / product_s);
  add(results::kProductTimeFraction, product_s / seconds_);
  const std::optional<GpuPeak> peak = PeakOf(options_.device, MainType(counts_));
  if (!peak) return values;
  BENCH_RETURN_IF_ERROR(context.writer.Note("utilization_peak", peak->text));
  add(results::kModelFlopsUtilization, flops / seconds_ / peak->flops_per_second);
  return values;
}

}  // namespace bench::harness
