#include "harness/measurement/machine_class.h"

#include <unistd.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "base/sha256.h"
#include "base/status.h"

namespace bench::harness {
namespace {

constexpr size_t kClassDigits = 16;

// Variables that make ATen, MKL or oneDNN choose kernels of another instruction set.
constexpr std::array<std::string_view, 6> kIsaOverrides = {
    "ATEN_CPU_CAPABILITY", "DNNL_MAX_CPU_ISA",        "MKL_CBWR",
    "MKL_DEBUG_CPU_TYPE",  "MKL_ENABLE_INSTRUCTIONS", "ONEDNN_MAX_CPU_ISA"};

#if defined(__x86_64__)
// Not all compilers' __builtin_cpu_supports know AMX. Intel's manual, volume 1, chapter 18: the
// system has enabled it when XCR0 has the bits of TILECFG and TILEDATA.
std::vector<std::string> AmxExtensions() {
  constexpr unsigned kOsxsave = 1u << 27;
  constexpr unsigned kTileState = 3u << 17;
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0 || (ecx & kOsxsave) == 0) return {};
  unsigned xcr0 = 0, xcr0_high = 0;
  asm("xgetbv" : "=a"(xcr0), "=d"(xcr0_high) : "c"(0));
  if ((xcr0 & kTileState) != kTileState) return {};
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0) return {};
  std::vector<std::string> extensions;
  if ((edx & (1u << 24)) != 0) extensions.emplace_back("amx-tile");
  if ((edx & (1u << 25)) != 0) extensions.emplace_back("amx-int8");
  if ((edx & (1u << 22)) != 0) extensions.emplace_back("amx-bf16");
  return extensions;
}
#endif

std::string Canonical(std::vector<std::string> items) {
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
  return absl::StrJoin(items, "\x1f");
}

// "2" and "0.5": a whole number is written as one. Thousandths are what container managers count.
std::string CoresText(double cores) {
  std::string text = absl::StrFormat("%.3f", cores);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace

std::string MachineClass(const MachineTraits& traits) {
  const std::string cores = traits.cores ? CoresText(*traits.cores) : "absent";
  const std::string text = absl::StrJoin(
      {std::string("machine-class-1"), absl::StrCat("cpu=", traits.cpu_model.value_or("absent")),
       absl::StrCat("isa=", Canonical(traits.isa)), absl::StrCat("cores=", cores),
       absl::StrCat("gpu=", Canonical(traits.gpu_models))},
      "\x1e");
  return Sha256Hex(text).substr(0, kClassDigits);
}

Environment ReadEnvironment() {
  Environment environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

std::vector<std::string> CpuExtensions() {
  std::vector<std::string> extensions;
#if defined(__x86_64__)
  // __builtin_cpu_supports takes literals only.
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2")) extensions.emplace_back("avx2");
  if (__builtin_cpu_supports("fma")) extensions.emplace_back("fma");
  if (__builtin_cpu_supports("avx512f")) extensions.emplace_back("avx512f");
  if (__builtin_cpu_supports("avx512bw")) extensions.emplace_back("avx512bw");
  if (__builtin_cpu_supports("avx512dq")) extensions.emplace_back("avx512dq");
  if (__builtin_cpu_supports("avx512vl")) extensions.emplace_back("avx512vl");
  if (__builtin_cpu_supports("avx512vnni")) extensions.emplace_back("avx512vnni");
  if (__builtin_cpu_supports("avx512bf16")) extensions.emplace_back("avx512bf16");
  for (std::string& name : AmxExtensions()) extensions.push_back(std::move(name));
#endif
  return extensions;
}

MachineTraits TraitsOf(const HostFacts& host, const GpuInventory& gpus,
                       const Environment& environment) {
  MachineTraits traits;
  traits.cpu_model = host.cpu_model;
  traits.isa = CpuExtensions();
  for (const std::string_view name : kIsaOverrides) {
    const auto found = environment.find(std::string(name));
    if (found != environment.end()) {
      traits.isa.push_back(absl::StrCat(found->first, "=", found->second));
    }
  }
  traits.cores = EffectiveCores(host);
  for (const GpuDevice& gpu : gpus.devices) {
    const char* mode = gpu.mig_enabled.value_or(false) ? " (MIG)" : "";
    traits.gpu_models.push_back(absl::StrCat(gpu.name.value_or("absent"), mode));
  }
  return traits;
}

}  // namespace bench::harness
