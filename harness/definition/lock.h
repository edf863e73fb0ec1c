// experiments/versions.lock: the hash of every committed definition.
//
// Plain text, one `NAME@N sha256` a line, sorted; empty lines and lines that begin with '#' are
// allowed. An entry never changes: to change an experiment, add a version. Errors: UsageError.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace bench::harness {

class Lock {
 public:
  // `path` is for messages.
  static absl::StatusOr<Lock> Parse(std::string_view text, const std::string& path);
  // An absent file is an empty lock.
  static absl::StatusOr<Lock> Read(const std::string& path);

  // Refuses a definition without entry, and one whose hash is not its entry's.
  absl::Status Check(const std::string& name, int64_t version, const std::string& sha256) const;

  // Adds an entry and returns whether it was missing; refuses another hash for a present one.
  absl::StatusOr<bool> Add(const std::string& name, int64_t version, const std::string& sha256);

  std::string Text() const;

  using Entries = std::map<std::pair<std::string, int64_t>, std::string>;
  const Entries& entries() const { return entries_; }

 private:
  absl::Status Edited(const std::string& name, int64_t version, const std::string& locked,
                      const std::string& sha256) const;

  std::string path_;
  Entries entries_;
};

}  // namespace bench::harness
