#include "trials/export_command.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "results/comparison/group.h"
#include "results/exports/export_format.h"
#include "results/isolated_reader.h"
#include "results/text.h"
#include "trials/invocation.h"
#include "trials/reports.h"

namespace bench::trials {
namespace {

absl::StatusOr<results::Exporter> ExporterFor(const CompareArguments& arguments) {
  const std::optional<results::ExportFormat> format =
      results::ParseExportFormat(arguments.export_format);
  if (!format) {
    return UsageError(absl::StrCat("--export ", results::EscapeForTerminal(arguments.export_format),
                                   ": must be ", results::ExportFormatNames()));
  }
  const results::Exporter& exporter = results::ExporterOf(*format);
  if (exporter.file_name != nullptr && arguments.out.empty()) {
    return UsageError(absl::StrCat("--export ", arguments.export_format,
                                   " needs --out FOLDER: where its file goes"));
  }
  return exporter;
}

absl::StatusOr<std::string> OnlyResult(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> files, results::FindResults(path));
  if (files.size() == 1) return files.front();
  return UsageError(
      absl::StrCat(path, " holds ", files.size(), " results: name one, as ", files.front()));
}

// The folder is made where it is missing.
absl::Status WriteInFolder(const std::string& folder, const std::string& name,
                           const std::string& text) {
  std::error_code error;
  if (Exists(folder) && !std::filesystem::is_directory(folder, error)) {
    return UsageError(absl::StrCat("--out ", folder, " is a file; a folder is needed"));
  }
  BENCH_RETURN_IF_ERROR(MakeFolders(folder));
  const std::string path = absl::StrCat(folder, "/", name);
  BENCH_RETURN_IF_ERROR(PublishFile(path, text));
  return Print(absl::StrCat(path, "\n"));
}

}  // namespace

absl::StatusOr<int> ExportResult(const CompareArguments& arguments) {
  BENCH_ASSIGN_OR_RETURN(const results::Exporter exporter, ExporterFor(arguments));
  BENCH_ASSIGN_OR_RETURN(const std::string path, OnlyResult(ResultsPath(arguments.paths.front())));
  BENCH_ASSIGN_OR_RETURN(const results::RunRecord record, results::ReadResultsIsolated(path));
  const std::string text = exporter.render(record);
  if (exporter.file_name != nullptr) {
    BENCH_RETURN_IF_ERROR(WriteInFolder(arguments.out, exporter.file_name(record), text));
  } else if (arguments.out.empty()) {
    BENCH_RETURN_IF_ERROR(Print(text));
  } else {
    BENCH_RETURN_IF_ERROR(PublishFile(arguments.out, text));
  }
  return 0;
}

}  // namespace bench::trials
