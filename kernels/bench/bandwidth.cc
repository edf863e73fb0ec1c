#include "kernels/bench/bandwidth.h"

#include <ATen/Parallel.h>
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "kernels/bench/memory_passes.h"
#include "kernels/bench/timing.h"
#include "kernels/parallel.h"

namespace bench::kernels {
namespace {

constexpr double kRoundSeconds = 5e-3;
constexpr int kRounds = 3;

// The memory of one thread. Copying goes from the first half of the words to the second.
struct Share {
  std::vector<uint64_t> words;
  uint64_t sum = 0;  // what reading leaves, so that it is done
};

void Read(Share& share) {
  share.sum += SumWords(share.words.data(), static_cast<int64_t>(share.words.size()));
}

void Copy(Share& share) {
  const size_t half = share.words.size() / 2;
  std::memcpy(share.words.data() + half, share.words.data(), half * sizeof(uint64_t));
  benchmark::ClobberMemory();
}

class Passes {
 public:
  explicit Passes(const BandwidthTask& task)
      : pass_(task.traffic == Traffic::kRead ? Read : Copy),
        shares_(static_cast<size_t>(task.num_threads)) {
    // Both halves are whole numbers of lanes.
    const int64_t unit = 2 * kPassLanes * int64_t{sizeof(uint64_t)};
    const int64_t units = std::max<int64_t>(1, task.working_set_bytes / task.num_threads / unit);
    share_words_ = units * 2 * kPassLanes;
    ForEachShare(
        [this](Share& share) { share.words.assign(static_cast<size_t>(share_words_), 1); });
  }

  double bytes() const {
    return static_cast<double>(share_words_) * sizeof(uint64_t) *
           static_cast<double>(shares_.size());
  }

  void Run(int64_t count) {
    ForEachShare([this, count](Share& share) {
      for (int64_t i = 0; i < count; ++i) pass_(share);
      benchmark::DoNotOptimize(share.sum);
    });
  }

 private:
  template <typename F>
  void ForEachShare(const F& f) {
    ParallelFor({static_cast<int64_t>(shares_.size()), kGrainElements},
                [&](int64_t begin, int64_t end) {
                  for (int64_t i = begin; i < end; ++i) f(shares_[static_cast<size_t>(i)]);
                });
  }

  void (*pass_)(Share&);
  std::vector<Share> shares_;
  int64_t share_words_ = 0;
};

}  // namespace

double MeasureBandwidth(const BandwidthTask& task) {
  TORCH_CHECK(task.num_threads >= 1 && task.working_set_bytes >= kMinShareBytes * task.num_threads,
              "MeasureBandwidth: ", task.working_set_bytes, " bytes are too few for ",
              task.num_threads, " threads");
  const ThreadCount threads(task.num_threads);
  Passes passes(task);
  int64_t count = 1;
  double seconds = SecondsOf([&] { passes.Run(count); });
  while (seconds < kRoundSeconds) {
    count *= 2;
    seconds = SecondsOf([&] { passes.Run(count); });
  }
  for (int round = 1; round < kRounds; ++round) {
    seconds = std::min(seconds, SecondsOf([&] { passes.Run(count); }));
  }
  return passes.bytes() * static_cast<double>(count) / seconds;
}

double MeasureDeviceCopy(const at::Device& device) {
  constexpr int64_t kBytes = int64_t{512} << 20;  // far more than any accelerator's caches
  constexpr int kCopies = 10;
  const at::Tensor from = at::ones({kBytes}, at::TensorOptions(device).dtype(at::kByte));
  at::Tensor to = at::empty_like(from);
  const auto copy = [&] {
    for (int i = 0; i < kCopies; ++i) to.copy_(from);
    Synchronize(device);
  };
  copy();
  double seconds = SecondsOf(copy);
  for (int round = 1; round < kRounds; ++round) seconds = std::min(seconds, SecondsOf(copy));
  return 2.0 * kBytes * kCopies / seconds;
}

}  // namespace bench::kernels
