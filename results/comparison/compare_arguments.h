// The command line of bench-compare.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "results/comparison/comparison.h"

namespace bench::results {

enum class CompareCommand { kCompare, kHelp, kVersion };

enum class ReportFormat { kText, kJson, kJunit, kMarkdown };

// A report that goes to a file.
struct ReportFile {
  ReportFormat format;
  std::string path;
};

struct CompareArguments {
  CompareCommand command = CompareCommand::kCompare;
  std::string base, head;
  CompareOptions options;
  ReportFormat printed = ReportFormat::kText;
  std::vector<ReportFile> files;

  // Whether Markdown was asked for, wherever it goes.
  bool wants_markdown() const;
};

extern const std::string_view kCompareHelp;

// `arguments` without the program's name. UsageError in one line.
absl::StatusOr<CompareArguments> ParseCompareArguments(const std::vector<std::string>& arguments);

}  // namespace bench::results
