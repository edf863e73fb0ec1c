#include "harness/profiling/nsys.h"

#include <array>
#include <chrono>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/file.h"
#include "base/status.h"
#include "base/subprocess.h"
#include "harness/profiling/capture_range.h"
#include "harness/profiling/nsys_database.h"

namespace bench::harness {
namespace {

constexpr auto kLongestImport = std::chrono::hours(2);

// Where packages keep it: beside nsys's own libraries.
constexpr std::array<const char*, 2> kImporters = {
    "/usr/lib/nsight-systems/host-linux-x64/QdstrmImporter",
    "/usr/lib/x86_64-linux-gnu/nsight-systems/host-linux-x64/QdstrmImporter"};

// Runs one of NVIDIA's programs to its end.
absl::Status Run(const std::vector<std::string>& argv) {
  ProgramOptions options;
  options.timeout = kLongestImport;
  BENCH_ASSIGN_OR_RETURN(const ProgramOutput output, RunProgram(argv, options));
  if (output.exit_code == 0) return absl::OkStatus();
  const std::vector<std::string> lines =
      absl::StrSplit(absl::StrCat(output.err, output.out), '\n', absl::SkipWhitespace());
  return EnvironmentError(
      absl::StrCat(argv[0], " ended with ", output.exit_code, ": ",
                   lines.empty() ? std::string("it said nothing") : lines.back()));
}

absl::Status Import(const std::string& unimported, const std::string& report) {
  for (const char* importer : kImporters) {
    if (!Exists(importer)) continue;
    BENCH_RETURN_IF_ERROR(
        Run({importer, "--force-overwrite", "--input-file", unimported, "--output-file", report}));
    return RemoveTree(unimported);
  }
  return EnvironmentError(absl::StrCat(
      unimported, " is not imported: ", kImporters[0],
      " is missing; install the whole of Debian's package nsight-systems, or import it with the "
      "QdstrmImporter of another installation"));
}

}  // namespace

std::vector<std::string> NsysCommand(const std::string& program, const std::string& folder) {
  return {program,
          "profile",
          "--trace=cuda,nvtx,osrt",
          "--sample=none",
          "--cpuctxsw=none",
          "--capture-range=nvtx",
          absl::StrCat("--nvtx-capture=", internal::View(kCaptureRange), "@bench"),
          "--capture-range-end=stop",
          "--force-overwrite=true",
          absl::StrCat("--output=", folder, "/profile")};
}

absl::StatusOr<ProfileTables> FinishNsys(const std::string& program, const std::string& folder) {
  const std::string report = absl::StrCat(folder, "/", kNsysReportName);
  const std::string database = absl::StrCat(folder, "/", kNsysDatabaseName);
  const std::string unimported = absl::StrCat(folder, "/", kNsysUnimportedName);
  if (Exists(unimported)) BENCH_RETURN_IF_ERROR(Import(unimported, report));
  if (!Exists(report)) {
    return EnvironmentError(
        absl::StrCat("nsys left no ", report, ": the run did not reach the steps to profile"));
  }
  BENCH_RETURN_IF_ERROR(Run({program, "export", "--type", "sqlite", "--force-overwrite", "true",
                             "--output", database, report}));
  return ReadNsysDatabase(database);
}

}  // namespace bench::harness
