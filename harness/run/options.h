// The command line of bench-run, parsed by the one table of options (option_table.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/context/torch_runtime.h"
#include "harness/profiling/profile_request.h"
#include "harness/run/start_mode.h"
#include "harness/store/run_artifact.h"

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
  kShow,
  kRuns,
  kInspect,
  kModels,
};
enum class StoreAction { kList, kPrune, kRemember, kForget };
enum class SeedMode { kPerReplicate, kSame };
enum class OutputForm { kText, kJson, kHtml };
enum class Rehearsal { kNone, kDryRun };  // kDryRun: say what would be run, and run nothing

// What --plan cannot know of a corpus from its definition.
struct CorpusPlanOptions {
  std::optional<double> input_gib;       // files that are read; absent: those of corpus.path
  std::optional<double> document_bytes;  // mean text of a document; absent: as measured
  std::optional<double> shared_gbps;     // 10^9 bytes/s of the shared folder, all ranks together
  std::optional<std::string> rates;      // file of measured rates; absent: the committed one

  bool operator==(const CorpusPlanOptions&) const = default;
};

struct PlanOptions {
  std::vector<int64_t> ranks = {1, 4, 16, 64, 256, 1024};  // those of the ZeRO paper's table
  double device_gb = 80;                                   // 10^9 bytes
  std::optional<int64_t> vocab_size;                       // absent: the tokenizer's
  std::optional<std::string> model;                        // a published one, by its name
  CorpusPlanOptions corpus;                                // of stage corpus

  bool operator==(const PlanOptions&) const = default;
};

struct Options {
  Command command = Command::kRun;
  std::vector<std::string> arguments;  // the experiment, or what the command works on
  std::vector<std::string> overrides;
  std::vector<std::string> sweeps;  // --sweep: "key=value,value"
  std::string experiments_root;
  std::string store_root;
  std::optional<std::string> out;
  std::optional<int64_t> repeat;
  std::optional<int64_t> replicate;
  std::optional<int64_t> stop_after_step;
  std::optional<int64_t> steps;           // --steps: a short run (short_run.h)
  std::optional<int64_t> num_ranks;       // --nproc: processes to start
  std::optional<int64_t> rank_timeout_s;  // how long ranks wait for each other at the start
  SeedMode seeds = SeedMode::kPerReplicate;
  StartMode start = StartMode::kFresh;
  DeviceChoice device = DeviceChoice::kAuto;
  ArtifactCopies copies = ArtifactCopies::kInStore;
  StoreAction store_action = StoreAction::kList;
  Rehearsal rehearsal = Rehearsal::kNone;
  OutputForm form = OutputForm::kText;   // --json: for programs; --html: a page
  std::optional<std::string> html_file;  // --html=FILE; absent: stdout
  std::optional<std::string> tokenizer;  // --inspect: what encodes the sample
  PlanOptions plan;
  std::optional<ProfileTool> profile;  // --profile: this is no run to measure
  std::optional<ProfiledSteps> profile_steps;
};

// Defaults come from the environment: BENCH_ROOT (the project's folder; else the current one) and
// BENCH_STORE; a torchrun restart (TORCHELASTIC_RESTART_COUNT > 0) implies --resume.
// Every argument is used or refused. UsageError for an option that there is not (naming a similar
// one), that is given twice, whose value is missing or that the command does not take, and for an
// argument too many. --help alone wins over what follows it. "--" ends the options.
absl::StatusOr<Options> ParseOptions(const std::vector<std::string>& arguments);

std::string HelpText();

}  // namespace bench::harness
