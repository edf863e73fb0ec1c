// Stands in for libnvidia-ml: device 0 answers everything, device 1 only its name, device 2 cannot
// be opened. Signatures as in NVML's API reference.
#include <cstdint>
#include <cstring>

namespace {

constexpr int kSuccess = 0;
constexpr int kNotSupported = 3;

int Fill(char* buffer, unsigned length, const char* text) {
  std::strncpy(buffer, text, length);
  return kSuccess;
}

bool IsFirst(void* device) { return reinterpret_cast<uintptr_t>(device) == 1; }

int SetModes(void* device, unsigned* current, unsigned* pending, unsigned value) {
  if (!IsFirst(device)) return kNotSupported;
  *current = value;
  *pending = 1 - value;
  return kSuccess;
}

// nvmlProcessInfo_t.
struct Process {
  unsigned pid;
  unsigned long long used_bytes;
  unsigned gpu_instance, compute_instance;
};

unsigned long long used_looks = 0;
unsigned process_looks = 0;

}  // namespace

extern "C" {

int nvmlInit_v2() { return kSuccess; }
int nvmlShutdown() { return kSuccess; }
int nvmlSystemGetDriverVersion(char* buffer, unsigned length) {
  return Fill(buffer, length, "580.65.06");
}
int nvmlSystemGetCudaDriverVersion_v2(int* version) {
  *version = 13010;
  return kSuccess;
}
int nvmlDeviceGetCount_v2(unsigned* count) {
  *count = 3;
  return kSuccess;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device) {
  *device = reinterpret_cast<void*>(uintptr_t{index} + 1);
  return index < 2 ? kSuccess : kNotSupported;
}
int nvmlDeviceGetName(void* device, char* buffer, unsigned length) {
  return Fill(buffer, length, IsFirst(device) ? "NVIDIA H200" : "NVIDIA T4");
}
int nvmlDeviceGetUUID(void* device, char* buffer, unsigned length) {
  return IsFirst(device) ? Fill(buffer, length, "GPU-12345678") : kNotSupported;
}
int nvmlDeviceGetVbiosVersion(void* device, char* buffer, unsigned length) {
  return IsFirst(device) ? Fill(buffer, length, "96.00.B1") : kNotSupported;
}
int nvmlDeviceGetEccMode(void* device, unsigned* current, unsigned* pending) {
  return SetModes(device, current, pending, 1);
}
int nvmlDeviceGetMigMode(void* device, unsigned* current, unsigned* pending) {
  return SetModes(device, current, pending, 0);
}
int nvmlDeviceGetEnforcedPowerLimit(void* device, unsigned* milliwatts) {
  *milliwatts = 700500;
  return IsFirst(device) ? kSuccess : kNotSupported;
}
int nvmlDeviceGetClockInfo(void* device, unsigned type, unsigned* mhz) {
  *mhz = type == 1 ? 1980 : 3201;
  return IsFirst(device) ? kSuccess : kNotSupported;
}
// nvmlDeviceGetMaxClockInfo is left out: a driver too old to have a symbol.
int nvmlDeviceGetViolationStatus(void* device, unsigned policy, unsigned long long* times) {
  times[0] = 5;
  times[1] = policy == 1 ? 123456789ULL : 999;
  return IsFirst(device) ? kSuccess : kNotSupported;
}
int nvmlDeviceGetMemoryInfo(void* device, unsigned long long* memory) {
  if (!IsFirst(device)) return kNotSupported;
  memory[0] = 150754820096ULL;
  memory[1] = 1;
  memory[2] = 10000 * used_looks++;
  return kSuccess;
}
// nvmlDeviceGetComputeRunningProcesses_v3 is left out, for the same reason.
int nvmlDeviceGetComputeRunningProcesses_v2(void* device, unsigned* count, Process* processes) {
  if (!IsFirst(device) || *count < 2) return kNotSupported;
  constexpr unsigned long long kBytes[] = {300, 900, 100};
  processes[0] = {4711, kBytes[process_looks++ % 3], 0, 0};
  processes[1] = {4712, 5000, 0, 0};
  *count = 2;
  return kSuccess;
}

}  // extern "C"
