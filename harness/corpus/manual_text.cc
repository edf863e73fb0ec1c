#include "harness/corpus/manual_text.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/file.h"
#include "base/status.h"
#include "base/subprocess.h"

namespace bench::corpus {
namespace {

constexpr int kMandocBadArgument = 5;  // from here on: could not run; below, messages of the page
constexpr size_t kBodyIndent = 7;

absl::StatusOr<std::string> WriteTemporary(std::string_view page) {
  std::string path = (std::filesystem::temp_directory_path() / "bench-manual-XXXXXX").string();
  const int fd = ::mkstemp(path.data());
  if (fd == -1) return EnvironmentError(absl::StrCat("cannot create a file like ", path));
  ::close(fd);
  auto remove = absl::MakeCleanup([&] { RemoveTree(path).IgnoreError(); });
  BENCH_ASSIGN_OR_RETURN(AppendFile file, AppendFile::Open(path));
  BENCH_RETURN_IF_ERROR(file.Append(page));
  std::move(remove).Cancel();
  return path;
}

std::string_view Unindented(std::string_view line) {
  const size_t indent = std::min(line.find_first_not_of(' '), line.size());
  return line.substr(std::min(indent, kBodyIndent));
}

bool IsBlank(const std::string& line) { return line.find_first_not_of(' ') == std::string::npos; }

// Between the running head and foot, which are the first and the last line that are not blank.
std::string Body(const std::string& formatted) {
  std::vector<std::string> lines = absl::StrSplit(formatted, '\n');
  size_t begin = 0, end = lines.size();
  const auto skip_blank = [&] {
    while (begin < end && IsBlank(lines[begin])) ++begin;
    while (end > begin && IsBlank(lines[end - 1])) --end;
  };
  skip_blank();
  if (end - begin < 3) return "";
  ++begin;
  --end;
  skip_blank();
  std::string body;
  for (size_t i = begin; i < end; ++i) {
    absl::StripTrailingAsciiWhitespace(&lines[i]);
    body += Unindented(lines[i]);
    body.push_back('\n');
  }
  return body;
}

}  // namespace

std::string WithoutOverstrike(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    if (c != '\b') {
      result.push_back(c);
      continue;
    }
    while (!result.empty() && (static_cast<uint8_t>(result.back()) & 0xC0) == 0x80) {
      result.pop_back();
    }
    if (!result.empty()) result.pop_back();
  }
  return result;
}

absl::StatusOr<std::string> ManualToText(std::string_view page, const ManualOptions& options) {
  if (page.starts_with(".so ")) {
    const std::string_view target = page.substr(4, page.find('\n', 4) - 4);
    return DataError(absl::StrCat("only includes ", std::string(target)));
  }
  BENCH_ASSIGN_OR_RETURN(const std::string path, WriteTemporary(page));
  const auto remove = absl::MakeCleanup([&] { RemoveTree(path).IgnoreError(); });
  ProgramOptions program;
  program.timeout = options.timeout;
  program.environment = {{"LC_ALL", "C"}};
  BENCH_ASSIGN_OR_RETURN(
      const ProgramOutput output,
      RunProgram({options.mandoc, "-K", "utf-8", "-T", "utf8", "-O", "width=999,indent=0", path},
                 program));
  if (output.exit_code >= kMandocBadArgument) {
    return DataError(absl::StrCat("mandoc exits ", output.exit_code, ": ",
                                  output.err.substr(0, output.err.find('\n'))));
  }
  std::string body = Body(WithoutOverstrike(output.out));
  if (body.empty()) return DataError("no manual page");
  return body;
}

}  // namespace bench::corpus
