#include "harness/stages/program/stage.h"

#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/data/source.h"
#include "harness/model_io/content_digest.h"
#include "harness/stages/fetch.h"
#include "harness/stages/program/program_build.h"
#include "harness/stages/program/program_run.h"
#include "harness/stages/program/program_setup.h"
#include "harness/stages/program/python_environment.h"
#include "harness/stages/program/repetition.h"
#include "results/metrics.h"
#include "results/text.h"

namespace bench::harness {
namespace {

using results::MetricDescriptor;
using results::MetricValue;

// Which of the two runs; the second is the one that `strict` asks for.
enum class Turn { kFirst, kAgain };

// A run of the program in its place, with all that is prepared once.
class ProgramExperiment {
 public:
  ProgramExperiment(const Definition& definition, RunContext& context)
      : definition_(definition),
        spec_(std::get<ProgramSpec>(definition.stage)),
        context_(context) {}

  absl::Status Prepare(const std::optional<SourceState>& source) {
    const ProgramPlaces places = PlacesOf(definition_);
    BENCH_RETURN_IF_ERROR(FetchSources());
    BENCH_ASSIGN_OR_RETURN(
        python_, MakePythonEnvironment(spec_.python, {places.definition, context_.store.root()},
                                       context_.progress));
    BENCH_ASSIGN_OR_RETURN(const ProgramPlan plan, PlanFor(Turn::kFirst));
    BENCH_RETURN_IF_ERROR(BuildIfNeeded({spec_, places.working, source.value_or(SourceState{}),
                                         plan.command, context_.store.root()},
                                        context_.progress));
    return NoteProgram(plan);
  }

  absl::StatusOr<StageOutcome> Run() {
    MetricSink sink(spec_.metrics, context_.writer, [this] { return context_.clock.Seconds(); });
    BENCH_ASSIGN_OR_RETURN(const ProgramEnd end, RunIn(Turn::kFirst, sink));
    BENCH_RETURN_IF_ERROR(NoteReports(sink));
    BENCH_ASSIGN_OR_RETURN(const auto summary, sink.Summarise());
    for (const MetricValue& value : summary) {  // here, whose descriptors live as long as the sink
      BENCH_RETURN_IF_ERROR(context_.writer.Summary(value));
    }
    StageOutcome outcome;
    AddMeasured(end, outcome.summary);
    BENCH_RETURN_IF_ERROR(NoteEnd(end));
    if (spec_.strict) BENCH_RETURN_IF_ERROR(RunAgain(sink.recorded()));
    if (sink.diverged()) outcome.status = results::RunStatus::kDiverged;
    return outcome;
  }

 private:
  std::string InRunFolder(Turn turn, const std::string& name, const std::string& ending) const {
    return absl::StrCat(context_.folder, "/", name, turn == Turn::kFirst ? "" : "_again", ending);
  }

  absl::Status FetchSources() {
    const auto archive = DebianArchive();
    for (const ProgramInputSpec& input : spec_.inputs) {
      if (!input.source) continue;
      BENCH_RETURN_IF_ERROR(CheckNotStopped());
      BENCH_ASSIGN_OR_RETURN(const FetchedSource fetched,
                             FetchAndRecord(*input.source, *archive, context_));
      sources_[input.name] = Absolute(fetched.path);
    }
    return absl::OkStatus();
  }

  std::string PathOf(const ProgramInputSpec& input) const {
    if (input.artifact) return Absolute(context_.inputs.at(input.name).folder);
    if (input.source) return sources_.at(input.name);
    return PathFrom(PlacesOf(definition_).definition, *input.path);
  }

  absl::StatusOr<ProgramPlan> PlanFor(Turn turn) const {
    ProgramOccasion occasion;
    occasion.folder = Absolute(InRunFolder(turn, "program", ""));
    occasion.artifact =
        turn == Turn::kFirst ? Absolute(context_.artifact_folder) : occasion.folder + "/artifact";
    occasion.log_path = InRunFolder(turn, "program", ".log");
    occasion.metrics_path = Absolute(InRunFolder(turn, "metrics", ".jsonl"));
    for (const ProgramInputSpec& input : spec_.inputs) occasion.inputs[input.name] = PathOf(input);
    occasion.environment = python_.variables;
    occasion.python = python_.python;
    BENCH_ASSIGN_OR_RETURN(occasion.programs, FolderOfThisProgram());
    occasion.seeds = context_.seeds;
    occasion.device = context_.device;
    return PlanOf(definition_, occasion);
  }

  static std::string Absolute(const std::string& path) {
    return std::filesystem::absolute(path).lexically_normal().string();
  }

  static absl::StatusOr<std::string> FolderOfThisProgram() {
    std::error_code error;
    const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
    if (error) {
      return EnvironmentError(absl::StrCat("cannot find this program: ", error.message()));
    }
    return program.parent_path().string();
  }

  absl::StatusOr<ProgramEnd> RunIn(Turn turn, MetricSink& sink) const {
    BENCH_ASSIGN_OR_RETURN(const ProgramPlan plan, PlanFor(turn));
    const std::string& folder = plan.command.environment.at("BENCH_RUN");
    const std::string& artifact = plan.command.environment.at("BENCH_ARTIFACT");
    BENCH_RETURN_IF_ERROR(RemoveTree(folder));
    BENCH_RETURN_IF_ERROR(MakeFolders(folder));
    BENCH_RETURN_IF_ERROR(MakeFolders(artifact));
    return RunProgramOnce(plan, sink, context_.progress,
                          [this] { return context_.writer.FlushIfDue(); });
  }

  absl::Status RunAgain(const Recorded& first) const {
    context_.progress.Note("strict: running the program a second time");
    const auto dropping = results::RunWriter::Discarding();
    MetricSink sink(spec_.metrics, *dropping, [this] { return context_.clock.Seconds(); });
    BENCH_RETURN_IF_ERROR(Annotate(RunIn(Turn::kAgain, sink).status(), "second run"));
    const auto difference = FirstDifference(first, sink.recorded());
    BENCH_RETURN_IF_ERROR(RemoveTree(InRunFolder(Turn::kAgain, "program", "")));
    if (!difference) return absl::OkStatus();
    return RejectedError(
        absl::StrCat("two runs of one replicate differ in what is declared "
                     "deterministic, ",
                     *difference));
  }

  absl::Status NoteProgram(const ProgramPlan& plan) const {
    results::RunWriter& writer = context_.writer;
    BENCH_ASSIGN_OR_RETURN(const std::string path, ProgramPath(plan.command));
    BENCH_RETURN_IF_ERROR(writer.Note("program_path", results::ValidUtf8(path)));
    BENCH_ASSIGN_OR_RETURN(const std::string sha256, Sha256File(path));
    BENCH_RETURN_IF_ERROR(writer.Note("program_file_sha256", sha256));
    const std::string command = absl::StrJoin(plan.command.argv, " ");
    BENCH_RETURN_IF_ERROR(writer.Note("program_command", results::ValidUtf8(command)));
    if (!python_.digest.empty()) {
      BENCH_RETURN_IF_ERROR(writer.Note("python_environment", python_.digest));
    }
    const nlohmann::json said = {{"stage", "program"}, {"program_file_sha256", sha256}};
    return PublishFile(absl::StrCat(context_.artifact_folder, "/program.json"), said.dump(1));
  }

  absl::Status NoteReports(const MetricSink& sink) const {
    if (sink.has_rows() && !sink.counts_tokens()) {
      BENCH_RETURN_IF_ERROR(context_.writer.Note("tokens_are_steps", true));
    }
    if (sink.undeclared().empty()) return absl::OkStatus();
    const auto name = [](std::string* out, const auto& key) { absl::StrAppend(out, key.first); };
    const std::string keys = results::ValidUtf8(absl::StrJoin(sink.undeclared(), ", ", name));
    context_.progress.Note(absl::StrCat("reported but not declared, and not recorded: ", keys));
    return context_.writer.Note("undeclared_metrics", keys);
  }

  absl::Status NoteEnd(const ProgramEnd& end) const {
    if (end.num_left_running > 0) {
      context_.progress.Note(absl::StrCat("the program left ", end.num_left_running,
                                          " processes running, which were killed"));
      BENCH_RETURN_IF_ERROR(context_.writer.Note("processes_left_running", end.num_left_running));
    }
    const bool in_group = end.memory_basis == MemoryBasis::kControlGroup;
    BENCH_RETURN_IF_ERROR(context_.writer.Note(
        "peak_memory_basis", std::string(in_group ? "control group" : "processes")));
    if (end.charged_peak_bytes) {
      BENCH_RETURN_IF_ERROR(context_.writer.Note("peak_charged_memory", *end.charged_peak_bytes));
    }
    if (!end.peak_device_bytes) return absl::OkStatus();
    const bool of_processes = end.device_basis == GpuMemoryBasis::kProcesses;
    return context_.writer.Note("peak_device_memory_basis",
                                std::string(of_processes ? "processes" : "growth of used memory"));
  }

  static void AddMeasured(const ProgramEnd& end, std::vector<MetricValue>& summary) {
    const std::pair<const MetricDescriptor*, double> values[] = {
        {&results::kProgramTime, end.seconds},
        {&results::kUserTime, end.usage.user_s},
        {&results::kSystemTime, end.usage.system_s},
        {&results::kPeakMemory, static_cast<double>(end.peak_resident_bytes)},
        {&results::kPageFaults, static_cast<double>(end.usage.page_faults)},
        {&results::kDiskPageFaults, static_cast<double>(end.usage.disk_page_faults)},
        {&results::kVoluntarySwitches, static_cast<double>(end.usage.voluntary_switches)},
        {&results::kForcedSwitches, static_cast<double>(end.usage.forced_switches)}};
    for (const auto& [metric, value] : values) summary.push_back({{metric, ""}, value});
    if (end.peak_device_bytes) {
      summary.push_back(
          {{&results::kPeakDeviceMemory, ""}, static_cast<double>(*end.peak_device_bytes)});
    }
  }

  const Definition& definition_;
  const ProgramSpec& spec_;
  RunContext& context_;
  PythonEnvironment python_;
  std::map<std::string, std::string> sources_;  // by the input's name, where its content is
};

}  // namespace

std::vector<InputNeed> ProgramStage::Inputs() const {
  std::vector<StageKind> every;
  for (size_t i = 0; i < EnumNames(StageKind{}).size(); ++i) {
    every.push_back(static_cast<StageKind>(i));
  }
  std::vector<InputNeed> needs;
  for (const ProgramInputSpec& input : spec().inputs) {
    if (input.artifact) needs.push_back({input.name, *input.artifact, every});
  }
  return needs;
}

absl::StatusOr<InputDigests> ProgramStage::ContentDigests(
    const std::string& experiments_root) const {
  if (std::getenv("BENCH_PROGRAM_SOURCE") != nullptr && !spec().source) {
    return UsageError("program.source is not set: commits would all run the same program");
  }
  const std::string folder = PlacesOf(definition_).definition;
  InputDigests digests;
  for (const ProgramInputSpec& input : spec().inputs) {
    if (input.source) {
      BENCH_ASSIGN_OR_RETURN(const SourceManifest manifest,
                             LoadSourceManifest(experiments_root, *input.source));
      digests[input.name] = manifest.sha256;
    } else if (input.path) {
      BENCH_ASSIGN_OR_RETURN(digests[input.name], TreeSha256(PathFrom(folder, *input.path)));
    }
  }
  return digests;
}

std::optional<SourceState> ProgramStage::Source() const {
  const auto source = PlacesOf(definition_).source;
  if (!source) return std::nullopt;
  return ReadSourceState({.folder = *source});
}

absl::StatusOr<StageOutcome> ProgramStage::Run(RunContext& context) {
  ProgramExperiment experiment(definition_, context);
  BENCH_RETURN_IF_ERROR(experiment.Prepare(Source()));
  return experiment.Run();
}

}  // namespace bench::harness
