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

// Absent of an empty diff.
std::optional<std::string> DiffSha256(const SourceState& source) {
  if (!source.diff || source.diff->empty()) return std::nullopt;
  return Sha256Hex(*source.diff);
}

void AddSource(const BuiltSource& source, Builder& to) {
  const SourceState& state = source.state;
  to.Add(std::string(results::kSourceCommit), state.commit);
  to.Add(std::string(results::kSourceDirty), state.dirty);
  to.Add(std::string(results::kSourceDiffSha256), DiffSha256(state));
  to.Add(std::string(results::kSourceChangedInBuild), source.changed_in_build);
  if (state.diff && !state.diff->empty()) to.Add("source_diff", state.diff);
  if (state.untracked && !state.untracked->empty()) to.Add("source_untracked", state.untracked);
}

void AddTree(const ProvenanceFacts& facts, Builder& to) {
  const std::optional<bool> differs = Differ(facts.source.state, facts.tree);
  to.Add("source_tree_differs", differs);
  if (!differs.value_or(false)) return;
  to.Add("source_tree_commit", facts.tree.commit);
  to.Add("source_tree_dirty", facts.tree.dirty);
  to.Add("source_tree_diff_sha256", DiffSha256(facts.tree));
}

void AddHarness(const SourceState& harness, Builder& to) {
  to.Add("harness_commit", harness.commit);
  to.Add("harness_dirty", harness.dirty);
  to.Add("harness_diff_sha256", DiffSha256(harness));
}

// The commit, and whether there is more than it.
std::string Shown(const SourceState& source) {
  constexpr size_t kDigits = 12;
  const std::string commit = source.commit.value_or("no commit").substr(0, kDigits);
  return source.dirty.value_or(false) ? commit + " with changes" : commit;
}

void AddBuild(Builder& to) {
  for (const auto& [key, value] : kBuildFacts) {
    if (!value.empty()) to.Add(std::string(key), std::optional(std::string(value)));
  }
  to.Add("glibc_version", std::optional(std::string(::gnu_get_libc_version())));
}

void AddHost(const HostFacts& host, Builder& to) {
  to.Add(std::string(results::kHost), host.host);
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
  to.Add(std::string(results::kStartTimeUtc),
         std::optional(absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::FromChrono(facts.start_time),
                                        absl::UTCTimeZone())));
}

}  // namespace

bool IsRecordedVariable(const std::string& name) {
  const auto starts = [&](std::string_view prefix) { return name.starts_with(prefix); };
  return std::any_of(kRecordedPrefixes.begin(), kRecordedPrefixes.end(), starts) ||
         std::find(kRecordedNames.begin(), kRecordedNames.end(), name) != kRecordedNames.end();
}

ProvenanceFacts ReadProvenanceFacts(std::vector<std::string> argv, BuiltSource source) {
  return {.source = std::move(source),
          .tree = ReadSourceState({.folder = std::string(kSourceFolder)}),
          .host = ReadHost(),
          .gpus = ReadGpus(),
          .environment = ReadEnvironment(),
          .argv = std::move(argv),
          .start_time = std::chrono::system_clock::now()};
}

ProvenanceFacts WithMeasuredSource(ProvenanceFacts facts, const SourceState& measured) {
  facts.harness = std::move(facts.source.state);
  facts.source = {measured, std::nullopt};
  facts.tree = measured;
  return facts;
}

std::vector<std::string> SourceNotes(const ProvenanceFacts& facts) {
  std::vector<std::string> notes;
  if (Differ(facts.source.state, facts.tree).value_or(false)) {
    notes.push_back(absl::StrCat("this program was built from ", Shown(facts.source.state),
                                 ", which is recorded; its source folder is at ", Shown(facts.tree),
                                 " by now"));
  }
  if (facts.source.changed_in_build.value_or(false)) {
    notes.emplace_back(
        "source files changed while this program was built, so that it may be of another state "
        "than is recorded: build it again");
  }
  return notes;
}

Provenance ToAttributes(const ProvenanceFacts& facts) {
  Builder builder;
  AddSource(facts.source, builder);
  AddTree(facts, builder);
  if (facts.harness) AddHarness(*facts.harness, builder);
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
