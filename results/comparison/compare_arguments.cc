#include "results/comparison/compare_arguments.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status.h"
#include "results/text.h"

namespace bench::results {
namespace {

constexpr std::array<std::pair<std::string_view, ReportFormat>, 3> kFormats = {{
    {"--json", ReportFormat::kJson},
    {"--junit", ReportFormat::kJunit},
    {"--markdown", ReportFormat::kMarkdown},
}};

// An argument as it is written: --name, --name=value, or one that is no option.
struct Written {
  std::string name;
  std::optional<std::string> value;
};

Written Split(const std::string& argument) {
  const size_t equals = argument.find('=');
  if (equals == std::string::npos) return {argument, std::nullopt};
  return {argument.substr(0, equals), argument.substr(equals + 1)};
}

// Reads the arguments from the first to the last.
class Parser {
 public:
  explicit Parser(const std::vector<std::string>& arguments) : arguments_(arguments) {}

  absl::StatusOr<CompareArguments> Parse() {
    bool only_paths = false;
    while (next_ < arguments_.size()) {
      const std::string& argument = arguments_[next_++];
      if (only_paths || argument.empty() || argument[0] != '-') {
        paths_.push_back(argument);
      } else if (argument == "--") {
        only_paths = true;
      } else {
        BENCH_RETURN_IF_ERROR(Option(Split(argument)));
      }
    }
    BENCH_RETURN_IF_ERROR(CheckPaths());
    parsed_.options.metrics = MetricSelection(std::move(metrics_));
    return std::move(parsed_);
  }

 private:
  absl::Status Option(const Written& written) {
    const std::string& name = written.name;
    for (const auto& [format_name, format] : kFormats) {
      if (name == format_name) return Report(written, format);
    }
    if (name == "--require") return Require(written);
    if (name == "--metrics") return Metrics(written);
    if (name == "--allow") return Allow(written);
    const bool help = name == "--help" || name == "-h";
    if (!help && name != "--version") {
      return UsageError(absl::StrCat("unknown option ", EscapeForTerminal(name),
                                     "; bench-compare --help lists all"));
    }
    if (written.value) return UsageError(absl::StrCat(name, " takes no value"));
    if (parsed_.command != CompareCommand::kCompare) {
      return UsageError(absl::StrCat(name, ": one command is given already; leave one out"));
    }
    parsed_.command = help ? CompareCommand::kHelp : CompareCommand::kVersion;
    ++num_others_;
    return absl::OkStatus();
  }

  // --json prints it, --json=FILE writes it too.
  absl::Status Report(const Written& written, ReportFormat format) {
    ++num_others_;
    if (written.value) {
      if (written.value->empty()) {
        return UsageError(absl::StrCat(written.name, "= needs a file's name behind it"));
      }
      parsed_.files.push_back({format, *written.value});
      return absl::OkStatus();
    }
    if (parsed_.printed != ReportFormat::kText) {
      return UsageError(absl::StrCat(written.name, ": one format is printed already; write ",
                                     written.name, "=FILE"));
    }
    parsed_.printed = format;
    return absl::OkStatus();
  }

  absl::Status Require(const Written& written) {
    BENCH_ASSIGN_OR_RETURN(const std::string value, ValueOf(written));
    const std::optional<Requirement> require = ParseRequirement(value);
    if (!require) {
      return UsageError(absl::StrCat("--require ", EscapeForTerminal(value),
                                     ": must be not-worse, same or bitwise"));
    }
    parsed_.options.policy.require = *require;
    return absl::OkStatus();
  }

  absl::Status Metrics(const Written& written) {
    BENCH_ASSIGN_OR_RETURN(const std::string value, ValueOf(written));
    const std::vector<std::string> items = absl::StrSplit(value, ',');
    for (const std::string& item : items) {
      if (item.empty()) return UsageError("--metrics: an item of the list is empty");
      metrics_.push_back(item);
    }
    return absl::OkStatus();
  }

  absl::Status Allow(const Written& written) {
    BENCH_ASSIGN_OR_RETURN(const std::string value, ValueOf(written));
    parsed_.options.policy.allowed.insert(value);
    return absl::OkStatus();
  }

  // Behind "=", or the argument that follows.
  absl::StatusOr<std::string> ValueOf(const Written& written) {
    ++num_others_;
    const std::string value =
        written.value ? *written.value
                      : (next_ < arguments_.size() ? arguments_[next_++] : std::string());
    if (value.empty()) return UsageError(absl::StrCat(written.name, " needs a value"));
    return value;
  }

  absl::Status CheckPaths() {
    if (parsed_.command == CompareCommand::kHelp) return absl::OkStatus();
    if (parsed_.command == CompareCommand::kVersion) {
      if (paths_.empty() && num_others_ == 1) return absl::OkStatus();
      return UsageError("--version takes nothing else");
    }
    if (paths_.size() != 2) {
      return UsageError(absl::StrCat("expected BASE and HEAD, got ", paths_.size(),
                                     " paths; bench-compare --help shows examples"));
    }
    if (std::any_of(paths_.begin(), paths_.end(),
                    [](const std::string& path) { return path.empty(); })) {
      return UsageError("BASE and HEAD are paths, not an empty text");
    }
    parsed_.base = paths_[0];
    parsed_.head = paths_[1];
    return absl::OkStatus();
  }

  const std::vector<std::string>& arguments_;
  size_t next_ = 0;
  int num_others_ = 0;  // options beside the paths
  std::vector<std::string> paths_;
  std::vector<std::string> metrics_;
  CompareArguments parsed_;
};

}  // namespace

const std::string_view kCompareHelp = R"(usage: bench-compare [options] BASE HEAD
       bench-compare --help | --version

Did anything change between two groups of runs of one experiment? BASE and HEAD are results files, run
folders, or folders of several replicates.

Strict runs of one replicate number are compared bit for bit first: the first digest, step and value
that differ are named. Then every metric of the summary is judged, a replicate being the unit: times by
ranks, losses and scores by pairs of replicates with the same seeds, counts exactly, memory by medians.
A metric is the same, improved, regressed, changed (it has no better direction) or unclear: too few
replicates to say. With nine pairs or more the learning curves are tested as wholes.

  --require WHAT   what passes: not-worse (default: no metric is worse by more than its margin), same
                   (every metric is shown to be the same, or improved), bitwise (equal bits, nothing
                   else)
  --metrics LIST   judge these only: names, paths or kinds (learning, time, memory, count), by commas
  --allow NAME     this metric, without a better direction, may change (repeatable)
  --json, --junit, --markdown
                   print this format instead of the table; with =FILE write it there as well.
                   Markdown is also appended to the file that $GITHUB_STEP_SUMMARY names
  --help           print this
  --version        print the version

exit codes
  0  what is required is shown
  1  a metric regressed, or changed without being allowed to; the head diverged or has a value that is
     not finite; learning curves are worse; with --require bitwise: a bit differs
  2  wrong usage
  3  not shown: too few replicates, a metric that only the base has; or not comparable (another
     definition, machine class, device, number of threads or processes, input; no replicate number in
     common; a run that did not complete)
  4  a results file is damaged, truncated or not a results file
  5  a file cannot be read or written

examples
  bench-compare before/results.h5 after/results.h5
  bench-compare --metrics learning,memory before after
  bench-compare --require bitwise before after
  bench-compare --markdown --junit=comparison.xml baseline/ run/
)";

bool CompareArguments::wants_markdown() const {
  return printed == ReportFormat::kMarkdown ||
         std::any_of(files.begin(), files.end(),
                     [](const ReportFile& file) { return file.format == ReportFormat::kMarkdown; });
}

absl::StatusOr<CompareArguments> ParseCompareArguments(const std::vector<std::string>& arguments) {
  return Parser(arguments).Parse();
}

}  // namespace bench::results
