#include "trials/arguments.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
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

// Options by who can use them: bits of a set.
enum Group : unsigned {
  kSelection = 1U << 0U,  // --metrics
  kPolicy = 1U << 1U,     // --require, --allow, --target
  kJson = 1U << 2U,
  kHtml = 1U << 3U,
  kJobReports = 1U << 4U,  // --junit, --markdown
  kOutput = 1U << 5U,      // --out
  kRunning = 1U << 6U,     // --replicates, --max-minutes
  kBuilding = 1U << 7U,    // --build-command, --program, --source
  kBaselines = 1U << 8U,   // --baselines
  kReason = 1U << 9U,      // --reason
};
constexpr unsigned kVerdict = kSelection | kPolicy | kJson | kHtml | kJobReports;

struct Format {
  std::string_view option;
  ReportFormat format;
  Group group;
};
constexpr std::array<Format, 4> kFormats = {{
    {"--json", ReportFormat::kJson, kJson},
    {"--junit", ReportFormat::kJunit, kJobReports},
    {"--markdown", ReportFormat::kMarkdown, kJobReports},
    {"--html", ReportFormat::kHtml, kHtml},
}};

// What a command takes.
struct Rule {
  CompareCommand command;
  std::string_view option;  // that asks for it
  size_t fewest_paths, most_paths;
  std::string_view paths;       // in words
  unsigned options = 0;         // sets that it can use
  std::string_view needs = {};  // an option that must be there
  std::string_view needs_what = {};
  bool takes_value = false;
};
constexpr size_t kAny = 10'000;
constexpr std::array<Rule, 11> kRules = {{
    {CompareCommand::kCompare, "", 2, 2, "BASE and HEAD", kVerdict},
    {CompareCommand::kArms, "--arms", 2, 2, "two experiments with their settings",
     kVerdict | kOutput | kRunning, "--out",
     "FOLDER is missing: where the runs go, and are continued"},
    {CompareCommand::kCommits, "--commits", 3, kAny, "two commits and an experiment",
     kVerdict | kOutput | kRunning | kBuilding, "--out",
     "FOLDER is missing: where the runs go, and are continued"},
    {CompareCommand::kBisect, "--bisect", 4, 4,
     "a good commit, a bad one, an experiment and a metric", kJson | kOutput | kRunning | kBuilding,
     "--out", "FOLDER is missing: where the runs go, and are continued"},
    {CompareCommand::kHistory, "--history", 1, kAny, "an experiment, and folders of results",
     kSelection | kJson | kHtml},
    {CompareCommand::kBaseline, "--baseline", 1, 1, "HEAD", kVerdict | kBaselines},
    {CompareCommand::kUpdateBaseline, "--update-baseline", 1, 1, "the results to keep",
     kBaselines | kReason, "--reason", "TEXT is missing: why the baseline may change"},
    {CompareCommand::kExport, "--export", 1, 1, "a results file", kOutput, "", "", true},
    {CompareCommand::kHelp, "--help", 0, kAny, "", ~0U},
    {CompareCommand::kHelp, "-h", 0, kAny, "", ~0U},
    {CompareCommand::kVersion, "--version", 0, 0, "", 0},
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

// An option that was given.
struct Used {
  std::string name;
  Group group;
};

// Reads the arguments from the first to the last.
class Parser {
 public:
  explicit Parser(const std::vector<std::string>& arguments) : arguments_(arguments) {}

  absl::StatusOr<CompareArguments> Parse() {
    bool only_paths = false;
    while (next_ < arguments_.size()) {
      const std::string& argument = arguments_[next_++];
      if (only_paths || argument.empty() || argument[0] != '-') {
        parsed_.paths.push_back(argument);
      } else if (argument == "--") {
        only_paths = true;
      } else {
        BENCH_RETURN_IF_ERROR(ReadOption(Split(argument)));
      }
    }
    BENCH_RETURN_IF_ERROR(CheckCommand());
    parsed_.options.metrics = MetricSelection(std::move(metrics_));
    return std::move(parsed_);
  }

 private:
  absl::Status ReadOption(const Written& written) {
    const std::string& name = written.name;
    for (const Format& format : kFormats) {
      if (name == format.option) return Report(written, format);
    }
    for (const Option& option : kOptions) {
      if (name != option.name) continue;
      used_.push_back({name, option.group});
      BENCH_ASSIGN_OR_RETURN(const std::string value, ValueOf(written));
      return (this->*option.read)(value);
    }
    for (const Rule& rule : kRules) {
      if (name == rule.option) return Command(written, rule);
    }
    return UsageError(absl::StrCat("unknown option ", EscapeForTerminal(name),
                                   "; bench-compare --help lists all"));
  }

  absl::Status Command(const Written& written, const Rule& rule) {
    if (rule_ != &kRules[0]) {
      return UsageError(
          absl::StrCat(written.name, ": one command is given already; leave one out"));
    }
    rule_ = &rule;
    parsed_.command = rule.command;
    if (rule.takes_value) {
      BENCH_ASSIGN_OR_RETURN(parsed_.export_format, ValueOf(written));
      return absl::OkStatus();
    }
    if (written.value) return UsageError(absl::StrCat(written.name, " takes no value"));
    return absl::OkStatus();
  }

  // --json prints it, --json=FILE writes it too.
  absl::Status Report(const Written& written, const Format& format) {
    used_.push_back({written.name, format.group});
    if (written.value) {
      if (written.value->empty()) {
        return UsageError(absl::StrCat(written.name, "= needs a file's name behind it"));
      }
      parsed_.files.push_back({format.format, *written.value});
      return absl::OkStatus();
    }
    if (parsed_.printed != ReportFormat::kText) {
      return UsageError(absl::StrCat(written.name, ": one format is printed already; write ",
                                     written.name, "=FILE"));
    }
    parsed_.printed = format.format;
    return absl::OkStatus();
  }

  absl::Status Require(const std::string& value) {
    if (required_) return UsageError("--require is given twice: leave one out");
    required_ = true;
    const std::optional<Requirement> require = ParseRequirement(value);
    if (!require) {
      return UsageError(absl::StrCat("--require ", EscapeForTerminal(value),
                                     ": must be not-worse, same or bitwise"));
    }
    parsed_.options.policy.require = *require;
    return absl::OkStatus();
  }

  absl::Status Metrics(const std::string& value) {
    const std::vector<std::string> items = absl::StrSplit(value, ',');
    for (const std::string& item : items) {
      if (item.empty()) return UsageError("--metrics: an item of the list is empty");
      metrics_.push_back(item);
    }
    return absl::OkStatus();
  }

  absl::Status Allow(const std::string& value) {
    parsed_.options.policy.allowed.insert(value);
    return absl::OkStatus();
  }

  absl::Status Out(const std::string& value) {
    parsed_.out = value;
    return absl::OkStatus();
  }

  absl::Status Replicates(const std::string& value) {
    if (absl::SimpleAtoi(value, &parsed_.replicates) && parsed_.replicates >= 1 &&
        parsed_.replicates <= kMostReplicates) {
      return absl::OkStatus();
    }
    return UsageError(absl::StrCat("--replicates ", EscapeForTerminal(value),
                                   ": must be a whole number from 1 to ", kMostReplicates));
  }

  absl::Status MaxMinutes(const std::string& value) {
    double minutes = 0;
    if (absl::SimpleAtod(value, &minutes) && std::isfinite(minutes) && minutes > 0) {
      parsed_.max_minutes = minutes;
      return absl::OkStatus();
    }
    return UsageError(
        absl::StrCat("--max-minutes ", EscapeForTerminal(value), ": must be a positive number"));
  }

  absl::Status BuildCommand(const std::string& value) {
    parsed_.build_command = value;
    return absl::OkStatus();
  }

  absl::Status Source(const std::string& value) {
    parsed_.source = value;
    return absl::OkStatus();
  }

  absl::Status Program(const std::string& value) {
    parsed_.program = value;
    return absl::OkStatus();
  }

  absl::Status Baselines(const std::string& value) {
    parsed_.baselines = value;
    return absl::OkStatus();
  }

  absl::Status Reason(const std::string& value) {
    parsed_.reason = value;
    return absl::OkStatus();
  }

  // PATH=VALUE
  absl::Status Target(const std::string& value) {
    const size_t equals = value.rfind('=');
    double target = 0;
    if (equals != std::string::npos && equals > 0 &&
        absl::SimpleAtod(value.substr(equals + 1), &target) && std::isfinite(target)) {
      parsed_.options.targets.push_back({value.substr(0, equals), target});
      return absl::OkStatus();
    }
    return UsageError(absl::StrCat("--target ", EscapeForTerminal(value),
                                   ": must be a metric and a value, as loss=2.5"));
  }

  // Behind "=", or the argument that follows.
  absl::StatusOr<std::string> ValueOf(const Written& written) {
    const std::string value =
        written.value ? *written.value
                      : (next_ < arguments_.size() ? arguments_[next_++] : std::string());
    if (value.empty()) return UsageError(absl::StrCat(written.name, " needs a value"));
    return value;
  }

  bool Uses(std::string_view option) const {
    return std::any_of(used_.begin(), used_.end(),
                       [&](const Used& used) { return used.name == option; });
  }

  absl::Status CheckCommand() const {
    if (parsed_.command == CompareCommand::kHelp) return absl::OkStatus();
    if (parsed_.command == CompareCommand::kVersion) {
      if (parsed_.paths.empty() && used_.empty()) return absl::OkStatus();
      return UsageError("--version takes nothing else");
    }
    for (const Used& used : used_) {
      if ((rule_->options & used.group) == 0) return Foreign(used);
    }
    if (!rule_->needs.empty() && !Uses(rule_->needs)) {
      return UsageError(
          absl::StrCat(std::string(rule_->needs), " ", std::string(rule_->needs_what)));
    }
    return CheckPaths();
  }

  // Says which commands take the option.
  absl::Status Foreign(const Used& used) const {
    std::vector<std::string> takers;
    for (const Rule& rule : kRules) {
      if ((rule.options & used.group) == 0 || rule.command == CompareCommand::kHelp) continue;
      takers.emplace_back(rule.option.empty() ? "BASE HEAD" : rule.option);
    }
    return UsageError(absl::StrCat(used.name, " goes with ", absl::StrJoin(takers, ", "),
                                   rule_->option.empty() ? "" : ", not with ",
                                   std::string(rule_->option)));
  }

  absl::Status CheckPaths() const {
    const size_t num_paths = parsed_.paths.size();
    if (num_paths < rule_->fewest_paths || num_paths > rule_->most_paths) {
      return UsageError(absl::StrCat("expected ", std::string(rule_->paths), ", got ", num_paths,
                                     num_paths == 1 ? " argument" : " arguments",
                                     "; bench-compare --help shows examples"));
    }
    if (std::none_of(parsed_.paths.begin(), parsed_.paths.end(),
                     [](const std::string& path) { return path.empty(); })) {
      return absl::OkStatus();
    }
    return UsageError(
        absl::StrCat("an argument is an empty text; expected ", std::string(rule_->paths)));
  }

  using Reader = absl::Status (Parser::*)(const std::string& value);
  struct Option {
    std::string_view name;
    Group group;
    Reader read;
  };
  static constexpr std::array<Option, 12> kOptions = {{
      {"--require", kPolicy, &Parser::Require},
      {"--allow", kPolicy, &Parser::Allow},
      {"--target", kPolicy, &Parser::Target},
      {"--metrics", kSelection, &Parser::Metrics},
      {"--out", kOutput, &Parser::Out},
      {"--replicates", kRunning, &Parser::Replicates},
      {"--max-minutes", kRunning, &Parser::MaxMinutes},
      {"--build-command", kBuilding, &Parser::BuildCommand},
      {"--program", kBuilding, &Parser::Program},
      {"--source", kBuilding, &Parser::Source},
      {"--baselines", kBaselines, &Parser::Baselines},
      {"--reason", kReason, &Parser::Reason},
  }};

  const std::vector<std::string>& arguments_;
  size_t next_ = 0;
  const Rule* rule_ = &kRules[0];
  bool required_ = false;
  std::vector<Used> used_;  // options beside the command and the paths
  std::vector<std::string> metrics_;
  CompareArguments parsed_;
};

}  // namespace

bool CompareArguments::wants(ReportFormat format) const {
  return printed == format || std::any_of(files.begin(), files.end(), [&](const ReportFile& file) {
           return file.format == format;
         });
}

absl::StatusOr<CompareArguments> ParseCompareArguments(const std::vector<std::string>& arguments) {
  return Parser(arguments).Parse();
}

}  // namespace bench::trials
