// The command line of bench-run, parsed by the one table of options (option_table.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/run/torch_runtime.h"
#include "harness/stages/stage.h"

namespace bench::harness {

enum class Command {
  kRun,
  kHelp,
  kVersion,
  kFields,
  kList,
  kCheck,
  kLock,
  kExport,
  kGenerate,
  kRecover,
  kStore,
  kPlan,
};
enum class StoreAction { kList, kPrune, kRemember, kForget };
enum class SeedMode { kPerReplicate, kSame };
enum class PlanForm { kText, kJson };

struct PlanOptions {
  std::vector<int64_t> ranks = {1, 4, 16, 64, 256, 1024};  // those of the ZeRO paper's table
  double device_gb = 80;                                   // 10^9 bytes
  std::optional<int64_t> vocab_size;                       // absent: the tokenizer's
  PlanForm form = PlanForm::kText;

  bool operator==(const PlanOptions&) const = default;
};

struct Options {
  Command command = Command::kRun;
  std::vector<std::string> arguments;  // the experiment, or what the command works on
  std::vector<std::string> overrides;
  std::string experiments_root;
  std::string store_root;
  std::optional<std::string> out;
  std::optional<int64_t> repeat;
  std::optional<int64_t> replicate;
  std::optional<int64_t> stop_after_step;
  std::optional<int64_t> num_ranks;       // --nproc: processes to start
  std::optional<int64_t> rank_timeout_s;  // how long ranks wait for each other at the start
  SeedMode seeds = SeedMode::kPerReplicate;
  StartMode start = StartMode::kFresh;
  DeviceChoice device = DeviceChoice::kAuto;
  ArtifactCopies copies = ArtifactCopies::kInStore;
  StoreAction store_action = StoreAction::kList;
  PlanOptions plan;
};

// Defaults come from the environment: BENCH_ROOT (the project's folder; else the current one) and
// BENCH_STORE; a torchrun restart (TORCHELASTIC_RESTART_COUNT > 0) implies --resume.
// Every argument is used or refused. UsageError for an option that there is not (naming a similar
// one), that is given twice, whose value is missing or that the command does not take, and for an
// argument too many. --help alone wins over what follows it. "--" ends the options.
absl::StatusOr<Options> ParseOptions(const std::vector<std::string>& arguments);

std::string HelpText();

}  // namespace bench::harness
