#include "harness/run/inspect_command.h"

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/file.h"
#include "base/file_kind.h"
#include "base/status.h"
#include "harness/run/inspect_data.h"
#include "harness/run/inspect_model.h"
#include "models/weight_files.h"
#include "results/text.h"

namespace bench::harness {
namespace {

absl::StatusOr<Inspection> Inspect(const Options& options) {
  const std::string& path = options.arguments.at(0);
  if (!Exists(path)) return UsageError(absl::StrCat(path, ": no such file or folder"));
  BENCH_RETURN_IF_ERROR(CheckFileOrFolder(path));
  std::optional<InspectedTokenizer> tokenizer;
  if (options.tokenizer) {
    BENCH_RETURN_IF_ERROR(CheckFileOrFolder(*options.tokenizer));
    BENCH_ASSIGN_OR_RETURN(tokenizer, InspectTokenizer(*options.tokenizer));
  }
  if (Exists(absl::StrCat(path, "/", models::kConfigFile))) {
    BENCH_ASSIGN_OR_RETURN(InspectionLines lines, InspectModelFolder(path));
    return Inspection{std::move(lines)};
  }
  if (LooksLikeTokenizer(path)) {
    BENCH_ASSIGN_OR_RETURN(InspectedTokenizer inspected, InspectTokenizer(path));
    return Inspection{std::move(inspected.lines)};
  }
  return InspectData(path, tokenizer);
}

}  // namespace

absl::StatusOr<int> InspectCommand(const Options& options) {
  const std::string& path = options.arguments.at(0);
  BENCH_ASSIGN_OR_RETURN(const Inspection found, Inspect(options));
  if (!found.lines.empty()) absl::PrintF("%s\n", results::EscapeForTerminal(path));
  for (const std::string& line : found.lines) {
    absl::PrintF("%s\n", results::EscapeForTerminal(line));
  }
  if (!found.unusable.empty()) {
    return DataError(absl::StrCat(path, ": nothing of it can be used: ", found.unusable));
  }
  return 0;
}

}  // namespace bench::harness
