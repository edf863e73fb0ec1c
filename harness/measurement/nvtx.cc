#include "harness/measurement/nvtx.h"

#include <nvtx3/nvToolsExt.h>

#include <array>
#include <functional>
#include <map>
#include <mutex>
#include <string>

namespace bench::harness {
namespace {

struct Domain {
  nvtxDomainHandle_t handle = nvtxDomainCreateA("bench");
  std::array<nvtxEventAttributes_t, kNumRanges> events{};
  std::mutex mutex;
  std::map<std::string, nvtxEventAttributes_t, std::less<>> named;  // under the lock

  Domain() {
    for (size_t i = 0; i < kNumRanges; ++i) {
      events[i] = Register(std::string(RangeName(static_cast<RangeId>(i))));
    }
  }

  nvtxEventAttributes_t Register(const std::string& name) const {
    nvtxEventAttributes_t event{};
    event.version = NVTX_VERSION;
    event.size = NVTX_EVENT_ATTRIB_STRUCT_SIZE;
    event.messageType = NVTX_MESSAGE_TYPE_REGISTERED;
    event.message.registered = nvtxDomainRegisterStringA(handle, name.c_str());
    return event;
  }

  // Stays where it is.
  const nvtxEventAttributes_t& Named(std::string_view name) {
    const std::scoped_lock lock(mutex);
    const auto found = named.find(name);
    if (found != named.end()) return found->second;
    const std::string text(name);
    return named.emplace(text, Register(text)).first->second;
  }
};

// Never destroyed: a range may end while other static objects are being destroyed.
Domain& BenchDomain() {
  static Domain* const domain = new Domain;
  return *domain;
}

}  // namespace

void NvtxPush(RangeId id, std::optional<int64_t> number) {
  const Domain& domain = BenchDomain();
  const nvtxEventAttributes_t& event = domain.events[static_cast<size_t>(id)];
  if (!number) {
    nvtxDomainRangePushEx(domain.handle, &event);
    return;
  }
  nvtxEventAttributes_t numbered = event;
  numbered.payloadType = NVTX_PAYLOAD_TYPE_INT64;
  numbered.payload.llValue = *number;
  nvtxDomainRangePushEx(domain.handle, &numbered);
}

void NvtxPushNamed(std::string_view name) {
  Domain& domain = BenchDomain();
  nvtxDomainRangePushEx(domain.handle, &domain.Named(name));
}

void NvtxPop() { nvtxDomainRangePop(BenchDomain().handle); }

}  // namespace bench::harness
