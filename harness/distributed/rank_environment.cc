#include "harness/distributed/rank_environment.h"

#include <array>
#include <cstdlib>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/status.h"

namespace bench::harness {
namespace {

// What a launcher calls the four numbers.
struct Names {
  const char* rank;
  const char* size;
  const char* local_rank;
  absl::StatusOr<int64_t> (*local_size)(const EnvironmentLookup&);
};

constexpr std::array kTaken = {"RANK",
                               "WORLD_SIZE",
                               "LOCAL_RANK",
                               "LOCAL_WORLD_SIZE",
                               "MASTER_ADDR",
                               "MASTER_PORT",
                               "SLURM_PROCID",
                               "TORCHELASTIC_USE_AGENT_STORE",
                               "TORCHELASTIC_RESTART_COUNT"};

absl::StatusOr<int64_t> Number(const EnvironmentLookup& lookup, const char* name,
                               std::optional<int64_t> otherwise) {
  const std::optional<std::string> text = lookup(name);
  if (!text && otherwise) return *otherwise;
  if (!text) return UsageError(absl::StrCat("environment variable ", name, " is missing"));
  int64_t value = 0;
  if (absl::SimpleAtoi(*text, &value) && value >= 0) return value;
  return UsageError(
      absl::StrCat("environment variable ", name, " = \"", *text, "\" is not a count"));
}

absl::StatusOr<int64_t> LocalSizeOfTorch(const EnvironmentLookup& lookup) {
  return Number(lookup, "LOCAL_WORLD_SIZE", 1);
}

// SLURM says it for all nodes of the step: "2(x3),1" is 2, 2, 2, 1.
absl::StatusOr<int64_t> LocalSizeOfSlurm(const EnvironmentLookup& lookup) {
  constexpr char kName[] = "SLURM_STEP_TASKS_PER_NODE";
  const std::string text = lookup(kName).value_or("1");
  BENCH_ASSIGN_OR_RETURN(int64_t node, Number(lookup, "SLURM_NODEID", 0));
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    const std::vector<absl::string_view> sides = absl::StrSplit(part, absl::MaxSplits("(x", 1));
    int64_t tasks = 0, nodes = 1;
    const bool valid =
        absl::SimpleAtoi(sides[0], &tasks) && tasks > 0 &&
        (sides.size() == 1 || absl::SimpleAtoi(absl::StripSuffix(sides[1], ")"), &nodes));
    if (!valid) break;
    if (node < nodes) return tasks;
    node -= nodes;
  }
  return UsageError(
      absl::StrCat("environment variable ", kName, " = \"", text, "\" does not have this node"));
}

constexpr Names kTorch = {"RANK", "WORLD_SIZE", "LOCAL_RANK", LocalSizeOfTorch};
constexpr Names kSlurm = {"SLURM_PROCID", "SLURM_NTASKS", "SLURM_LOCALID", LocalSizeOfSlurm};

absl::Status ReadMaster(const EnvironmentLookup& lookup, RankEnvironment& environment) {
  const auto address = lookup("MASTER_ADDR");
  if (!address) {
    return UsageError(
        "environment variable MASTER_ADDR is missing: start the ranks with --nproc N or torchrun");
  }
  environment.master_address = *address;
  BENCH_ASSIGN_OR_RETURN(const int64_t port, Number(lookup, "MASTER_PORT", std::nullopt));
  if (port < 1 || port > 65535) {
    return UsageError(absl::StrCat("environment variable MASTER_PORT = ", port, " is no port"));
  }
  environment.master_port = static_cast<uint16_t>(port);
  environment.launcher_holds_store = lookup("TORCHELASTIC_USE_AGENT_STORE").value_or("") == "True";
  environment.key_prefix = AttemptPrefix(lookup("TORCHELASTIC_RESTART_COUNT").value_or("0"));
  return absl::OkStatus();
}

std::optional<Names> LauncherOf(const EnvironmentLookup& lookup) {
  if (lookup("RANK") || lookup("WORLD_SIZE")) return kTorch;
  if (lookup("SLURM_PROCID") && lookup("MASTER_ADDR") && lookup("MASTER_PORT")) return kSlurm;
  return std::nullopt;
}

}  // namespace

std::string AttemptPrefix(const std::string& attempt) {
  return absl::StrCat("bench/attempt ", attempt);
}

std::string WatchPrefix(const std::string& key_prefix) { return key_prefix + "/watch"; }

absl::StatusOr<RankEnvironment> ReadRankEnvironment(const EnvironmentLookup& lookup) {
  RankEnvironment environment;
  const std::optional<Names> names = LauncherOf(lookup);
  if (!names) return environment;
  BENCH_ASSIGN_OR_RETURN(environment.rank, Number(lookup, names->rank, std::nullopt));
  BENCH_ASSIGN_OR_RETURN(environment.size, Number(lookup, names->size, std::nullopt));
  if (environment.rank >= environment.size) {
    return UsageError(absl::StrCat("environment: ", names->rank, " = ", environment.rank,
                                   " is not below ", names->size, " = ", environment.size));
  }
  BENCH_ASSIGN_OR_RETURN(environment.local_rank, Number(lookup, names->local_rank, 0));
  BENCH_ASSIGN_OR_RETURN(environment.local_size, names->local_size(lookup));
  if (environment.size > 1) BENCH_RETURN_IF_ERROR(ReadMaster(lookup, environment));
  return environment;
}

absl::StatusOr<RankEnvironment> TakeRankEnvironment() {
  auto environment = ReadRankEnvironment([](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') return std::nullopt;
    return std::string(value);
  });
  for (const char* name : kTaken) ::unsetenv(name);
  return environment;
}

}  // namespace bench::harness
