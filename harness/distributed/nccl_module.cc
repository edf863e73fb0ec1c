// The module libbench_nccl.so (nccl_group.h).
#include "harness/distributed/nccl_group.h"
#include "torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp"

extern "C" void BenchMakeNcclGroup(bench::harness::NcclRequest& request) {
  try {
    auto options = c10d::ProcessGroupNCCL::Options::create();
    // Ranks wait for the leader's evaluations; who is gone is found by the ranks' watch.
    options->timeout = std::chrono::hours(24 * 30);
    request.group = c10::make_intrusive<c10d::ProcessGroupNCCL>(request.store, request.rank,
                                                                request.size, options);
  } catch (const std::exception& error) {
    request.error = error.what();
  }
}
