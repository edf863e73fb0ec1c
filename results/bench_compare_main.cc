// bench-compare BASE HEAD: whether the head's results are worse than the base's, as a table, as
// JSON and as an exit code.
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/standard_output.h"
#include "base/standard_streams.h"
#include "base/status.h"
#include "results/compare_inputs.h"
#include "results/compare_report.h"
#include "results/text.h"

namespace bench::results {
namespace {

constexpr std::string_view kHelp = R"(usage: bench-compare [--json] [--exact] BASE HEAD
       bench-compare --help | --version

Compares two runs of one experiment. BASE and HEAD are results files, run folders, or folders of
several replicates, of which those with the same number are compared.

Two strict runs are compared bitwise first: the first digest, step and metric that differ are named.
Then every summary value is judged by its metric's own threshold. Times of a resumed run are shown
and not judged.

  --json   print JSON instead of a table
  --exact  also exit 1 if two runs are not bitwise identical
  --help   print this
  --version
           print the version

exit codes
  0  nothing is worse by more than its metric's threshold
  1  a metric regressed, the head diverged or a value is not finite; with --exact: a bit differs
  2  wrong usage
  3  not comparable (another definition, machine class, device, number of threads or processes,
     replicate or input; a run that did not complete), or nothing was measured in both
  4  a results file is damaged, truncated or not a results file
  5  a file cannot be read

examples
  bench-compare before/results.h5 after/results.h5
  bench-compare --json baseline/ run/ > comparison.json
)";

struct Options {
  bool help = false;
  bool version = false;
  bool json = false;
  bool exact = false;
  std::vector<std::string> paths;
};

// The switches and what each of them sets.
bool* SwitchNamed(const std::string& name, Options& options) {
  if (name == "--help" || name == "-h") return &options.help;
  if (name == "--version") return &options.version;
  if (name == "--json") return &options.json;
  if (name == "--exact") return &options.exact;
  return nullptr;
}

absl::Status CheckArguments(const Options& options) {
  if (options.help) return absl::OkStatus();
  if (options.version) {
    if (options.paths.empty() && !options.json && !options.exact) return absl::OkStatus();
    return UsageError("--version takes nothing else");
  }
  if (options.paths.size() != 2) {
    return UsageError(absl::StrCat("expected BASE and HEAD, got ", options.paths.size(),
                                   " paths; bench-compare --help shows examples"));
  }
  for (const std::string& path : options.paths) {
    if (path.empty()) return UsageError("BASE and HEAD are paths, not an empty text");
  }
  return absl::OkStatus();
}

absl::StatusOr<Options> ParseArguments(const std::vector<std::string>& arguments) {
  Options options;
  bool only_paths = false;
  for (const std::string& argument : arguments) {
    if (only_paths || argument.empty() || argument[0] != '-') {
      options.paths.push_back(argument);
    } else if (argument == "--") {
      only_paths = true;
    } else if (bool* set = SwitchNamed(argument, options)) {
      if (*set) return UsageError(absl::StrCat(argument, " is given twice: leave one out"));
      *set = true;
    } else {
      return UsageError(absl::StrCat("unknown option ", EscapeForTerminal(argument),
                                     "; bench-compare --help lists all"));
    }
  }
  BENCH_RETURN_IF_ERROR(CheckArguments(options));
  return options;
}

// 1 instead of 0 if a pair of strict runs is not bitwise identical.
ExitCode Exact(ExitCode code, const std::vector<ComparedPair>& pairs) {
  if (code != ExitCode::kOk) return code;
  for (const ComparedPair& pair : pairs) {
    const auto& bitwise = pair.comparison.bitwise;
    if (!bitwise || !bitwise->identical()) return ExitCode::kRegressed;
  }
  return code;
}

absl::Status Print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  return FlushStandardOutput();
}

absl::StatusOr<ExitCode> Run(const std::vector<std::string>& arguments) {
  BENCH_ASSIGN_OR_RETURN(const Options options, ParseArguments(arguments));
  if (options.help) {
    BENCH_RETURN_IF_ERROR(Print(kHelp));
    return ExitCode::kOk;
  }
  if (options.version) {
    BENCH_RETURN_IF_ERROR(Print("bench-compare " BENCH_VERSION "\n"));
    return ExitCode::kOk;
  }
  BENCH_ASSIGN_OR_RETURN(const std::vector<ResultsInput> base, ReadInputs(options.paths[0]));
  BENCH_ASSIGN_OR_RETURN(const std::vector<ResultsInput> head, ReadInputs(options.paths[1]));
  const std::vector<ComparedPair> pairs = ComparePairs(base, head);
  BENCH_RETURN_IF_ERROR(Print(options.json ? RenderJson(pairs) : RenderText(pairs)));
  const ExitCode code = WorstExitCode(pairs);
  return options.exact ? Exact(code, pairs) : code;
}

absl::StatusOr<ExitCode> Start(const std::vector<std::string>& arguments) {
  BENCH_RETURN_IF_ERROR(OpenStandardStreams());
  return Run(arguments);
}

int Main(const std::vector<std::string>& arguments) {
  const absl::StatusOr<ExitCode> code = Start(arguments);
  if (code.ok()) return static_cast<int>(*code);
  const std::string message(code.status().message());
  std::fprintf(stderr, "bench-compare: %s\n", EscapeForTerminal(message).c_str());
  return static_cast<int>(ExitCodeFor(code.status()));
}

}  // namespace
}  // namespace bench::results

int main(int argc, char** argv) {
  return bench::results::Main(std::vector<std::string>(argv + 1, argv + argc));
}
