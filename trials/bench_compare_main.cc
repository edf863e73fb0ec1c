// bench-compare: whether the head's results are worse than the base's, as a table, in other formats
// and as an exit code.
#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/standard_streams.h"
#include "base/status.h"
#include "results/text.h"
#include "trials/arguments.h"
#include "trials/bisect_command.h"
#include "trials/commands.h"
#include "trials/export_command.h"
#include "trials/history_command.h"
#include "trials/reports.h"

namespace bench::trials {
namespace {

absl::StatusOr<int> Run(const std::vector<std::string>& arguments) {
  BENCH_RETURN_IF_ERROR(OpenStandardStreams());
  BENCH_ASSIGN_OR_RETURN(const CompareArguments parsed, ParseCompareArguments(arguments));
  switch (parsed.command) {
    case CompareCommand::kHelp:
      BENCH_RETURN_IF_ERROR(Print(kCompareHelp));
      return 0;
    case CompareCommand::kVersion:
      BENCH_RETURN_IF_ERROR(Print("bench-compare " BENCH_VERSION "\n"));
      return 0;
    case CompareCommand::kCompare:
      return CompareGroups(parsed);
    case CompareCommand::kArms:
      return CompareArms(parsed);
    case CompareCommand::kCommits:
      return CompareCommits(parsed);
    case CompareCommand::kBisect:
      return BisectCommits(parsed);
    case CompareCommand::kBaseline:
      return CompareWithBaseline(parsed);
    case CompareCommand::kUpdateBaseline:
      return UpdateBaseline(parsed);
    case CompareCommand::kHistory:
      return ShowHistory(parsed);
    case CompareCommand::kExport:
      return ExportResult(parsed);
  }
  return static_cast<int>(ExitCode::kUsage);
}

int Main(const std::vector<std::string>& arguments) {
  const absl::StatusOr<int> code = Run(arguments);
  if (code.ok()) return *code;
  const std::string message(code.status().message());
  std::fprintf(stderr, "bench-compare: %s\n", results::EscapeForTerminal(message).c_str());
  return static_cast<int>(ExitCodeFor(code.status()));
}

}  // namespace
}  // namespace bench::trials

int main(int argc, char** argv) {
  return bench::trials::Main(std::vector<std::string>(argv + 1, argv + argc));
}
