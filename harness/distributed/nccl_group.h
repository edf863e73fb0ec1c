// The ranks' transport for GPU tensors: c10d's NCCL, one GPU a rank.
//
// It is in a module of its own, libbench_nccl.so beside the program, which is loaded when ranks
// train on GPUs: it needs LibTorch's CUDA half, which programs are not linked with.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "torch/csrc/distributed/c10d/Backend.hpp"
#include "torch/csrc/distributed/c10d/Store.hpp"

namespace bench::harness {

// EnvironmentError where the module is missing (a build without CUDA) or NCCL refuses.
absl::StatusOr<c10::intrusive_ptr<c10d::Backend>> OpenNcclGroup(
    const c10::intrusive_ptr<c10d::Store>& store, int64_t rank, int64_t size);

// What the module exports.
inline constexpr char kNcclModule[] = "libbench_nccl.so";
inline constexpr char kNcclFactory[] = "BenchMakeNcclGroup";
struct NcclRequest {
  c10::intrusive_ptr<c10d::Store> store;
  int rank = 0;
  int size = 1;
  c10::intrusive_ptr<c10d::Backend> group;  // the answer, or
  std::string error;
};
using NcclFactory = void (*)(NcclRequest& request);

}  // namespace bench::harness
