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
  kCompare,  // two results, or groups of them
  kArms,     // two configurations, run now
  kCommits,  // two commits, built and run now
  kHelp,
  kVersion,
};

enum class ReportFormat { kText, kJson, kJunit, kMarkdown };

// A report that goes to a file.
struct ReportFile {
  ReportFormat format;
  std::string path;
};

struct CompareArguments {
  CompareCommand command = CompareCommand::kCompare;
  std::string base, head;                // paths, with kArms texts of arms, with kCommits revisions
  std::vector<std::string> experiments;  // with kCommits: texts of arms
  results::CompareOptions options;
  ReportFormat printed = ReportFormat::kText;
  std::vector<ReportFile> files;
  // Of a command that runs what it compares.
  std::string out;  // its folder
  int64_t replicates = 20;
  std::optional<double> max_minutes;
  std::string build_command, program;  // of a commit; empty: this project's

  // Whether Markdown was asked for, wherever it goes.
  bool wants_markdown() const;
};

extern const std::string_view kCompareHelp;

// `arguments` without the program's name. UsageError in one line.
absl::StatusOr<CompareArguments> ParseCompareArguments(const std::vector<std::string>& arguments);

}  // namespace bench::trials
