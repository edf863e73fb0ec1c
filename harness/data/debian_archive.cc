#include <unistd.h>

#include <chrono>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/file.h"
#include "base/status.h"
#include "base/subprocess.h"
#include "harness/control/signals.h"
#include "harness/data/source.h"

namespace bench::harness {
namespace {

constexpr std::chrono::minutes kDownloadLimit{10};
constexpr std::chrono::minutes kUnpackLimit{5};

// What the program complained about, on one line: apt's "E: " lines, else the last line.
std::string Complaint(const std::string& err) {
  std::vector<std::string> errors;
  std::string last;
  for (const absl::string_view line : absl::StrSplit(err, '\n', absl::SkipWhitespace())) {
    last = std::string(line);
    if (absl::StartsWith(line, "E: ")) errors.push_back(last);
  }
  return errors.empty() ? last : absl::StrJoin(errors, " ");
}

class Archive : public PackageArchive {
 public:
  explicit Archive(ArchivePrograms programs) : programs_(std::move(programs)) {}

  absl::StatusOr<std::string> Unpack(const std::string& package,
                                     const std::string& folder) override {
    const std::string download = folder + ".deb";
    BENCH_RETURN_IF_ERROR(RemoveTree(download));
    BENCH_RETURN_IF_ERROR(MakeFolders(download));
    const auto remove = absl::MakeCleanup([&] { RemoveTree(download).IgnoreError(); });
    BENCH_ASSIGN_OR_RETURN(const std::string file, Download(package, download));
    BENCH_RETURN_IF_ERROR(
        Run(package, {programs_.dpkg_deb, "-x", file, folder}, download, kUnpackLimit).status());
    BENCH_ASSIGN_OR_RETURN(
        const std::string version,
        Run(package, {programs_.dpkg_deb, "-f", file, "Version"}, download, kUnpackLimit));
    return std::string(absl::StripAsciiWhitespace(version));
  }

 private:
  absl::StatusOr<std::string> Download(const std::string& package, const std::string& folder) {
    std::vector<std::string> command = {programs_.apt_get,    "-q", "-o",
                                        "Acquire::Retries=3", "-o", "Acquire::http::Timeout=30"};
    // Root would download as user _apt, who may not write into our folder, and be warned about it.
    if (::geteuid() == 0) command.insert(command.end(), {"-o", "APT::Sandbox::User=root"});
    command.insert(command.end(), {"download", package});
    BENCH_RETURN_IF_ERROR(Run(package, command, folder, kDownloadLimit).status());
    BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListFolder(folder));
    for (const std::string& name : names) {
      if (absl::EndsWith(name, ".deb")) return absl::StrCat(folder, "/", name);
    }
    return EnvironmentError(
        absl::StrCat("`", absl::StrJoin(command, " "), "` left no package file"));
  }

  // Standard output; EnvironmentError naming package and command unless it exits 0.
  absl::StatusOr<std::string> Run(const std::string& package,
                                  const std::vector<std::string>& command,
                                  const std::string& folder, std::chrono::minutes limit) {
    ProgramOptions options;
    options.folder = folder;
    options.environment = {{"LC_ALL", "C"}, {"DEBIAN_FRONTEND", "noninteractive"}};
    options.timeout = limit;
    options.cancelled = [] { return StopSignal().has_value(); };
    auto output = RunProgram(command, options);
    const std::string what = absl::StrCat("cannot fetch Debian package ", package, ": `",
                                          absl::StrJoin(command, " "), "`");
    if (!output.ok()) return Annotate(output.status(), what);
    if (output->exit_code == 0) return std::move(output->out);
    const std::string complaint = Complaint(output->err);
    const bool no_lists = absl::StrContains(complaint, "Unable to locate package") ||
                          absl::StrContains(complaint, "Can't find a source") ||
                          absl::StrContains(complaint, "404");
    return EnvironmentError(absl::StrCat(
        what, " exits ", output->exit_code, ": ", complaint,
        no_lists ? "; run `apt-get update` (as root) and try again"
                 : "; check the network, or copy the store's sources folder from another machine"));
  }

  const ArchivePrograms programs_;
};

}  // namespace

std::unique_ptr<PackageArchive> DebianArchive(const ArchivePrograms& programs) {
  return std::make_unique<Archive>(programs);
}

}  // namespace bench::harness
