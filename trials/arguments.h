// The command line of bench-compare.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "results/comparison/comparison.h"

namespace bench::trials {

enum class CompareCommand {
  kCompare,         // two results, or groups of them
  kArms,            // two configurations, run now
  kCommits,         // two commits, built and run now
  kBisect,          // which commit between two brought a change
  kHistory,         // the results of an experiment over commits
  kBaseline,        // results against those that are kept as a baseline
  kUpdateBaseline,  // keeps results as a baseline
  kExport,          // results in the format of another program
  kHelp,
  kVersion,
};

enum class ReportFormat { kText, kJson, kJunit, kMarkdown, kHtml };

// A report that goes to a file.
struct ReportFile {
  ReportFormat format;
  std::string path;
};

struct CompareArguments {
  CompareCommand command = CompareCommand::kCompare;
  // All that is no option. kCompare: BASE and HEAD; kArms: texts of both; kCommits: two revisions
  // and texts of arms; kBisect: two revisions, the text of an arm and a metric; kHistory: an
  // experiment and folders; else: results.
  std::vector<std::string> paths;
  results::CompareOptions options;
  ReportFormat printed = ReportFormat::kText;
  std::vector<ReportFile> files;
  std::string out;  // of a command that runs what it compares: its folder; kExport: what it writes
  // Of a command that runs what it compares.
  int64_t replicates = 20;
  std::optional<double> max_minutes;
  std::string source;                  // whose commits are meant; empty: this project's
  std::string build_command, program;  // of a commit; empty: this project's
  std::string baselines;               // the folder of baselines; empty: this project's
  std::string reason;                  // kUpdateBaseline: why it may change
  std::string export_format;           // kExport

  const std::string& base() const { return paths[0]; }
  const std::string& head() const { return paths[1]; }
  // Whether that format was asked for, wherever it goes.
  bool wants(ReportFormat format) const;
};

extern const std::string_view kCompareHelp;  // help.cc

// `arguments` without the program's name. UsageError in one line.
absl::StatusOr<CompareArguments> ParseCompareArguments(const std::vector<std::string>& arguments);

}  // namespace bench::trials
