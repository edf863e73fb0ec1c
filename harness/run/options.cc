#include "harness/run/options.h"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <string_view>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "base/status.h"
#include "harness/definition/unknown_key.h"

namespace bench::harness {
namespace {

using Values = std::vector<std::string>;

constexpr int64_t kMaxPlannedRanks = 1'000'000;
constexpr double kMaxDeviceGb = 1e6;

struct OptionRow {
  std::string_view name;
  std::string_view values;  // placeholders, space separated; empty: a switch
  std::string_view help;
  std::function<absl::Status(Options&, const Values&)> apply;

  size_t num_values() const {
    return values.empty() ? 0
                          : 1 + static_cast<size_t>(std::count(values.begin(), values.end(), ' '));
  }
};

absl::Status ParseCount(std::string_view option, const std::string& text, int64_t min,
                        std::optional<int64_t>& into) {
  int64_t value = 0;
  if (!absl::SimpleAtoi(text, &value) || value < min) {
    return UsageError(absl::StrCat("--", internal::View(option), " ", text,
                                   ": must be an integer of at least ", min));
  }
  into = value;
  return absl::OkStatus();
}

std::function<absl::Status(Options&, const Values&)> Sets(Command command) {
  return [command](Options& options, const Values& values) {
    if (options.command != Command::kRun) return UsageError("give one command at a time");
    options.command = command;
    options.arguments.insert(options.arguments.end(), values.begin(), values.end());
    return absl::OkStatus();
  };
}

template <typename E>
absl::StatusOr<E> OneOf(std::string_view option, const std::string& text,
                        const std::vector<std::pair<std::string_view, E>>& choices) {
  std::string known;
  for (const auto& [name, value] : choices) {
    if (text == name) return value;
    absl::StrAppend(&known, known.empty() ? "" : ", ", internal::View(name));
  }
  return UsageError(
      absl::StrCat("--", internal::View(option), " ", text, ": must be one of ", known));
}

std::vector<OptionRow> RunRows() {
  return {
      {"set", "KEY=VALUE", "change a field of the definition (repeatable); marks the run ad hoc",
       [](Options& o, const Values& v) {
         o.overrides.push_back(v[0]);
         return absl::OkStatus();
       }},
      {"out", "DIR", "folder of the run; default: a fresh one in the store",
       [](Options& o, const Values& v) {
         o.out = v[0];
         return absl::OkStatus();
       }},
      {"resume", "", "continue the run in --out; a complete one is left as it is",
       [](Options& o, const Values&) {
         o.start = StartMode::kResume;
         return absl::OkStatus();
       }},
      {"repeat", "N", "N replicates, each in a fresh process, into DIR/r0, DIR/r1, ...",
       [](Options& o, const Values& v) { return ParseCount("repeat", v[0], 1, o.repeat); }},
      {"replicate", "R", "replicate number R (seeds differ by it); default 0",
       [](Options& o, const Values& v) { return ParseCount("replicate", v[0], 0, o.replicate); }},
      {"same-seed", "", "with --repeat: every replicate uses the seeds of replicate 0",
       [](Options& o, const Values&) {
         o.seeds = SeedMode::kSame;
         return absl::OkStatus();
       }},
      {"stop-after-step", "N", "stop training there, with a checkpoint; --resume continues",
       [](Options& o, const Values& v) {
         return ParseCount("stop-after-step", v[0], 0, o.stop_after_step);
       }},
      {"nproc", "N", "train with N processes on this machine; run.threads are shared among them",
       [](Options& o, const Values& v) { return ParseCount("nproc", v[0], 1, o.num_ranks); }},
      {"rank-timeout", "SECONDS",
       "how long processes wait for each other at the start; default 300",
       [](Options& o, const Values& v) {
         return ParseCount("rank-timeout", v[0], 1, o.rank_timeout_s);
       }},
      {"device", "KIND", "cpu, cuda or auto (default)",
       [](Options& o, const Values& v) {
         BENCH_ASSIGN_OR_RETURN(
             o.device, (OneOf<DeviceChoice>("device", v[0],
                                            {{Name(DeviceChoice::kAuto), DeviceChoice::kAuto},
                                             {Name(DeviceChoice::kCpu), DeviceChoice::kCpu},
                                             {Name(DeviceChoice::kCuda), DeviceChoice::kCuda}})));
         return absl::OkStatus();
       }},
      {"experiments", "DIR", "folder of the definitions; default: experiments/ of the project",
       [](Options& o, const Values& v) {
         o.experiments_root = v[0];
         return absl::OkStatus();
       }},
  };
}

std::vector<OptionRow> CommandRows() {
  return {
      {"help", "", "this text", Sets(Command::kHelp)},
      {"fields", "STAGE", "every field of a definition of this stage: type, default, meaning",
       Sets(Command::kFields)},
      {"list", "", "the experiments", Sets(Command::kList)},
      {"check", "", "check every definition and versions.lock", Sets(Command::kCheck)},
      {"lock", "", "add new definitions to versions.lock", Sets(Command::kLock)},
      {"export", "RESULT DIR", "the trained model of a result as a Hugging Face folder",
       Sets(Command::kExport)},
      {"generate", "RESULT PROMPT", "let the trained model of a result answer an instruction",
       Sets(Command::kGenerate)},
      {"recover", "DIR", "make the results file of a run that was killed, from its journal",
       Sets(Command::kRecover)},
      {"store", "ACTION",
       "list: what the store holds, with sizes and what may go; prune: remove that (artifacts and "
       "checkpoints that nothing needs any more; results stay)",
       [](Options& o, const Values& v) {
         BENCH_ASSIGN_OR_RETURN(
             o.store_action,
             (OneOf<StoreAction>("store", v[0],
                                 {{"list", StoreAction::kList}, {"prune", StoreAction::kPrune}})));
         return Sets(Command::kStore)(o, {});
       }},
  };
}

// Keeps the command line's order, but every number once.
absl::Status ParseRanks(const std::string& text, std::vector<int64_t>& into) {
  into.clear();
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    std::optional<int64_t> count;
    BENCH_RETURN_IF_ERROR(ParseCount("plan-ranks", std::string(part), 1, count));
    if (*count > kMaxPlannedRanks) {
      return UsageError(
          absl::StrCat("--plan-ranks ", *count, ": must be at most ", kMaxPlannedRanks));
    }
    if (!absl::c_linear_search(into, *count)) into.push_back(*count);
  }
  return absl::OkStatus();
}

absl::Status ParseDeviceGb(const std::string& text, double& into) {
  if (absl::SimpleAtod(text, &into) && into > 0 && into <= kMaxDeviceGb) return absl::OkStatus();
  return UsageError(
      absl::StrCat("--device-gb ", text, ": must be a number above 0, at most ", kMaxDeviceGb));
}

std::vector<OptionRow> PlanRows() {
  return {
      {"plan", "", "print the plan", Sets(Command::kPlan)},
      {"plan-ranks", "N,N,...", "numbers of devices; default 1,4,16,64,256,1024",
       [](Options& o, const Values& v) { return ParseRanks(v[0], o.plan.ranks); }},
      {"device-gb", "G", "memory of a device, in 10^9 bytes; default 80",
       [](Options& o, const Values& v) { return ParseDeviceGb(v[0], o.plan.device_gb); }},
      {"vocab-size", "V", "instead of the tokenizer's",
       [](Options& o, const Values& v) {
         return ParseCount("vocab-size", v[0], 1, o.plan.vocab_size);
       }},
      {"json", "", "for programs (FORMAT.md)",
       [](Options& o, const Values&) {
         o.plan.form = PlanForm::kJson;
         return absl::OkStatus();
       }},
  };
}

const std::vector<OptionRow>& AllRows() {
  static const std::vector<OptionRow> rows = [] {
    std::vector<OptionRow> all = RunRows();
    for (OptionRow& row : CommandRows()) all.push_back(std::move(row));
    for (OptionRow& row : PlanRows()) all.push_back(std::move(row));
    return all;
  }();
  return rows;
}

absl::StatusOr<const OptionRow*> FindRow(const std::string& name) {
  std::vector<std::string> names;
  for (const OptionRow& row : AllRows()) {
    if (row.name == name) return &row;
    names.emplace_back(row.name);
  }
  const auto nearest = NearestName(name, names);
  return UsageError(absl::StrCat(
      "unknown option --", name,
      nearest ? absl::StrCat("; did you mean --", *nearest, "?") : std::string("; see --help")));
}

std::optional<std::string> Environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return std::string(value);
}

Options Defaults() {
  Options options;
  const std::string root = Environment("BENCH_ROOT").value_or(".");
  options.experiments_root = root + "/experiments";
  options.store_root = Environment("BENCH_STORE").value_or(root + "/results/store");
  int64_t restarts = 0;
  if (absl::SimpleAtoi(Environment("TORCHELASTIC_RESTART_COUNT").value_or("0"), &restarts) &&
      restarts > 0) {
    options.start = StartMode::kResume;
  }
  return options;
}

// Applies the option at arguments[i] and returns the index behind its values.
absl::StatusOr<size_t> ApplyOption(const std::vector<std::string>& arguments, size_t i,
                                   Options& options) {
  std::string name = arguments[i++].substr(2);
  Values values;
  if (const size_t equals = name.find('='); equals != std::string::npos) {
    values.push_back(name.substr(equals + 1));
    name.resize(equals);
  }
  BENCH_ASSIGN_OR_RETURN(const OptionRow* row, FindRow(name));
  while (values.size() < row->num_values() && i < arguments.size())
    values.push_back(arguments[i++]);
  if (values.size() != row->num_values()) {
    return UsageError(absl::StrCat("--", name, " needs ", row->num_values(),
                                   " value(s): ", internal::View(row->values)));
  }
  BENCH_RETURN_IF_ERROR(row->apply(options, values));
  return i;
}

absl::Status CheckCombination(const Options& options) {
  if (options.command != Command::kPlan && options.plan != PlanOptions{}) {
    return UsageError("--plan-ranks, --device-gb, --vocab-size and --json go with --plan");
  }
  if (options.command != Command::kRun && options.command != Command::kPlan) {
    return absl::OkStatus();
  }
  if (options.arguments.size() != 1) {
    return UsageError(
        options.arguments.empty()
            ? "name an experiment, such as experiments/sft_small; see --help"
            : absl::StrCat("one experiment at a time, not also ", options.arguments[1]));
  }
  if (options.start == StartMode::kResume && !options.out) {
    return UsageError(
        "--resume (which a restart by torchrun implies) needs --out DIR, the run to continue");
  }
  if (options.repeat && options.replicate) {
    return UsageError("--repeat numbers the replicates itself: leave --replicate out");
  }
  if (options.seeds == SeedMode::kSame && !options.repeat) {
    return UsageError("--same-seed goes with --repeat");
  }
  return absl::OkStatus();
}

std::string RowsText(const std::vector<OptionRow>& rows) {
  std::string text;
  for (const OptionRow& row : rows) {
    const std::string left = absl::StrCat(
        "--", internal::View(row.name), row.values.empty() ? "" : " ", internal::View(row.values));
    absl::StrAppendFormat(&text, "  %-26s %s\n", left, internal::View(row.help));
  }
  return text;
}

}  // namespace

absl::StatusOr<Options> ParseOptions(const std::vector<std::string>& arguments) {
  Options options = Defaults();
  for (size_t i = 0; i < arguments.size();) {
    if (arguments[i] == "-h") {
      options.command = Command::kHelp;
      return options;
    }
    if (absl::StartsWith(arguments[i], "--")) {
      BENCH_ASSIGN_OR_RETURN(i, ApplyOption(arguments, i, options));
      if (options.command == Command::kHelp) return options;
    } else {
      options.arguments.push_back(arguments[i++]);
    }
  }
  BENCH_RETURN_IF_ERROR(CheckCombination(options));
  return options;
}

std::string HelpText() {
  return absl::StrCat(
      "Runs a versioned experiment and leaves one HDF5 results file.\n\n"
      "usage: bench-run [options] EXPERIMENT        experiments/NAME, NAME@N or a .toml of your "
      "own\n"
      "       bench-run COMMAND\n\noptions:\n",
      RowsText(RunRows()), "\ncommands:\n", RowsText(CommandRows()),
      "\nmemory that a device needs, by ZeRO stage (with EXPERIMENT, --set and --device):\n",
      RowsText(PlanRows()),
      "\nexamples:\n"
      "  bench-run experiments/sft_small\n"
      "  bench-run experiments/sft_small --repeat 3 --out my_runs\n"
      "  bench-run experiments/sft_small --set optimizer.learning_rate=1e-3\n"
      "  bench-run experiments/sft_small --set data.path=my.jsonl\n"
      "  bench-run experiments/sft_small --out my_run --resume\n"
      "  bench-run --generate my_run 'Write \"設定\" in Simplified Chinese.'\n"
      "  bench-run experiments/clm_1b --plan --plan-ranks 1,8 --device-gb 141\n"
      "\nexit codes: 0 ok; 1 diverged or outside the acceptance bounds; 2 usage or definition "
      "error;\n"
      "  3 not comparable; 4 bad input data; 5 environment or I/O failure; 128+n ended by signal "
      "n\n"
      "environment: BENCH_STORE (where artifacts and runs are kept), NO_COLOR\n");
}

}  // namespace bench::harness
