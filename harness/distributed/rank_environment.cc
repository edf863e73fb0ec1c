#include "harness/distributed/rank_environment.h"

#include <array>
#include <cstdlib>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench::harness {
namespace {

// What a launcher calls the four numbers.
struct Names {
  const char* rank;
  const char* size;
  const char* local_rank;
  const char* local_size;
};
constexpr Names kTorch = {"RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE"};
constexpr Names kSlurm = {"SLURM_PROCID", "SLURM_NTASKS", "SLURM_LOCALID", "SLURM_NTASKS_PER_NODE"};
constexpr std::array kTaken = {
    "RANK",        "WORLD_SIZE",  "LOCAL_RANK",   "LOCAL_WORLD_SIZE",
    "MASTER_ADDR", "MASTER_PORT", "SLURM_PROCID", "TORCHELASTIC_USE_AGENT_STORE"};

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
  BENCH_ASSIGN_OR_RETURN(environment.local_size, Number(lookup, names->local_size, 1));
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
