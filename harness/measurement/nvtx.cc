#include "harness/measurement/nvtx.h"

#include <nvtx3/nvToolsExt.h>

#include <array>
#include <string>

namespace bench::harness {
namespace {

struct Domain {
  nvtxDomainHandle_t handle = nvtxDomainCreateA("bench");
  std::array<nvtxEventAttributes_t, kNumRanges> events{};

  Domain() {
    for (size_t i = 0; i < kNumRanges; ++i) {
      const std::string name(RangeName(static_cast<RangeId>(i)));
      events[i].version = NVTX_VERSION;
      events[i].size = NVTX_EVENT_ATTRIB_STRUCT_SIZE;
      events[i].messageType = NVTX_MESSAGE_TYPE_REGISTERED;
      events[i].message.registered = nvtxDomainRegisterStringA(handle, name.c_str());
    }
  }
};

// Never destroyed: a range may end while other static objects are being destroyed.
const Domain& BenchDomain() {
  static const Domain* const domain = new Domain;
  return *domain;
}

}  // namespace

void NvtxPush(RangeId id) {
  const Domain& domain = BenchDomain();
  nvtxDomainRangePushEx(domain.handle, &domain.events[static_cast<size_t>(id)]);
}

void NvtxPop() { nvtxDomainRangePop(BenchDomain().handle); }

}  // namespace bench::harness
