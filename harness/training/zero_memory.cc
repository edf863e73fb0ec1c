#include "harness/training/zero_memory.h"

#include <algorithm>

#include "harness/training/optimizer.h"

namespace bench::harness {
namespace {

// Integers, so that what fits can be decided exactly.
struct ParameterBytes {
  int64_t parameter, gradient, optimizer_state;
};

constexpr ParameterBytes kMixed = {2, 2, 12};
constexpr ParameterBytes kFp32 = {4, 4, 8};

constexpr ParameterBytes Of(Precision precision) {
  return precision == Precision::kMixed ? kMixed : kFp32;
}

// Whether stage `sharded_from` and those after it shard something.
bool Shards(ZeroStage stage, ZeroStage sharded_from) { return stage >= sharded_from; }

double Share(int64_t bytes, int64_t num_parameters, int64_t num_parts) {
  return static_cast<double>(bytes) * static_cast<double>(num_parameters) /
         static_cast<double>(num_parts);
}

// Bytes a parameter: on every device, and shared out among them.
struct Split {
  int64_t whole = 0;
  int64_t sharded = 0;

  void Add(int64_t bytes, bool shards) { (shards ? sharded : whole) += bytes; }
};

Split SplitOf(Precision precision, ZeroStage stage) {
  const ParameterBytes bytes = Of(precision);
  Split split;
  split.Add(bytes.parameter, Shards(stage, ZeroStage::kParameters));
  split.Add(bytes.gradient, Shards(stage, ZeroStage::kGradients));
  split.Add(bytes.optimizer_state, Shards(stage, ZeroStage::kOptimizer));
  return split;
}

}  // namespace

StateBytes BytesPerParameter(Precision precision) {
  return ModelStateBytes(1, precision, ZeroSharding{});
}

StateBytes ModelStateBytes(int64_t num_parameters, Precision precision,
                           const ZeroSharding& sharding) {
  const ParameterBytes bytes = Of(precision);
  const auto share = [&](int64_t bytes_each, ZeroStage sharded_from) {
    const bool shards = Shards(sharding.stage, sharded_from);
    return Share(bytes_each, num_parameters, shards ? sharding.num_ranks : 1);
  };
  return {share(bytes.parameter, ZeroStage::kParameters),
          share(bytes.gradient, ZeroStage::kGradients),
          share(bytes.optimizer_state, ZeroStage::kOptimizer)};
}

double UpdateBytes(int64_t num_parameters, Precision precision, const ZeroSharding& sharding) {
  if (precision != Precision::kMixed) return 0;
  const bool shards = Shards(sharding.stage, ZeroStage::kOptimizer);
  const double all = Share(sizeof(float), num_parameters, shards ? sharding.num_ranks : 1);
  return std::min(all, static_cast<double>(sizeof(float) * kMostConverted));
}

// whole Psi + sharded Psi / N <= budget if and only if Psi <= budget N / (whole N + sharded). The
// quotient is taken in two parts, so that budget N need not fit into 64 bits.
int64_t LargestNumParameters(int64_t budget_bytes, Precision precision,
                             const ZeroSharding& sharding) {
  const Split split = SplitOf(precision, sharding.stage);
  const int64_t budget = std::max<int64_t>(budget_bytes, 0);
  const int64_t divisor = split.whole * sharding.num_ranks + split.sharded;
  return budget / divisor * sharding.num_ranks + budget % divisor * sharding.num_ranks / divisor;
}

}  // namespace bench::harness
