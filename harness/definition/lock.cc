#include "harness/definition/lock.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_split.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/definition/artifact_ref.h"
#include "harness/definition/message_text.h"

namespace bench::harness {
namespace {

constexpr int64_t kMaxLockBytes = int64_t{1} << 24;
constexpr size_t kHashDigits = 64;
constexpr std::string_view kHeader =
    "# Hash of every committed definition, written by `bench-run --lock`. Entries never change.\n";

bool IsHash(std::string_view text) {
  return text.size() == kHashDigits && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::string Key(const std::string& name, int64_t version) {
  return absl::StrCat(name, "@", version);
}

}  // namespace

absl::StatusOr<Lock> Lock::Parse(std::string_view text, const std::string& path) {
  Lock lock;
  lock.path_ = path;
  int64_t number = 0;
  for (const absl::string_view line : absl::StrSplit(internal::View(text), '\n')) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    const std::string where = absl::StrCat(path, ":", number, ":1: ");
    if (words.size() != 2 || !IsHash(words[1])) {
      return UsageError(absl::StrCat(where, Quoted({line.data(), line.size()}),
                                     " is no entry, which is NAME@N and a SHA-256"));
    }
    const absl::StatusOr<ArtifactRef> ref = ParseArtifactRef(words[0]);
    if (!ref.ok() || !ref->version) {
      return UsageError(absl::StrCat(where, Quoted(words[0]), " is not NAME@N"));
    }
    if (!lock.entries_.emplace(std::pair(ref->experiment, *ref->version), words[1]).second) {
      return UsageError(absl::StrCat(where, words[0], " has an entry already"));
    }
  }
  return lock;
}

absl::StatusOr<Lock> Lock::Read(const std::string& path) {
  if (!Exists(path)) return Parse("", path);
  BENCH_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxLockBytes));
  return Parse(text, path);
}

absl::Status Lock::Check(const std::string& name, int64_t version,
                         const std::string& sha256) const {
  const auto entry = entries_.find({name, version});
  if (entry == entries_.end()) {
    return UsageError(
        absl::StrCat(Key(name, version), " has no entry in ", path_,
                     ": run bench-run --lock and commit the lock with the definition"));
  }
  if (entry->second != sha256) return Edited(name, version, entry->second, sha256);
  return absl::OkStatus();
}

absl::StatusOr<bool> Lock::Add(const std::string& name, int64_t version,
                               const std::string& sha256) {
  const auto [entry, added] = entries_.emplace(std::pair(name, version), sha256);
  if (entry->second != sha256) return Edited(name, version, entry->second, sha256);
  return added;
}

absl::Status Lock::Edited(const std::string& name, int64_t version, const std::string& locked,
                          const std::string& sha256) const {
  return UsageError(absl::StrCat(
      Key(name, version), " was edited: its hash is ", sha256, ", ", path_, " has ", locked,
      "; versions never change: restore it and put the change in a new version, v", version + 1,
      ".toml or later"));
}

std::string Lock::Text() const {
  std::string text(kHeader);
  for (const auto& [key, sha256] : entries_) {
    absl::StrAppend(&text, Key(key.first, key.second), " ", sha256, "\n");
  }
  return text;
}

}  // namespace bench::harness
