#include "harness/measurement/process_tree.h"

#include <unistd.h>

#include <algorithm>
#include <map>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "base/file.h"
#include "harness/measurement/system_files.h"

namespace bench::harness {
namespace {

struct Process {
  pid_t pid = 0;
  int64_t resident_pages = 0;
};

using Children = std::multimap<pid_t, Process>;  // by parent

// The line is "pid (name) state parent ...", and the name may have anything in it. Fields 4 and 24.
void AddProcess(const std::string& stat, pid_t pid, Children& to) {
  const size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) return;
  const std::vector<absl::string_view> fields =
      absl::StrSplit(absl::string_view(stat).substr(name_end + 1), ' ', absl::SkipEmpty());
  constexpr size_t kFirst = 3, kParent = 4 - kFirst, kResident = 24 - kFirst;
  pid_t parent = 0;
  Process process = {pid, 0};
  if (fields.size() <= kResident || !absl::SimpleAtoi(fields[kParent], &parent)) return;
  if (!absl::SimpleAtoi(fields[kResident], &process.resident_pages)) return;
  to.emplace(parent, process);
}

}  // namespace

ProcessTree ReadProcessTree(pid_t ancestor, const std::string& proc) {
  ProcessTree tree;
  const auto names = ListFolder(proc);
  if (!names.ok()) return tree;
  Children children;
  for (const std::string& name : *names) {
    pid_t pid = 0;
    if (!absl::SimpleAtoi(name, &pid)) continue;
    const auto stat = ReadLine(absl::StrCat(proc, "/", name, "/stat"));
    if (stat) AddProcess(*stat, pid, children);
  }
  const int64_t page_bytes = ::sysconf(_SC_PAGESIZE);
  std::vector<pid_t> open = {ancestor};
  while (!open.empty()) {
    const auto [first, last] = children.equal_range(open.back());
    open.pop_back();
    for (auto child = first; child != last; ++child) {
      tree.processes.push_back(child->second.pid);
      tree.resident_bytes += child->second.resident_pages * page_bytes;
      open.push_back(child->second.pid);
    }
    children.erase(first, last);  // numbers that were given anew meanwhile make no circle
  }
  return tree;
}

int64_t LargestMappedFileBytes(const std::vector<pid_t>& processes, const std::string& proc) {
  constexpr int64_t kKibibyte = 1024;
  int64_t largest = 0;
  for (const pid_t pid : processes) {
    const std::string text =
        ReadField(absl::StrCat(proc, "/", pid, "/status"), "RssFile", ':').value_or("");
    int64_t kibibytes = 0;  // "1234 kB"
    if (!absl::SimpleAtoi(absl::string_view(text).substr(0, text.find(' ')), &kibibytes)) continue;
    largest = std::max(largest, kibibytes * kKibibyte);
  }
  return largest;
}

}  // namespace bench::harness
