// usage: source_state SOURCE_FOLDER BEGAN OUT
//
// Writes to OUT the source that embeds the state of SOURCE_FOLDER; an OUT that says the same
// already is left alone, time and all. BEGAN is a file that was written when the build began.
#include <cstdio>

#include "base/file.h"
#include "base/status.h"
#include "harness/measurement/built_source.h"

namespace {

using bench::harness::BuiltSource;

absl::Status Write(const std::string& folder, const std::string& began, const std::string& out) {
  BuiltSource source;
  source.state = bench::harness::ReadSourceState({.folder = folder});
  const auto began_at = bench::harness::ChangeTime(began);
  if (!began_at) return bench::EnvironmentError(absl::StrCat(began, " is not there"));
  source.changed_in_build = bench::harness::ChangedSince({.folder = folder}, *began_at);
  const std::string code = bench::harness::EmbeddedSourceCode(source);
  if (const auto before = bench::ReadFile(out); before.ok() && *before == code) {
    return absl::OkStatus();
  }
  return bench::PublishFile(out, code);
}

}  // namespace

int main(int argc, char** argv) {
  const absl::Status status =
      argc == 4 ? Write(argv[1], argv[2], argv[3])
                : bench::UsageError("usage: source_state SOURCE_FOLDER BEGAN OUT");
  if (status.ok()) return 0;
  std::fprintf(stderr, "source_state: error: %s\n", std::string(status.message()).c_str());
  return static_cast<int>(bench::ExitCodeFor(status));
}
