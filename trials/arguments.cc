#include "trials/arguments.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status.h"
#include "results/text.h"

namespace bench::trials {
namespace {

using results::EscapeForTerminal;
using results::MetricSelection;
using results::ParseRequirement;
using results::Requirement;

constexpr int64_t kMostReplicates = 1000;

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
    for (const auto& [option, read] : kOptions) {
      if (name == option) return (this->*read)(written);
    }
    for (const auto& [option, command] : kCommands) {
      if (name == option) return Command(written, command);
    }
    return UsageError(absl::StrCat("unknown option ", EscapeForTerminal(name),
                                   "; bench-compare --help lists all"));
  }

  absl::Status Command(const Written& written, CompareCommand command) {
    if (written.value) return UsageError(absl::StrCat(written.name, " takes no value"));
    if (parsed_.command != CompareCommand::kCompare) {
      return UsageError(
          absl::StrCat(written.name, ": one command is given already; leave one out"));
    }
    parsed_.command = command;
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
    if (required_) return UsageError("--require is given twice: leave one out");
    required_ = true;
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

  absl::Status Out(const Written& written) {
    BENCH_ASSIGN_OR_RETURN(parsed_.out, ValueOf(written));
    trial_option_ = written.name;
    return absl::OkStatus();
  }

  absl::Status Replicates(const Written& written) {
    BENCH_ASSIGN_OR_RETURN(const std::string value, ValueOf(written));
    trial_option_ = written.name;
    if (absl::SimpleAtoi(value, &parsed_.replicates) && parsed_.replicates >= 1 &&
        parsed_.replicates <= kMostReplicates) {
      return absl::OkStatus();
    }
    return UsageError(absl::StrCat("--replicates ", EscapeForTerminal(value),
                                   ": must be a whole number from 1 to ", kMostReplicates));
  }

  absl::Status MaxMinutes(const Written& written) {
    BENCH_ASSIGN_OR_RETURN(const std::string value, ValueOf(written));
    trial_option_ = written.name;
    double minutes = 0;
    if (absl::SimpleAtod(value, &minutes) && std::isfinite(minutes) && minutes > 0) {
      parsed_.max_minutes = minutes;
      return absl::OkStatus();
    }
    return UsageError(
        absl::StrCat("--max-minutes ", EscapeForTerminal(value), ": must be a positive number"));
  }

  absl::Status BuildCommand(const Written& written) {
    BENCH_ASSIGN_OR_RETURN(parsed_.build_command, ValueOf(written));
    build_option_ = written.name;
    return absl::OkStatus();
  }

  absl::Status Program(const Written& written) {
    BENCH_ASSIGN_OR_RETURN(parsed_.program, ValueOf(written));
    build_option_ = written.name;
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
    BENCH_RETURN_IF_ERROR(CheckTrial());
    if (parsed_.command == CompareCommand::kVersion) {
      if (paths_.empty() && num_others_ == 1) return absl::OkStatus();
      return UsageError("--version takes nothing else");
    }
    const bool commits = parsed_.command == CompareCommand::kCommits;
    if (commits && paths_.size() < 3) {
      return UsageError(
          "--commits needs two commits and an experiment; bench-compare --help shows examples");
    }
    if (!commits && paths_.size() != 2) {
      return UsageError(absl::StrCat("expected BASE and HEAD, got ", paths_.size(),
                                     " paths; bench-compare --help shows examples"));
    }
    if (std::any_of(paths_.begin(), paths_.end(),
                    [](const std::string& path) { return path.empty(); })) {
      return UsageError("BASE and HEAD are paths, not an empty text");
    }
    parsed_.base = paths_[0];
    parsed_.head = paths_[1];
    parsed_.experiments.assign(paths_.begin() + 2, paths_.end());
    return absl::OkStatus();
  }

  absl::Status CheckTrial() {
    const bool commits = parsed_.command == CompareCommand::kCommits;
    if (!build_option_.empty() && !commits) {
      return UsageError(absl::StrCat(build_option_, " goes with --commits"));
    }
    if (commits || parsed_.command == CompareCommand::kArms) {
      if (!parsed_.out.empty()) return absl::OkStatus();
      return UsageError("--out FOLDER is missing: where the runs go, and are continued");
    }
    if (trial_option_.empty()) return absl::OkStatus();
    return UsageError(absl::StrCat(
        trial_option_,
        " goes with --arms and --commits: results that there are are compared as they are"));
  }

  using Reader = absl::Status (Parser::*)(const Written&);
  static constexpr std::array<std::pair<std::string_view, Reader>, 8> kOptions = {{
      {"--require", &Parser::Require},
      {"--metrics", &Parser::Metrics},
      {"--allow", &Parser::Allow},
      {"--out", &Parser::Out},
      {"--replicates", &Parser::Replicates},
      {"--max-minutes", &Parser::MaxMinutes},
      {"--build-command", &Parser::BuildCommand},
      {"--program", &Parser::Program},
  }};
  static constexpr std::array<std::pair<std::string_view, CompareCommand>, 5> kCommands = {{
      {"--arms", CompareCommand::kArms},
      {"--commits", CompareCommand::kCommits},
      {"--help", CompareCommand::kHelp},
      {"-h", CompareCommand::kHelp},
      {"--version", CompareCommand::kVersion},
  }};

  const std::vector<std::string>& arguments_;
  size_t next_ = 0;
  int num_others_ = 0;  // options beside the paths
  bool required_ = false;
  std::string trial_option_;  // the last one that only a command that runs can use
  std::string build_option_;  // or one that builds
  std::vector<std::string> paths_;
  std::vector<std::string> metrics_;
  CompareArguments parsed_;
};

}  // namespace

const std::string_view kCompareHelp = R"(usage: bench-compare [options] BASE HEAD
       bench-compare --arms [options] --out FOLDER 'EXPERIMENT [settings]' 'EXPERIMENT [settings]'
       bench-compare --commits [options] --out FOLDER BASE HEAD 'EXPERIMENT [settings]'...
       bench-compare --help | --version

Did anything change between two groups of runs of one experiment? BASE and HEAD are results files,
run folders, or folders of several replicates.

Strict runs of one replicate number are compared bit for bit first: the first digest, step and value
that differ are named. Then every metric of the summary is judged, a replicate being the unit: times
by ranks, losses and scores by pairs of replicates with the same seeds, counts exactly, memory by
medians. A metric is the same, improved, regressed, changed (it has no better direction) or unclear:
too few replicates to say. With nine pairs or more the learning curves are tested as wholes.

With --arms and --commits both arms are run first, one beside the other in fresh processes (ABBA
blocks in random order), until what is required is decided: looks at the results are fixed before
the first run, and their errors add up to those of one comparison. Settings are --set KEY=VALUE,
--steps N, --device KIND, --nproc N, --experiments DIR and --env NAME=VALUE. What two --arms were
told to differ in is listed and does not make them incomparable; anything else does. --commits
builds both commits, each with its own definitions; "." is the tree as it is. The same command
continues an interrupted one.

options:
  --require WHAT   what passes: not-worse (default: no metric is worse by more than its margin),
                   same (every metric is shown to be the same, or improved), bitwise (equal bits,
                   nothing else)
  --metrics LIST   judge these only: names, paths or kinds (learning, time, memory, count), by
                   commas
  --allow NAME     this metric, without a better direction, may change (repeatable)
  --json, --junit, --markdown
                   print this format instead of the table; with =FILE write it there as well.
                   Markdown is also appended to the file that $GITHUB_STEP_SUMMARY names
  --help           print this
  --version        print the version

options of --arms and --commits:
  --out FOLDER     where the runs go
  --replicates N   at most so many of each arm; default 20
  --max-minutes M  begin no block of runs that would not end in time (building does not count)

options of --commits:
  --build-command C, --program PATH
                   how a commit is built, and what is run then, from the root of its tree; default
                   "./bench-run --version" and build/release/bin/bench-run

exit codes
  0  what is required is shown
  1  a metric regressed, or changed without being allowed to; the head diverged or has a value that
     is not finite; learning curves are worse; with --require bitwise: a bit differs
  2  wrong usage
  3  not shown: too few replicates, a metric that only the base has; or not comparable (another
     definition, machine class, device, number of threads or processes, input; no replicate number
     in common; a run that did not complete)
  4  a results file is damaged, truncated or not a results file
  5  a file cannot be read or written, a run or a build failed
  128+n  ended by signal n

examples
  bench-compare before/results.h5 after/results.h5
  bench-compare --metrics learning,memory before after
  bench-compare --require bitwise before after
  bench-compare --markdown --junit=comparison.xml baseline/ run/
  bench-compare --arms --out t 'experiments/clm_tiny' 'experiments/clm_tiny --set run.threads=1'
  bench-compare --commits --out c main . experiments/clm_tiny
)";

bool CompareArguments::wants_markdown() const {
  return printed == ReportFormat::kMarkdown ||
         std::any_of(files.begin(), files.end(),
                     [](const ReportFile& file) { return file.format == ReportFormat::kMarkdown; });
}

absl::StatusOr<CompareArguments> ParseCompareArguments(const std::vector<std::string>& arguments) {
  return Parser(arguments).Parse();
}

}  // namespace bench::trials
