#include "harness/measurement/provenance.h"

#include <gnu/libc-version.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/measurement/build_info.h"
#include "results/text.h"

namespace bench::harness {
namespace {

constexpr std::array<std::string_view, 10> kRecordedPrefixes = {
    "OMP_", "MKL_", "KMP_", "GOMP_", "BENCH_", "DNNL_", "ONEDNN_", "MALLOC_", "NCCL_", "GLOO_"};
constexpr std::array<std::string_view, 13> kRecordedNames = {"ATEN_CPU_CAPABILITY",
                                                             "CUBLAS_WORKSPACE_CONFIG",
                                                             "CUDA_DEVICE_ORDER",
                                                             "CUDA_LAUNCH_BLOCKING",
                                                             "CUDA_VISIBLE_DEVICES",
                                                             "GLIBC_TUNABLES",
                                                             "LD_PRELOAD",
                                                             "LOCAL_WORLD_SIZE",
                                                             "NVIDIA_TF32_OVERRIDE",
                                                             "PYTORCH_ALLOC_CONF",
                                                             "PYTORCH_CUDA_ALLOC_CONF",
                                                             "TORCHELASTIC_RESTART_COUNT",
                                                             "WORLD_SIZE"};

// Adds what is there: an optional without a value leaves no key.
class Builder {
 public:
  void Add(std::string key, const std::optional<std::string>& value) {
    if (value) map_.insert_or_assign(std::move(key), results::ValidUtf8(*value));
  }
  template <typename T>
  void Add(std::string key, const std::optional<T>& value) {
    if (value) map_.insert_or_assign(std::move(key), *value);
  }
  Provenance Take() { return std::move(map_); }

 private:
  Provenance map_;
};

void AddSource(const SourceState& source, Builder& to) {
  to.Add("source_commit", source.commit);
  to.Add("source_dirty", source.dirty);
  if (source.diff && !source.diff->empty()) {
    to.Add("source_diff", source.diff);
    to.Add("source_diff_sha256", std::optional(Sha256Hex(*source.diff)));
  }
  if (source.untracked && !source.untracked->empty()) {
    to.Add("source_untracked", source.untracked);
  }
}

void AddBuild(Builder& to) {
  for (const auto& [key, value] : kBuildFacts) {
    if (!value.empty()) to.Add(std::string(key), std::optional(std::string(value)));
  }
  to.Add("glibc_version", std::optional(std::string(::gnu_get_libc_version())));
}

void AddHost(const HostFacts& host, Builder& to) {
  to.Add("host", host.host);
  to.Add("cpu_model", host.cpu_model);
  to.Add("cpus_online", host.cpus_online);
  to.Add("cpus_usable", host.cpus_usable);
  to.Add("cpus_allowed", host.cpus_allowed);
  to.Add("cpu_quota", host.cpu_quota);
  to.Add("effective_cores", EffectiveCores(host));
  to.Add("cpu_governor", host.cpu_governor);
  to.Add("numa_nodes", host.numa_nodes);
  to.Add("memory_bytes", host.memory_bytes);
  to.Add("memory_limit_bytes", host.memory_limit_bytes);
  to.Add("transparent_hugepages", host.transparent_hugepages);
  to.Add("kernel", host.kernel);
  to.Add("operating_system", host.operating_system);
  to.Add("container", host.container);
}

void AddGpu(const std::string& prefix, const GpuDevice& gpu, Builder& to) {
  to.Add(prefix + "name", gpu.name);
  to.Add(prefix + "uuid", gpu.uuid);
  to.Add(prefix + "vbios", gpu.vbios);
  to.Add(prefix + "ecc_enabled", gpu.ecc_enabled);
  to.Add(prefix + "mig_enabled", gpu.mig_enabled);
  to.Add(prefix + "power_limit_watts", gpu.power_limit_watts);
  to.Add(prefix + "sm_clock_mhz", gpu.sm_clock_mhz);
  to.Add(prefix + "memory_clock_mhz", gpu.memory_clock_mhz);
  to.Add(prefix + "max_sm_clock_mhz", gpu.max_sm_clock_mhz);
  to.Add(prefix + "max_memory_clock_mhz", gpu.max_memory_clock_mhz);
  to.Add(prefix + "memory_bytes", gpu.memory_bytes);
}

void AddGpus(const GpuInventory& gpus, Builder& to) {
  to.Add("driver_version", gpus.driver_version);
  to.Add("cuda_driver_version", gpus.cuda_driver_version);
  for (size_t i = 0; i < gpus.devices.size(); ++i) {
    AddGpu(absl::StrCat("gpu_", i, "_"), gpus.devices[i], to);
  }
}

// As a shell would take it: words that need it in single quotes.
std::string QuotedCommand(const std::vector<std::string>& argv) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./,:@%";
  std::string command;
  for (const std::string& word : argv) {
    if (!command.empty()) command += ' ';
    if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) {
      command += word;
      continue;
    }
    command += '\'';
    for (const char c : word) command += c == '\'' ? std::string("'\\''") : std::string(1, c);
    command += '\'';
  }
  return command;
}

void AddInvocation(const ProvenanceFacts& facts, Builder& to) {
  if (!facts.argv.empty()) to.Add("argv", std::optional(QuotedCommand(facts.argv)));
  for (const auto& [name, value] : facts.environment) {
    if (IsRecordedVariable(name)) to.Add(absl::StrCat("env_", name), std::optional(value));
  }
  to.Add("start_time_utc",
         std::optional(absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::FromChrono(facts.start_time),
                                        absl::UTCTimeZone())));
}

}  // namespace

bool IsRecordedVariable(const std::string& name) {
  const auto starts = [&](std::string_view prefix) { return name.starts_with(prefix); };
  return std::any_of(kRecordedPrefixes.begin(), kRecordedPrefixes.end(), starts) ||
         std::find(kRecordedNames.begin(), kRecordedNames.end(), name) != kRecordedNames.end();
}

ProvenanceFacts ReadProvenanceFacts(std::vector<std::string> argv) {
  return {.source = ReadSourceState({.folder = std::string(kSourceFolder)}),
          .host = ReadHost(),
          .gpus = ReadGpus(),
          .environment = ReadEnvironment(),
          .argv = std::move(argv),
          .start_time = std::chrono::system_clock::now()};
}

Provenance ToAttributes(const ProvenanceFacts& facts) {
  Builder builder;
  AddSource(facts.source, builder);
  AddBuild(builder);
  AddHost(facts.host, builder);
  AddGpus(facts.gpus, builder);
  AddInvocation(facts, builder);
  const MachineTraits traits = TraitsOf(facts.host, facts.gpus, facts.environment);
  builder.Add("machine_class", std::optional(MachineClass(traits)));
  builder.Add("cpu_isa", std::optional(absl::StrJoin(traits.isa, " ")));
  return builder.Take();
}

}  // namespace bench::harness
