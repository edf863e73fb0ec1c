#include "harness/run/option_table.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/status.h"
#include "harness/definition/enum_names.h"
#include "harness/run/corpus_plan_options.h"
#include "harness/run/profile_options.h"

namespace bench::harness {
namespace {

using Values = OptionValues;

constexpr int64_t kMaxPlannedRanks = 1'000'000;
constexpr double kMaxDeviceGb = 1e6;

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

std::function<absl::Status(Options&, const Values&)> Count(std::string_view option, int64_t min,
                                                           std::optional<int64_t> Options::*into) {
  return [=](Options& options, const Values& values) {
    return ParseCount(option, values[0], min, options.*into);
  };
}

template <typename Enum>
std::function<absl::Status(Options&, const Values&)> Switch(Enum Options::*into, Enum value) {
  return [=](Options& options, const Values&) {
    options.*into = value;
    return absl::OkStatus();
  };
}

std::function<absl::Status(Options&, const Values&)> SetsForm(OutputForm form) {
  return [form](Options& options, const Values&) {
    if (options.form != OutputForm::kText) return UsageError("give one of --json and --html");
    options.form = form;
    return absl::OkStatus();
  };
}

absl::Status ParseDevice(Options& o, const Values& v) {
  BENCH_ASSIGN_OR_RETURN(o.device,
                         (OneOf<DeviceChoice>("device", v[0],
                                              {{Name(DeviceChoice::kAuto), DeviceChoice::kAuto},
                                               {Name(DeviceChoice::kCpu), DeviceChoice::kCpu},
                                               {Name(DeviceChoice::kCuda), DeviceChoice::kCuda}})));
  return absl::OkStatus();
}

absl::Status ParseStoreAction(Options& o, const Values& v) {
  BENCH_ASSIGN_OR_RETURN(o.store_action, (OneOf<StoreAction>("store", v[0],
                                                             {{"list", StoreAction::kList},
                                                              {"prune", StoreAction::kPrune},
                                                              {"remember", StoreAction::kRemember},
                                                              {"forget", StoreAction::kForget}})));
  return Sets(Command::kStore)(o, {});
}

// What is run.
std::vector<OptionRow> MakeDefinitionRows() {
  const std::vector<Command> run = {Command::kRun};
  return {
      {"set",
       "KEY=VALUE",
       "change a field of the definition (repeatable); marks the run ad hoc",
       {Command::kRun, Command::kPlan},
       [](Options& o, const Values& v) {
         o.overrides.push_back(v[0]);
         return absl::OkStatus();
       },
       Repeats::kYes},
      {"sweep", "KEY=V1,V2,...",
       "run every value of the field, into DIR/KEY=V1, ...; repeated: every combination", run,
       [](Options& o, const Values& v) {
         o.sweeps.push_back(v[0]);
         return absl::OkStatus();
       },
       Repeats::kYes},
      {"steps",
       "N",
       "a short run of N steps, with warm-up, evaluations and checkpoints scaled; marks it ad hoc",
       {Command::kRun},
       Count("steps", 1, &Options::steps)},
      {"dry-run", "",
       "say what has to be run first, what that took when last measured, and what disk it takes; "
       "run nothing",
       run, Switch(&Options::rehearsal, Rehearsal::kDryRun)},
      {"device",
       "KIND",
       "cpu, cuda or auto (default)",
       {Command::kRun, Command::kPlan},
       ParseDevice},
      {"experiments",
       "DIR",
       "folder of the definitions; default: experiments/ of the project",
       {Command::kRun, Command::kPlan, Command::kList, Command::kCheck, Command::kLock,
        Command::kStore},
       [](Options& o, const Values& v) {
         o.experiments_root = v[0];
         return absl::OkStatus();
       }},
  };
}

// How it is run, and where.
std::vector<OptionRow> MakeRunRows() {
  const std::vector<Command> run = {Command::kRun};
  std::vector<OptionRow> rows = MakeDefinitionRows();
  const std::vector<OptionRow> how = {
      {"out", "DIR", "folder of the run; default: a fresh one in the store", run,
       [](Options& o, const Values& v) {
         o.out = v[0];
         return absl::OkStatus();
       }},
      {"resume", "", "continue the run in --out; a complete one is left as it is", run,
       Switch(&Options::start, StartMode::kResume)},
      {"portable", "",
       "the run's folder gets a copy of its model, so that it can be moved to another machine or "
       "store",
       run, Switch(&Options::copies, ArtifactCopies::kInRunFolder)},
      {"repeat", "N", "N replicates, each in a fresh process, into DIR/r0, DIR/r1, ...", run,
       Count("repeat", 1, &Options::repeat)},
      {"replicate", "R", "replicate number R (seeds differ by it); default 0", run,
       Count("replicate", 0, &Options::replicate)},
      {"same-seed", "", "with --repeat: every replicate uses the seeds of replicate 0", run,
       Switch(&Options::seeds, SeedMode::kSame)},
      {"stop-after-step", "N", "stop training there, with a checkpoint; --resume continues", run,
       Count("stop-after-step", 0, &Options::stop_after_step)},
      {"nproc", "N", "run as N processes on this machine; run.threads are shared among them", run,
       Count("nproc", 1, &Options::num_ranks)},
      {"rank-timeout", "SECONDS",
       "how long processes wait for each other at the start; default 300", run,
       Count("rank-timeout", 1, &Options::rank_timeout_s)},
  };
  rows.insert(rows.end(), how.begin(), how.end());
  const std::vector<OptionRow> profile = ProfileRows();
  rows.insert(rows.end(), profile.begin(), profile.end());
  return rows;
}

OptionRow CommandRow(Command command, std::string_view name, std::string_view values,
                     std::string_view help) {
  return {name, values, help, {}, Sets(command), Repeats::kNo, command};
}

std::vector<OptionRow> MakeCommandRows() {
  return {
      CommandRow(Command::kHelp, "help", "", "this text"),
      CommandRow(Command::kVersion, "version", "", "the version of this program and of LibTorch"),
      CommandRow(Command::kFields, "fields", "STAGE",
                 "every field of a definition of this stage: type, default, meaning"),
      CommandRow(Command::kList, "list", "", "the experiments"),
      CommandRow(Command::kCheck, "check", "", "check every definition and versions.lock"),
      CommandRow(Command::kLock, "lock", "", "add new definitions to versions.lock"),
      CommandRow(Command::kShow, "show", "RESULT",
                 "what a result says: what was run, key figures, curves, ranges, samples, origin"),
      CommandRow(Command::kRuns, "runs", "",
                 "a table of the store's runs, or of those of the EXPERIMENT that is named"),
      CommandRow(Command::kInspect, "inspect", "PATH",
                 "what a data file, tokenizer or model folder is, how it would be read, and what "
                 "would be refused"),
      {"tokenizer",
       "PATH",
       "what encodes the first record of the data that --inspect looks at",
       {Command::kInspect},
       [](Options& o, const Values& v) {
         o.tokenizer = v[0];
         return absl::OkStatus();
       }},
      CommandRow(Command::kModels, "models", "",
                 "the families of models that are known: published sizes, parameters, axes"),
      CommandRow(Command::kExport, "export", "RESULT DIR",
                 "the trained model of a result as a Hugging Face folder"),
      CommandRow(Command::kGenerate, "generate", "RESULT PROMPT",
                 "let the trained model of a result answer an instruction"),
      CommandRow(Command::kRecover, "recover", "DIR",
                 "make the results file of a run that was killed, from its journal; one that has "
                 "more than the journal is left as it is"),
      {"store",
       "ACTION",
       "list: what the store holds, with sizes and what may go; prune: remove that (artifacts and "
       "checkpoints that nothing needs any more; results stay); remember DIR, forget DIR: keep, or "
       "no longer keep, the model of the run that is, or was, in DIR",
       {},
       ParseStoreAction,
       Repeats::kNo,
       Command::kStore},
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

std::vector<OptionRow> MakePlanRows() {
  const std::vector<Command> plan = {Command::kPlan};
  return {
      CommandRow(Command::kPlan, "plan", "", "print the plan"),
      {"plan-ranks", "N,N,...", "numbers of devices, or processes; default 1,4,16,64,256,1024",
       plan, [](Options& o, const Values& v) { return ParseRanks(v[0], o.plan.ranks); }},
      {"device-gb", "G", "memory of a device, in 10^9 bytes; default 80", plan,
       [](Options& o, const Values& v) { return ParseDeviceGb(v[0], o.plan.device_gb); }},
      {"vocab-size", "V", "instead of the tokenizer's", plan,
       [](Options& o, const Values& v) {
         return ParseCount("vocab-size", v[0], 1, o.plan.vocab_size);
       }},
      {"model", "NAME", "plan for a published model (--models) in place of the EXPERIMENT's", plan,
       [](Options& o, const Values& v) {
         o.plan.model = v[0];
         return absl::OkStatus();
       }},
      {"json",
       "",
       "for programs (FORMAT.md)",
       {Command::kPlan, Command::kShow, Command::kRuns, Command::kModels},
       SetsForm(OutputForm::kJson)},
      {"html",
       "[=FILE]",
       "one HTML page with charts, printed or written to FILE",
       {Command::kShow},
       [](Options& o, const Values& v) {
         if (!v.empty()) o.html_file = v[0];
         return SetsForm(OutputForm::kHtml)(o, v);
       }},
  };
}

const std::vector<const OptionRow*>& AllRows() {
  static const std::vector<const OptionRow*> all = [] {
    std::vector<const OptionRow*> rows;
    for (const auto* part : {&RunRows(), &CommandRows(), &PlanRows()}) {
      for (const OptionRow& row : *part) rows.push_back(&row);
    }
    return rows;
  }();
  return all;
}

}  // namespace

size_t OptionRow::num_values() const {
  return values.empty() || value_is_optional()
             ? 0
             : 1 + static_cast<size_t>(std::count(values.begin(), values.end(), ' '));
}

const std::vector<OptionRow>& RunRows() {
  static const std::vector<OptionRow> rows = MakeRunRows();
  return rows;
}
const std::vector<OptionRow>& CommandRows() {
  static const std::vector<OptionRow> rows = MakeCommandRows();
  return rows;
}
const std::vector<OptionRow>& PlanRows() {
  static const std::vector<OptionRow> rows = [] {
    std::vector<OptionRow> plan = MakePlanRows();
    const std::vector<OptionRow> of_corpora = CorpusPlanRows();
    plan.insert(plan.end(), of_corpora.begin(), of_corpora.end());
    return plan;
  }();
  return rows;
}

const OptionRow* RowNamed(std::string_view name) {
  for (const OptionRow* row : AllRows()) {
    if (row->name == name) return row;
  }
  return nullptr;
}

std::vector<std::string> RowNames() {
  std::vector<std::string> names;
  for (const OptionRow* row : AllRows()) names.emplace_back(row->name);
  return names;
}

std::string OptionsOf(Command command) {
  std::vector<std::string> names;
  for (const OptionRow* row : AllRows()) {
    if (!absl::c_linear_search(row->taken_by, command)) continue;
    names.push_back(absl::StrCat("--", internal::View(row->name)));
  }
  return absl::StrJoin(names, ", ");
}

std::string CommandName(Command command) {
  for (const OptionRow* row : AllRows()) {
    if (row->command == command) return absl::StrCat("--", internal::View(row->name));
  }
  return "a run";
}

std::string_view ArgumentOf(const Options& options) {
  switch (options.command) {
    case Command::kRun:
      return "EXPERIMENT";
    case Command::kPlan:
      return options.plan.model ? "[EXPERIMENT]" : "EXPERIMENT";
    case Command::kRuns:
      return "[EXPERIMENT]";
    case Command::kStore:
      return options.store_action == StoreAction::kRemember ||
                     options.store_action == StoreAction::kForget
                 ? "DIR"
                 : "";
    default:
      return "";
  }
}

}  // namespace bench::harness
