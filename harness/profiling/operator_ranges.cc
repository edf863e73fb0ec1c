#include "harness/profiling/operator_ranges.h"

#include <ATen/record_function.h>

#include <memory>

#include "harness/measurement/nvtx.h"

namespace bench::harness {
namespace {

std::unique_ptr<at::ObserverContext> Push(const at::RecordFunction& function) {
  NvtxPushNamed(function.name());
  return nullptr;
}

void Pop(const at::RecordFunction& /*function*/, at::ObserverContext* /*context*/) { NvtxPop(); }

}  // namespace

OperatorRanges::OperatorRanges()
    : handle_(at::addGlobalCallback(
          at::RecordFunctionCallback(&Push, &Pop)
              .scopes({at::RecordScope::FUNCTION, at::RecordScope::BACKWARD_FUNCTION,
                       at::RecordScope::USER_SCOPE}))) {}

OperatorRanges::~OperatorRanges() { at::removeCallback(handle_); }

}  // namespace bench::harness
