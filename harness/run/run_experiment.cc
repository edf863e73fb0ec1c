#include "harness/run/run_experiment.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "absl/algorithm/container.h"
#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/control/run_clock.h"
#include "harness/control/signals.h"
#include "harness/measurement/disturbances.h"
#include "harness/measurement/load.h"
#include "harness/measurement/provenance.h"
#include "harness/model_io/chat_template_choice.h"
#include "harness/model_io/decoder_inputs.h"
#include "harness/run/acceptance.h"
#include "harness/run/attempt_changes.h"
#include "harness/run/disk_preflight.h"
#include "harness/run/failure.h"
#include "harness/run/geometry.h"
#include "harness/run/inputs.h"
#include "harness/run/prerequisites.h"
#include "harness/run/run_folder.h"
#include "harness/run/run_header.h"
#include "harness/run/run_memory.h"
#include "harness/run/run_profile.h"
#include "harness/run/run_times.h"
#include "harness/run/shared_start.h"
#include "harness/run/stage_factory.h"
#include "harness/run/summary.h"
#include "harness/training/checkpoint.h"

namespace bench::harness {
namespace {

using results::RunHeader;
using results::RunStatus;

std::string NameOf(const LoadedDefinition& definition) {
  return ToString(ArtifactRef{definition.name, definition.version});
}

// Everything that one run holds while it goes on.
struct Run {
  LoadedDefinition loaded;
  std::string chat_template;  // what was said of the one that a folder came with
  std::unique_ptr<Stage> stage;
  Store store;
  Progress progress;
  RunClock clock = RunClock::Start();
  std::optional<std::string> program_sha256;  // where the program's file can be read
  RangeTable ranges;
  std::map<std::string, results::Attribute> load = ReadLoad();  // before the run adds its own
  Disturbances begun = ReadDisturbances();
  ResolvedInputs inputs;
  DeviceKind device = DeviceKind::kCpu;
  std::string path;                 // of its folder
  std::optional<RunFolder> folder;  // rank 0 holds it
  RunHeader header;
  std::unique_ptr<results::RunWriter> writer;
  std::unique_ptr<Checkpoint> checkpoint;
  std::string staging;
  std::unique_ptr<Ranks> ranks;

  Run(LoadedDefinition definition, Store opened, Progress::Audience audience)
      : loaded(std::move(definition)),
        chat_template(ChooseChatTemplate(loaded)),
        stage(MakeStage(loaded.definition)),
        store(std::move(opened)),
        progress(audience) {}
};

// What an earlier attempt left when it was stopped is of an earlier step.
absl::Status ForgetArtifact(Run& run) {
  const std::string remembered = absl::StrCat(run.folder->path, "/", kRunArtifactFile);
  if (!Exists(remembered)) return absl::OkStatus();
  BENCH_RETURN_IF_ERROR(run.writer->Note("artifact", ""));
  return RemoveTree(remembered);
}

absl::Status OpenWriter(Run& run) {
  const double flush_interval_s = run.loaded.definition.run.flush_interval_s;
  if (!run.folder->begun) {
    BENCH_ASSIGN_OR_RETURN(
        run.writer, results::RunWriter::Create(run.folder->path, run.header, flush_interval_s));
    return absl::OkStatus();
  }
  BENCH_ASSIGN_OR_RETURN(LoadedCheckpoint loaded, LoadLatestCheckpoint(run.folder->path));
  for (const std::string& reason : loaded.passed_over) run.progress.Note(reason);
  const int64_t step = loaded.checkpoint ? loaded.checkpoint->step : 0;
  BENCH_RETURN_IF_ERROR(CheckReaches(*run.folder, step));
  if (loaded.checkpoint) {
    run.checkpoint = std::make_unique<Checkpoint>(*std::move(loaded.checkpoint));
  }
  run.progress.Note(absl::StrCat("continuing after step ", step));
  const RunHeader& begun = *run.folder->begun;
  const std::vector<std::string> changes = ChangesSince(begun, run.header);
  for (const std::string& change : changes) run.progress.Note(change);
  run.header.strict = run.header.strict && begun.strict && changes.empty();
  if (begun.world_size != run.header.world_size) {
    run.header.provenance["begun_with_ranks"] = begun.world_size;
  }
  BENCH_ASSIGN_OR_RETURN(
      run.writer, results::RunWriter::Resume(run.folder->path, run.header, step, flush_interval_s));
  return ForgetArtifact(run);
}

// Until here a request may be for an experiment that is needed first, and is made by a child.
void DeclineCheckpointsWithoutTraining(const Run& run) {
  const StageKind kind = run.loaded.definition.kind();
  if (absl::c_linear_search(kModelStages, kind)) return;
  DeclineCheckpoints(absl::StrCat("bench-run: nothing to checkpoint here (stage ",
                                  std::string(Name(kind)), "); going on"));
}

absl::StatusOr<StageOutcome> RunStage(Run& run, const RunRequest& request) {
  DeclineCheckpointsWithoutTraining(run);
  RunContext context{run.loaded,
                     {run.loaded.definition.base_seed, request.replicate},
                     run.inputs.artifacts,
                     run.store,
                     request.experiments_root,
                     run.path,
                     run.staging,
                     *run.writer,
                     run.ranges,
                     run.progress,
                     run.clock,
                     *run.ranks,
                     run.device,
                     std::move(run.checkpoint),
                     request.stop_after_step};
  const std::string where =
      absl::StrCat(NameOf(run.loaded), ", stage ", std::string(Name(run.loaded.definition.kind())),
                   run.ranks->leads() ? ", rank 0" : "");
  absl::StatusOr<StageOutcome> outcome;
  BENCH_RETURN_IF_ERROR(CatchExceptions(where, [&] {
    outcome = RunProfiled(*run.stage, request.profile, context);
    // Before training, where ranks agree: the others must not wait for this one.
    if (IsStopped(outcome.status())) run.ranks->LeaveBecause(outcome.status()).IgnoreError();
    if (IsStopped(outcome.status())) outcome = StageOutcome{RunStatus::kInterrupted, {}, false};
    return outcome.status();
  }));
  return outcome;
}

absl::Status RecordOutcome(const StageOutcome& outcome, const Run& run) {
  results::RunWriter& writer = *run.writer;
  for (const results::MetricValue& value : outcome.summary) {
    BENCH_RETURN_IF_ERROR(writer.Summary(value));
  }
  for (const results::MetricValue& memory : MemoryOf(outcome.summary, run.device)) {
    BENCH_RETURN_IF_ERROR(writer.Summary(memory));
  }
  for (const results::MetricValue& time : TimesOf(run.clock, *run.ranks)) {
    BENCH_RETURN_IF_ERROR(writer.Summary(time));
  }
  return absl::OkStatus();
}

// A run that is not accepted, or not complete, has an artifact of its own only.
enum class ArtifactUse { kByAll, kOfTheRun };

// What is the run's only can be looked at and exported, but no other experiment finds it.
absl::Status PublishArtifact(Run& run, const RunRequest& request, ArtifactUse use) {
  BENCH_ASSIGN_OR_RETURN(const Artifact artifact, run.store.Publish(run.staging));
  BENCH_RETURN_IF_ERROR(NameArtifact(run.folder->path, artifact.digest));
  BENCH_RETURN_IF_ERROR(run.store.remembered_runs().Remember(run.folder->path));
  BENCH_RETURN_IF_ERROR(KeepCopyIf(request.copies, artifact.digest, run.folder->path, run.store));
  BENCH_RETURN_IF_ERROR(run.writer->Note("artifact", artifact.digest));
  if (use == ArtifactUse::kOfTheRun) return absl::OkStatus();
  return run.store.Record({ArtifactKey(run.header.recipe_key, request.replicate), artifact.digest,
                           NameOf(run.loaded), run.loaded.sha256});
}

// Everything before the results are written. Returns the acceptance bounds that are not met.
absl::StatusOr<std::vector<std::string>> Conclude(Run& run, const StageOutcome& outcome,
                                                  const RunRequest& request) {
  BENCH_RETURN_IF_ERROR(RecordOutcome(outcome, run));
  BENCH_RETURN_IF_ERROR(NoteDisturbances(run.begun, *run.writer));
  std::vector<std::string> unmet;
  if (outcome.status == RunStatus::kComplete) {
    BENCH_ASSIGN_OR_RETURN(const Acceptance judged,
                           JudgeRun(run.loaded, run.folder->path, *run.writer));
    for (const std::string& line : judged.not_judged) run.progress.Note(line);
    unmet = judged.unmet;
    BENCH_RETURN_IF_ERROR(PublishArtifact(
        run, request, unmet.empty() ? ArtifactUse::kByAll : ArtifactUse::kOfTheRun));
  } else if (outcome.status == RunStatus::kInterrupted && outcome.has_artifact && !StopSignal()) {
    // It was stopped to be looked at (--stop-after-step).
    BENCH_RETURN_IF_ERROR(PublishArtifact(run, request, ArtifactUse::kOfTheRun));
  }
  return unmet;
}

absl::StatusOr<RunReport> CloseRun(Run& run, const StageOutcome& outcome,
                                   const RunRequest& request) {
  const absl::StatusOr<std::vector<std::string>> unmet = Conclude(run, outcome, request);
  if (!unmet.ok()) return FailRun(unmet.status(), *run.writer);
  RunReport report;
  BENCH_ASSIGN_OR_RETURN(report.results_path, run.writer->Finish(outcome.status));
  report.exit_code = ExitCodeOf(outcome.status, *unmet);
  BENCH_ASSIGN_OR_RETURN(const results::RunRecord record,
                         results::RecoverJournal(run.folder->path));
  std::fputs(ClosingSummary(record, *unmet).c_str(), stdout);
  return report;
}

absl::StatusOr<std::unique_ptr<Ranks>> JoinRanks(Run& run, const RunRequest& request) {
  constexpr int64_t kLongest_s =
      int64_t{30} * 24 * 3600;  // beyond any patience, and within any clock
  Ranks::JoinOptions options = {std::chrono::seconds(std::min(request.rank_timeout_s, kLongest_s)),
                                {}};
  if (request.ranks.size > 1) {
    options.same = {{"definition", run.loaded.sha256},
                    {"program", run.program_sha256.value_or("")},
                    {"--replicate", absl::StrCat(request.replicate)},
                    {"--stop-after-step", absl::StrCat(request.stop_after_step.value_or(-1))}};
  }
  const RunClock::Charge charge(run.clock, RunClock::Account::kRanks);
  return Ranks::Join(request.ranks, options);
}

// Each rank its own GPU.
absl::Status UseDevice(DeviceChoice choice, Run& run) {
  BENCH_ASSIGN_OR_RETURN(run.device, ChooseDevice(choice));
  if (run.ranks->alone() || run.device == DeviceKind::kCpu) return absl::OkStatus();
  BENCH_RETURN_IF_ERROR(UseGpu(run.ranks->local_rank()));
  return run.ranks->UseGpus();
}

// Together with the other ranks, which begin it when rank 0 does.
absl::Status DigestContent(Run& run) {
  const RunClock::Charge charge(run.clock, RunClock::Account::kPrerequisites);
  BENCH_RETURN_IF_ERROR(run.ranks->FromLeader("").status());
  return CatchExceptions("digest of the input",
                         [&] { return run.stage->DigestTogether(*run.ranks); });
}

absl::Status FindInputs(Run& run, const RunRequest& request) {
  const RunClock::Charge charge(run.clock, RunClock::Account::kPrerequisites);
  BENCH_ASSIGN_OR_RETURN(const std::vector<ExperimentCost> missing,
                         MissingPrerequisites(*run.stage, run.store, request.experiments_root));
  for (const std::string& line : PrerequisiteLines(missing)) run.progress.Note(line);
  BENCH_ASSIGN_OR_RETURN(run.inputs, ResolveInputs(*run.stage, {run.store, request.experiments_root,
                                                                run.progress, run.device}));
  return absl::OkStatus();
}

RunHeader HeaderOf(Run& run, const RunRequest& request) {
  ProvenanceFacts facts = ReadProvenanceFacts(request.argv, request.source);
  for (const std::string& note : SourceNotes(facts)) run.progress.Note(note);
  if (const auto measured = run.stage->Source()) facts = WithMeasuredSource(facts, *measured);
  return MakeHeader({.loaded = run.loaded,
                     .inputs = run.inputs.digests,
                     .provenance = facts,
                     .program_sha256 = run.program_sha256,
                     .replicate = request.replicate,
                     .device = run.device,
                     .threads = ThreadsPerRank(run.loaded.definition.run, run.ranks->local_size()),
                     .num_ranks = run.ranks->size()});
}

// Everything up to the stage, on rank 0.
absl::Status Prepare(Run& run, const RunRequest& request) {
  BENCH_RETURN_IF_ERROR(CheckDisk({}, run.folder->path, run.store.root()));
  BENCH_RETURN_IF_ERROR(UseDevice(request.device, run));
  if (run.device == DeviceKind::kCuda) run.begun.gpu_throttle_ns = ReadGpuThrottle();
  BENCH_RETURN_IF_ERROR(FindInputs(run, request));
  BENCH_RETURN_IF_ERROR(CheckSameInputs(*run.folder, run.inputs.digests));
  BENCH_ASSIGN_OR_RETURN(DiskNeed disk, run.stage->Disk(run.inputs.artifacts));
  if (request.copies == ArtifactCopies::kInRunFolder) disk.run_folder_bytes += disk.artifact_bytes;
  BENCH_RETURN_IF_ERROR(
      CheckDisk(NeedOnTopOf(run.folder->path, disk), run.folder->path, run.store.root()));
  ConfigureTorch(run.loaded.definition.run, run.ranks->local_size());
  if (const auto note = TooManyThreads(run.loaded.definition.run, run.ranks->local_size(),
                                       EffectiveCores(ReadHost()))) {
    run.progress.Note(*note);
  }
  run.header = HeaderOf(run, request);
  run.header.provenance.merge(run.load);
  if (!run.chat_template.empty()) run.header.provenance["chat_template"] = run.chat_template;
  return OpenWriter(run);
}

absl::StatusOr<RunReport> LeadRun(Run& run, const RunRequest& request) {
  // The folder comes first: nothing is fetched or trained for a run that cannot begin.
  std::string path;
  if (request.folder) {
    path = *request.folder;
  } else {
    BENCH_ASSIGN_OR_RETURN(path, run.store.NewRunFolder(NameOf(run.loaded)));
  }
  // What cannot be looked at is taken to be there.
  std::error_code error;
  const bool was_there =
      request.folder && (std::filesystem::exists(path, error) || error.value() != 0);
  BENCH_ASSIGN_OR_RETURN(run.folder,
                         OpenRunFolder(path, request.start, run.loaded, request.replicate));
  run.path = run.folder->path;
  // A run that cannot begin leaves no folder behind.
  absl::Cleanup remove_folder = [&] {
    if (!was_there) RemoveTree(path).IgnoreError();
  };
  if (!run.folder->note.empty()) run.progress.Note(run.folder->note);
  BENCH_RETURN_IF_ERROR(DigestContent(run));
  // Before anything is made for it: the run that is there must be this one.
  BENCH_RETURN_IF_ERROR(
      CheckKnownInputs(*run.folder, *run.stage, run.store, request.experiments_root));
  SharedStart start = {run.folder->complete, run.folder->path, {}, 0, "", {}, ""};
  if (run.folder->complete) {
    BENCH_ASSIGN_OR_RETURN(const std::string artifact, ArtifactNamedIn(run.path));
    BENCH_RETURN_IF_ERROR(KeepCopyIf(request.copies, artifact, run.path, run.store));
    BENCH_RETURN_IF_ERROR(run.ranks->FromLeader(Format(start)).status());
    // As it was judged when it ended: resuming it accepts nothing.
    const Acceptance judged = JudgeRecord(run.loaded, *run.folder->record);
    for (const std::string& line : judged.unmet) run.progress.Note("NOT ACCEPTED: " + line);
    return RunReport{ExitCodeOf(RunStatus::kComplete, judged.unmet),
                     absl::StrCat(run.folder->path, "/", std::string(results::kResultsName))};
  }
  BENCH_RETURN_IF_ERROR(Prepare(run, request));
  std::move(remove_folder).Cancel();
  BENCH_ASSIGN_OR_RETURN(run.staging, run.store.NewStaging());
  const absl::Cleanup remove_staging = [&] { RemoveTree(run.staging).IgnoreError(); };
  start.inputs = run.inputs.artifacts;
  start.digests = run.inputs.digests;
  start.device = std::string(Name(run.device));
  if (run.checkpoint != nullptr) {
    start.step = run.checkpoint->step;
    start.tensors_sha256 = run.checkpoint->tensors_sha256;
  }
  BENCH_RETURN_IF_ERROR(run.ranks->FromLeader(Format(start)).status());

  absl::StatusOr<StageOutcome> outcome = RunStage(run, request);
  if (!outcome.ok()) {
    run.ranks->LeaveBecause(outcome.status()).IgnoreError();
    run.progress.Finish();
    return FailRun(outcome.status(), *run.writer);
  }
  return CloseRun(run, *outcome, request);
}

// A user's own files, which may differ by machine. Of a corpus, names and sizes (corpus::OpenWork).
absl::Status CheckContent(const Run& run, const RunRequest& request, const SharedStart& start) {
  if (run.loaded.definition.kind() == StageKind::kCorpus) return absl::OkStatus();
  BENCH_ASSIGN_OR_RETURN(const InputDigests own,
                         run.stage->ContentDigests(request.experiments_root));
  return CheckSameContent(own, start, run.ranks->rank());
}

// The part of a rank other than 0: it trains, and writes nothing.
absl::StatusOr<RunReport> FollowRun(Run& run, const RunRequest& request) {
  BENCH_RETURN_IF_ERROR(DigestContent(run));
  BENCH_ASSIGN_OR_RETURN(const std::string text, run.ranks->FromLeader(""));
  const SharedStart start = ParseStart(text);
  if (start.complete) return RunReport{};
  const bool cuda = start.device == Name(DeviceKind::kCuda);
  BENCH_RETURN_IF_ERROR(UseDevice(cuda ? DeviceChoice::kCuda : DeviceChoice::kCpu, run));
  BENCH_RETURN_IF_ERROR(CheckContent(run, request, start));
  ConfigureTorch(run.loaded.definition.run, run.ranks->local_size());
  run.inputs.artifacts = start.inputs;
  run.path = start.folder;
  run.writer = results::RunWriter::Discarding();
  if (!start.tensors_sha256.empty()) {
    BENCH_ASSIGN_OR_RETURN(Checkpoint checkpoint,
                           LoadSharedCheckpoint(start.folder, start.step, start.tensors_sha256));
    run.checkpoint = std::make_unique<Checkpoint>(std::move(checkpoint));
  }
  BENCH_ASSIGN_OR_RETURN(const StageOutcome outcome, RunStage(run, request));
  return RunReport{ExitCodeOf(outcome.status, {}), ""};
}

}  // namespace

absl::StatusOr<RunReport> RunExperiment(const RunRequest& request) {
  BENCH_ASSIGN_OR_RETURN(
      LoadedDefinition loaded,
      LoadDefinition(request.experiment, {request.experiments_root, request.overrides}));
  BENCH_ASSIGN_OR_RETURN(loaded.definition,
                         WithGeometry(loaded.definition, request.experiments_root));
  BENCH_ASSIGN_OR_RETURN(Store store, Store::Open(request.store_root));
  Run run(std::move(loaded), std::move(store),
          request.ranks.rank == 0 ? Progress::Audience::kPerson : Progress::Audience::kNobody);
  if (!run.chat_template.empty()) run.progress.Note(run.chat_template);
  BENCH_RETURN_IF_ERROR(run.stage->CheckRanks(request.ranks.size));
  if (auto program = Sha256File("/proc/self/exe"); program.ok()) {
    run.program_sha256 = *std::move(program);
  }
  BENCH_ASSIGN_OR_RETURN(run.ranks, JoinRanks(run, request));
  absl::StatusOr<RunReport> report =
      run.ranks->leads() ? LeadRun(run, request) : FollowRun(run, request);
  if (!report.ok()) return run.ranks->LeaveBecause(report.status());
  return report;
}

}  // namespace bench::harness
