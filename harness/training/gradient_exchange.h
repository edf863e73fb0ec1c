// The ranks' gradients become their sum, bucket by bucket, while the backward pass goes on.
//
// When the gradients of a bucket (gradient_buckets.h) are complete on this rank, its pieces go to
// their owners; owner r adds what the ranks sent in rank order, in fp32. Where gradients are
// gathered too, every rank has all sums in the end; else only those of its own shard. Buckets are
// sent in their order, which is the same on all ranks whatever the order of their gradients.
//
// Order of calls in a step: BeforeLastBackward, the window's last backward pass, Finish,
// SumOverRanks, Clear. All but Clear are collective.
// Source: buckets that overlap with the backward pass: Li et al., arXiv:2006.15704.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "harness/distributed/ranks.h"
#include "harness/measurement/ranges.h"
#include "harness/training/exact_sum.h"
#include "harness/training/gradient_buckets.h"

namespace bench::harness {

class GradientExchange {
 public:
  enum class Gather { kNothing, kSums };

  // Hooks itself into the parameters that are trained. All must outlive it.
  GradientExchange(const GradientBuckets& buckets, const std::vector<ParameterPiece>& trained,
                   Gather gather, Ranks& ranks, RangeTable& ranges);
  ~GradientExchange();
  GradientExchange(const GradientExchange&) = delete;
  GradientExchange& operator=(const GradientExchange&) = delete;

  // The backward pass that follows completes the gradients.
  void BeforeLastBackward();
  // Sends and sums what is left. Gathers may still be under way (Wait).
  void Finish();
  // Adds `mine` of all ranks. They also learn which parameters have a gradient on any of them.
  ExactSum SumOverRanks(const ExactSum& mine);
  void Wait();
  // Makes it ready for the next window.
  void Clear();

  // Whether the parameter has a gradient in this window: on this rank, or after SumOverRanks on any
  // rank. A parameter that has none is left alone.
  bool has_gradient(size_t parameter) const { return touched_[parameter] != 0; }
  int64_t buffer_bytes() const;

 private:
  // Buckets whose pieces are under way at once, each with a buffer.
  static constexpr size_t kInFlight = 2;

  struct UnderWay {
    at::Tensor received;
    std::unique_ptr<Transfer> transfer;
  };

  void OnGradient(size_t parameter);
  void MoveIntoBucket(size_t parameter);
  void Complete(const GradientBucket& bucket);
  at::Tensor BufferFor(size_t bucket);
  void Send(size_t bucket);
  void Sum(size_t bucket);

  const GradientBuckets& buckets_;
  const std::vector<ParameterPiece>& trained_;
  const Gather gather_;
  Ranks& ranks_;
  RangeTable& ranges_;
  std::vector<int64_t> touched_;  // by parameter: 1 with a gradient
  std::vector<size_t> missing_;   // by bucket: gradients to come in the last backward pass
  bool in_last_backward_ = false;
  size_t next_ = 0;    // bucket to send
  size_t summed_ = 0;  // buckets that are
  std::array<at::Tensor, kInFlight> buffers_;
  std::array<UnderWay, kInFlight> transfers_;
  std::vector<std::unique_ptr<Transfer>> gathers_;
};

}  // namespace bench::harness
