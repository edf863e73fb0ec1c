// An NVTX tool: loaded by the NVTX headers through NVTX_INJECTION64_PATH, as a profiler is. Writes
// down what a profiler would see. A push whose message is not a registered string is "unregistered"
// (nsys ignores those for capture ranges).
#include <nvtx3/nvToolsExt.h>

#include <map>
#include <string>

namespace {

std::string g_events;
std::map<const void*, std::string> g_domains, g_strings;

// Handles only have to be distinct addresses.
template <typename Handle>
Handle Register(std::map<const void*, std::string>& names, const char* name) {
  auto* handle = reinterpret_cast<Handle>(new char);
  names[handle] = name;
  return handle;
}

nvtxDomainHandle_t NVTX_API CreateDomain(const char* name) {
  return Register<nvtxDomainHandle_t>(g_domains, name);
}

nvtxStringHandle_t NVTX_API RegisterString(nvtxDomainHandle_t, const char* text) {
  return Register<nvtxStringHandle_t>(g_strings, text);
}

int NVTX_API Push(nvtxDomainHandle_t domain, const nvtxEventAttributes_t* event) {
  const bool registered = event->messageType == NVTX_MESSAGE_TYPE_REGISTERED;
  const bool numbered = event->payloadType == NVTX_PAYLOAD_TYPE_INT64;
  g_events += "push " + g_domains[domain] + "@" +
              (registered ? g_strings[event->message.registered] : "unregistered") +
              (numbered ? " " + std::to_string(event->payload.llValue) : "") + "\n";
  return 0;
}

int NVTX_API Pop(nvtxDomainHandle_t domain) {
  g_events += "pop " + g_domains[domain] + "\n";
  return 0;
}

template <typename Function>
void Replace(NvtxFunctionTable table, int index, Function function) {
  *table[index] = reinterpret_cast<NvtxFunctionPointer>(function);
}

}  // namespace

extern "C" const char* RecordedEvents() { return g_events.c_str(); }

extern "C" int InitializeInjectionNvtx2(NvtxGetExportTableFunc_t get_table) {
  const auto* callbacks =
      static_cast<const NvtxExportTableCallbacks*>(get_table(NVTX_ETID_CALLBACKS));
  NvtxFunctionTable table = nullptr;
  unsigned size = 0;
  if (callbacks->GetModuleFunctionTable(NVTX_CB_MODULE_CORE2, &table, &size) == 0) return 0;
  Replace(table, NVTX_CBID_CORE2_DomainCreateA, CreateDomain);
  Replace(table, NVTX_CBID_CORE2_DomainRegisterStringA, RegisterString);
  Replace(table, NVTX_CBID_CORE2_DomainRangePushEx, Push);
  Replace(table, NVTX_CBID_CORE2_DomainRangePop, Pop);
  return 1;
}
