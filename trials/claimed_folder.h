// A folder of a comparison, which belongs to one comparison, and to one process at a time.
//
// <folder>/<file> describes what the folder is of. It is written when the folder is new or
// empty, and must be the same afterwards; a FolderLock lasts as long as this lives.
// Errors: UsageError for a folder of something else; EnvironmentError for one that is in use, or
// that holds files and no description.
#pragma once

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "base/file.h"
#include "nlohmann/json.hpp"

namespace bench::trials {

class ClaimedFolder {
 public:
  static absl::StatusOr<ClaimedFolder> Claim(const std::string& path, const std::string& file,
                                             const nlohmann::json& description);

  const std::string& path() const { return path_; }

 private:
  ClaimedFolder(std::string path, FolderLock lock)
      : path_(std::move(path)), lock_(std::move(lock)) {}

  std::string path_;
  FolderLock lock_;
};

}  // namespace bench::trials
