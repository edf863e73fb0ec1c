#include "harness/run/inspect_command.h"

#include <filesystem>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/run/inspect_data.h"
#include "harness/run/inspect_model.h"
#include "models/weight_files.h"
#include "results/text.h"

namespace bench::harness {
namespace {

absl::StatusOr<InspectionLines> Inspect(const Options& options) {
  const std::string& path = options.arguments.at(0);
  if (!Exists(path)) return UsageError(absl::StrCat(path, ": no such file or folder"));
  std::optional<InspectedTokenizer> tokenizer;
  if (options.tokenizer) {
    BENCH_ASSIGN_OR_RETURN(tokenizer, InspectTokenizer(*options.tokenizer));
  }
  if (Exists(absl::StrCat(path, "/", models::kConfigFile))) return InspectModelFolder(path);
  if (LooksLikeTokenizer(path)) {
    BENCH_ASSIGN_OR_RETURN(const InspectedTokenizer inspected, InspectTokenizer(path));
    return inspected.lines;
  }
  return InspectData(path, tokenizer);
}

}  // namespace

absl::StatusOr<int> InspectCommand(const Options& options) {
  BENCH_ASSIGN_OR_RETURN(const InspectionLines lines, Inspect(options));
  absl::PrintF("%s\n", results::EscapeForTerminal(options.arguments.at(0)));
  for (const std::string& line : lines) absl::PrintF("%s\n", results::EscapeForTerminal(line));
  return 0;
}

}  // namespace bench::harness
