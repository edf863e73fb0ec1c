#include "harness/run/commands.h"

#include <cstdio>
#include <filesystem>
#include <set>
#include <span>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/data/prompt.h"
#include "harness/definition/load.h"
#include "harness/definition/lock.h"
#include "harness/definition/reference.h"
#include "harness/distributed/rank_environment.h"
#include "harness/evaluation/generation.h"
#include "harness/measurement/program_version.h"
#include "harness/model_io/chat_template_choice.h"
#include "harness/model_io/decoder_artifact.h"
#include "harness/model_io/decoder_inputs.h"
#include "harness/run/inspect_command.h"
#include "harness/run/local_ranks.h"
#include "harness/run/models_table.h"
#include "harness/run/plan_command.h"
#include "harness/run/prerequisites.h"
#include "harness/run/profiled_process.h"
#include "harness/run/replicates.h"
#include "harness/run/run_experiment.h"
#include "harness/run/short_run.h"
#include "harness/run/show_command.h"
#include "harness/run/stage_factory.h"
#include "harness/run/sweep.h"
#include "harness/run/sweep_plan.h"
#include "harness/store/store.h"
#include "harness/store/store_report.h"
#include "results/isolated_reader.h"
#include "results/results_recovery.h"
#include "results/run_writer.h"
#include "results/text.h"

namespace bench::harness {
namespace {

absl::StatusOr<int> RunOne(const Options& options, const RankEnvironment& ranks,
                           const Invocation& invocation) {
  RunRequest request;
  request.ranks = ranks;
  request.rank_timeout_s = options.rank_timeout_s.value_or(request.rank_timeout_s);
  request.experiment = options.arguments[0];
  request.overrides = options.overrides;
  request.experiments_root = options.experiments_root;
  request.store_root = options.store_root;
  request.folder = options.out;
  request.replicate = options.replicate.value_or(0);
  request.start = options.start;
  request.stop_after_step = options.stop_after_step;
  if (options.profile) request.profile = ProfileRequest{*options.profile, options.profile_steps};
  request.device = options.device;
  request.copies = options.copies;
  request.argv = invocation.argv;
  request.source = invocation.source;
  BENCH_ASSIGN_OR_RETURN(const RunReport report, RunExperiment(request));
  if (!report.results_path.empty()) absl::PrintF("%s\n", report.results_path);
  return report.exit_code;
}

// An error is found before any process is started, and said once.
absl::Status CheckForRanks(const Options& options) {
  BENCH_ASSIGN_OR_RETURN(const LoadedDefinition loaded, LoadNamed(options));
  return MakeStage(loaded.definition)->CheckRanks(*options.num_ranks);
}

// --steps as what --set would say, so that every process of the run has the same definition.
absl::StatusOr<Options> WithStepsSet(Options options) {
  if (!options.steps) return options;
  BENCH_ASSIGN_OR_RETURN(const LoadedDefinition loaded, LoadNamed(options));
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> overrides,
                         ShortRunOverrides(loaded.definition, *options.steps));
  options.overrides.insert(options.overrides.end(), overrides.begin(), overrides.end());
  if (const absl::Status valid = LoadNamed(options).status(); !valid.ok()) {
    return Annotate(valid, absl::StrCat("--steps ", *options.steps));
  }
  return options;
}

absl::Status CheckStops(const Options& options) {
  if (!options.stop_after_step) return absl::OkStatus();
  BENCH_ASSIGN_OR_RETURN(const LoadedDefinition loaded, LoadNamed(options));
  const StageKind kind = loaded.definition.kind();
  if (absl::c_linear_search(kModelStages, kind)) return absl::OkStatus();
  return UsageError(absl::StrCat("--stop-after-step: stage ", std::string(Name(kind)),
                                 " trains no steps; leave it out"));
}

absl::StatusOr<int> DryRun(const Options& options) {
  BENCH_ASSIGN_OR_RETURN(LoadedDefinition loaded, LoadNamed(options));
  if (loaded.definition.kind() == StageKind::kSweep) return SweepDryRun(loaded, options);
  ChooseChatTemplate(loaded);
  const std::unique_ptr<Stage> stage = MakeStage(loaded.definition);
  BENCH_ASSIGN_OR_RETURN(const Store store, Store::Open(options.store_root));
  BENCH_ASSIGN_OR_RETURN(const std::vector<ExperimentCost> missing,
                         MissingPrerequisites(*stage, store, options.experiments_root));
  const std::string name = ToString(ArtifactRef{loaded.name, loaded.version});
  BENCH_ASSIGN_OR_RETURN(const ExperimentCost own,
                         CostOf(loaded, *stage, store, options.experiments_root));
  std::vector<std::string> lines = PrerequisiteLines(missing);
  if (lines.empty()) lines.emplace_back("needs nothing first that the store does not have");
  for (const std::string& line : lines) {
    absl::PrintF("%s%s\n", &line == &lines.front() ? name + " " : "",
                 results::EscapeForTerminal(line));
  }
  absl::PrintF("%s: %s\n", name, CostText(own.seconds, own.disk_bytes));
  return 0;
}

absl::StatusOr<int> RunAll(const Options& given, const Invocation& invocation) {
  BENCH_ASSIGN_OR_RETURN(const Options options, WithStepsSet(given));
  if (options.rehearsal == Rehearsal::kDryRun) return DryRun(options);
  BENCH_RETURN_IF_ERROR(CheckStops(options));
  BENCH_RETURN_IF_ERROR(CheckProfile(options));
  BENCH_ASSIGN_OR_RETURN(const RankEnvironment ranks, TakeRankEnvironment());
  const bool must_be_started = TakeMustBeStartedByProfiler(options);
  if (ranks.size > 1 && (options.num_ranks || options.repeat || !options.sweeps.empty())) {
    return UsageError(
        "this is one of several ranks already: leave out --nproc, --repeat and --sweep");
  }
  if (!options.sweeps.empty()) return RunSweep(options);
  if (options.num_ranks) BENCH_RETURN_IF_ERROR(CheckForRanks(options));
  if (ranks.size > 1 && must_be_started) {
    return UsageError("--profile nsys and ncu look at one process, not at one of several ranks");
  }
  if (!options.repeat && options.num_ranks.value_or(1) > 1) return RunLocalRanks(options);
  if (!options.repeat && must_be_started) return RunUnderProfiler(options);
  if (!options.repeat) return RunOne(options, ranks, invocation);
  BENCH_ASSIGN_OR_RETURN(const MembersReport report, RunReplicates(options));
  PrintMembers(report);
  return report.exit_code;
}

absl::StatusOr<int> PrintHelp(const Options&) {
  std::fputs(HelpText().c_str(), stdout);
  return 0;
}

absl::StatusOr<int> PrintVersion(const Options&) {
  absl::PrintF("%s\n", ProgramVersion("bench-run"));
  return 0;
}

absl::StatusOr<int> PrintFields(const Options& options) {
  const auto kind = FromName<StageKind>(options.arguments.at(0));
  if (!kind) {
    std::string known;
    for (const std::string_view name : EnumNames(StageKind{})) {
      absl::StrAppend(&known, known.empty() ? "" : ", ", internal::View(name));
    }
    return UsageError(absl::StrCat("no stage ", options.arguments[0], "; stages: ", known));
  }
  std::fputs(FieldReference(*kind).c_str(), stdout);
  return 0;
}

absl::StatusOr<int> List(const Options& options) {
  BENCH_ASSIGN_OR_RETURN(const auto names, ListExperiments(options.experiments_root));
  for (const std::string& name : names) {
    BENCH_ASSIGN_OR_RETURN(const LoadedDefinition definition,
                           LoadDefinition(name, {options.experiments_root, {}}));
    absl::PrintF("%-24s @%d  %-12s %s\n", name, *definition.version,
                 std::string(Name(definition.definition.kind())),
                 results::EscapeForTerminal(definition.definition.title));
  }
  return 0;
}

absl::StatusOr<int> Check(const Options& options) {
  BENCH_RETURN_IF_ERROR(CheckAll(options.experiments_root));
  absl::PrintF("all definitions are valid and locked\n");
  return 0;
}

absl::StatusOr<int> LockDefinitions(const Options& options) {
  BENCH_ASSIGN_OR_RETURN(const int added, UpdateLock(options.experiments_root));
  absl::PrintF("%d definition(s) added to versions.lock\n", added);
  return 0;
}

std::string ResultsPath(const std::string& path) {
  if (!std::filesystem::is_directory(path)) return path;
  return absl::StrCat(path, "/", std::string(results::kResultsName));
}

// The artifact of the run that wrote `result` (a results file or a run's folder), one of `stages`.
absl::StatusOr<Artifact> ArtifactOf(const std::string& result, const Store& store,
                                    std::span<const StageKind> stages) {
  const std::string path = ResultsPath(result);
  if (!Exists(path)) return UsageError(absl::StrCat(path, ": no such results file"));
  BENCH_ASSIGN_OR_RETURN(const results::RunRecord record, results::ReadResultsIsolated(path));
  const auto note = record.notes.find("artifact");
  const bool fits =
      absl::c_any_of(stages, [&](StageKind kind) { return record.header.stage == Name(kind); });
  // Empty: of an earlier attempt that was stopped.
  if (note == record.notes.end() || note->second == results::Attribute("") || !fits) {
    return UsageError(absl::StrCat(path, ": the run left no trained model for this (stage ",
                                   record.header.stage, ", ",
                                   std::string(results::Name(record.status)), ")"));
  }
  const std::string* digest = std::get_if<std::string>(&note->second);
  if (digest == nullptr) return DataError(absl::StrCat(path, ": its artifact is not a text"));
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return FindRunArtifact(folder.empty() ? "." : folder, *digest, store);
}

absl::StatusOr<int> Export(const Options& options) {
  const std::string& folder = options.arguments.at(1);
  BENCH_ASSIGN_OR_RETURN(const Store store, Store::Open(options.store_root));
  BENCH_ASSIGN_OR_RETURN(const Artifact artifact,
                         ArtifactOf(options.arguments.at(0), store, kModelStages));
  BENCH_RETURN_IF_ERROR(MakeFolders(folder));
  BENCH_ASSIGN_OR_RETURN(const auto occupied, ListFolder(folder));
  if (!occupied.empty()) {
    return EnvironmentError(absl::StrCat(folder, " is occupied (it holds ", occupied[0], ")"));
  }
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> notes,
                         ExportDecoderArtifact(artifact.folder, folder));
  for (const std::string& note : notes) absl::FPrintF(stderr, "%s\n", note);
  absl::PrintF("%s\n", folder);
  return 0;
}

absl::StatusOr<int> Generate(const Options& options) {
  constexpr int64_t kMaxAnswerTokens = 256;
  BENCH_ASSIGN_OR_RETURN(const Store store, Store::Open(options.store_root));
  BENCH_ASSIGN_OR_RETURN(const Artifact artifact,
                         ArtifactOf(options.arguments.at(0), store, kDecoderStages));
  BENCH_ASSIGN_OR_RETURN(const DecoderArtifact model,
                         LoadDecoderArtifact(artifact.folder, at::Device(at::kCPU)));
  BENCH_ASSIGN_OR_RETURN(const PromptEncoder encoder,
                         PromptEncoder::Create(model.tokenizer, model.prompt_template));
  const std::vector<int64_t> prompt = encoder.Prompt({options.arguments.at(1), "", "", ""});
  const int64_t room = model.decoder->config().max_positions - static_cast<int64_t>(prompt.size());
  if (room < 1) {
    return UsageError(absl::StrCat("the prompt has ", prompt.size(), " tokens, the model reads ",
                                   model.decoder->config().max_positions));
  }
  models::GenerationOptions generation = AnswerOptions(model.tokenizer, encoder.answer_form());
  generation.max_new_tokens = std::min(kMaxAnswerTokens, room);
  BENCH_ASSIGN_OR_RETURN(const std::vector<models::Generation> answers,
                         GenerateAnswers(*model.decoder, {prompt}, generation, nullptr));
  absl::PrintF("%s\n", results::EscapeForTerminal(
                           encoder.answer_form().Text(model.tokenizer, answers[0].tokens)));
  return 0;
}

absl::StatusOr<int> Recover(const Options& options) {
  BENCH_ASSIGN_OR_RETURN(const results::Recovery recovery,
                         results::RecoverResults(options.arguments.at(0)));
  if (!recovery.note.empty()) {
    absl::FPrintF(stderr, "%s\n", results::EscapeForTerminal(recovery.note));
  }
  absl::PrintF("%s\n", recovery.path);
  return 0;
}

// An absent lock locks nothing; for pruning, which would then take everything, it is an error.
absl::StatusOr<std::set<std::string>> LockedDefinitions(const Options& options) {
  const std::string path = options.experiments_root + "/versions.lock";
  if (options.store_action == StoreAction::kPrune && !Exists(path)) {
    return EnvironmentError(
        absl::StrCat(path, " is missing: give --experiments DIR, or BENCH_ROOT"));
  }
  BENCH_ASSIGN_OR_RETURN(const Lock lock, Lock::Read(path));
  std::set<std::string> hashes;
  for (const auto& [name, sha256] : lock.entries()) hashes.insert(sha256);
  return hashes;
}

absl::StatusOr<int> ListStore(const Options& options, Store& store) {
  BENCH_ASSIGN_OR_RETURN(const auto locked, LockedDefinitions(options));
  BENCH_ASSIGN_OR_RETURN(const auto entries, store.List(locked));
  std::fputs(StoreReport(entries, absl::StrCat("in ", store.root())).c_str(), stdout);
  return 0;
}

absl::StatusOr<int> PruneStore(const Options& options, Store& store) {
  BENCH_ASSIGN_OR_RETURN(const auto locked, LockedDefinitions(options));
  BENCH_ASSIGN_OR_RETURN(const PruneReport report, store.Prune(locked));
  for (const std::string& kept : report.kept) {
    absl::FPrintF(stderr, "%s\n", results::EscapeForTerminal(kept));
  }
  std::fputs(StoreReport(report.removed, "removed").c_str(), stdout);
  return 0;
}

absl::StatusOr<int> RememberRun(const Options& options, Store& store) {
  const std::string& folder = options.arguments.at(0);
  BENCH_RETURN_IF_ERROR(store.remembered_runs().Remember(folder));
  BENCH_ASSIGN_OR_RETURN(const std::string digest, ArtifactNamedIn(folder));
  BENCH_RETURN_IF_ERROR(store.Load(digest).status());
  absl::PrintF("objects/%s is kept for the run in %s\n", digest,
               results::EscapeForTerminal(folder));
  return 0;
}

absl::StatusOr<int> ForgetRun(const Options& options, Store& store) {
  const std::string& folder = options.arguments.at(0);
  BENCH_ASSIGN_OR_RETURN(const auto digests, store.remembered_runs().Forget(folder));
  for (const std::string& digest : digests) {
    absl::PrintF("%s is no longer kept for the run in %s\n",
                 digest.empty() ? "what it may have left" : absl::StrCat("objects/", digest),
                 results::EscapeForTerminal(folder));
  }
  return 0;
}

int PrintModels(const Options& options) {
  const auto render = options.form == OutputForm::kJson ? ModelsJson : ModelsText;
  std::fputs(render().c_str(), stdout);
  return 0;
}

absl::StatusOr<int> StoreCommand(const Options& options) {
  BENCH_ASSIGN_OR_RETURN(Store store, Store::Open(options.store_root));
  switch (options.store_action) {
    case StoreAction::kList:
      return ListStore(options, store);
    case StoreAction::kPrune:
      return PruneStore(options, store);
    case StoreAction::kRemember:
      return RememberRun(options, store);
    case StoreAction::kForget:
      return ForgetRun(options, store);
  }
  return static_cast<int>(ExitCode::kUsage);
}

}  // namespace

absl::StatusOr<int> RunCommand(const Options& options, const Invocation& invocation) {
  switch (options.command) {
    case Command::kRun:
      return RunAll(options, invocation);
    case Command::kHelp:
      return PrintHelp(options);
    case Command::kVersion:
      return PrintVersion(options);
    case Command::kFields:
      return PrintFields(options);
    case Command::kList:
      return List(options);
    case Command::kCheck:
      return Check(options);
    case Command::kLock:
      return LockDefinitions(options);
    case Command::kExport:
      return Export(options);
    case Command::kGenerate:
      return Generate(options);
    case Command::kRecover:
      return Recover(options);
    case Command::kStore:
      return StoreCommand(options);
    case Command::kPlan:
      return PlanCommand(options);
    case Command::kShow:
      return ShowCommand(options);
    case Command::kRuns:
      return RunsCommand(options);
    case Command::kInspect:
      return InspectCommand(options);
    case Command::kModels:
      return PrintModels(options);
  }
  return static_cast<int>(ExitCode::kUsage);
}

}  // namespace bench::harness
