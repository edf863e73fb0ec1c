#include "trials/fresh_run.h"

#include <chrono>
#include <filesystem>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/file.h"
#include "base/status.h"
#include "base/subprocess.h"
#include "results/isolated_reader.h"
#include "results/run_writer.h"
#include "results/text.h"

namespace bench::trials {
namespace {

constexpr std::chrono::hours kLongestRun{24 * 30};
constexpr std::chrono::seconds kGrace{20};

std::string LastLine(const std::string& text) {
  const std::vector<std::string> lines = absl::StrSplit(text, '\n', absl::SkipWhitespace());
  return lines.empty() ? std::string("it printed nothing") : lines.back();
}

constexpr char kProgramFailure[] = "bench.program_failure";  // a status's payload

}  // namespace

double SecondsSince(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

absl::Status ProgramFailure(const std::string& message) {
  absl::Status status = EnvironmentError(message);
  status.SetPayload(kProgramFailure, absl::Cord());
  return status;
}

bool IsProgramFailure(const absl::Status& status) {
  return status.GetPayload(kProgramFailure).has_value();
}

absl::StatusOr<std::optional<results::ResultsInput>> ReadComplete(const std::string& folder) {
  const std::string file = absl::StrCat(folder, "/", std::string(results::kResultsName));
  if (!Exists(file)) return std::nullopt;
  BENCH_ASSIGN_OR_RETURN(results::RunRecord record, results::ReadResultsIsolated(file));
  const bool complete = record.status == results::RunStatus::kComplete ||
                        record.status == results::RunStatus::kDiverged;
  if (!complete) return std::nullopt;
  return results::ResultsInput{file, std::move(record)};
}

absl::StatusOr<results::ResultsInput> RunFresh(const ArmProgram& program, const FreshRun& run,
                                               const std::function<bool()>& cancelled) {
  BENCH_RETURN_IF_ERROR(RemoveTree(run.folder));
  BENCH_RETURN_IF_ERROR(MakeFolders(std::filesystem::path(run.folder).parent_path().string()));
  std::vector<std::string> command = program.command;
  for (const std::string& argument : {std::string("--replicate"), absl::StrCat(run.replicate),
                                      std::string("--out"), run.folder}) {
    command.push_back(argument);
  }
  ProgramOptions how;
  how.environment = program.environment;
  how.timeout = kLongestRun;
  how.grace = kGrace;
  how.cancelled = cancelled;
  const absl::StatusOr<ProgramOutput> output = RunProgram(command, how);
  if (!output.ok()) {
    const absl::Status status = Annotate(output.status(), run.name);
    return cancelled && cancelled() ? status : ProgramFailure(std::string(status.message()));
  }
  BENCH_RETURN_IF_ERROR(PublishFile(run.folder + ".log", absl::StrCat(output->out, output->err)));
  BENCH_ASSIGN_OR_RETURN(std::optional<results::ResultsInput> left, ReadComplete(run.folder));
  if (left) return *std::move(left);
  return ProgramFailure(absl::StrCat(run.name, " left no results (exit code ", output->exit_code,
                                     "): ", results::EscapeForTerminal(LastLine(output->err)),
                                     "; all it said is in ", run.folder, ".log"));
}

}  // namespace bench::trials
