// git, run in a folder.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/subprocess.h"

namespace bench::trials {

// Variables of the environment that a hook of git runs in; they name another repository.
extern const std::vector<std::string> kForeignGit;

// kForeignGit does not reach it, and it asks nobody for a password.
class Git {
 public:
  explicit Git(std::string folder, std::function<bool()> cancelled = nullptr)
      : folder_(std::move(folder)), cancelled_(std::move(cancelled)) {}

  const std::string& folder() const { return folder_; }
  absl::StatusOr<ProgramOutput> Run(std::vector<std::string> arguments) const;
  // What it prints, without space around it. EnvironmentError with what git says where it fails.
  absl::StatusOr<std::string> Read(const std::vector<std::string>& arguments) const;
  // The commit that a revision names. UsageError where there is none.
  absl::StatusOr<std::string> Resolve(const std::string& revision) const;

 private:
  std::string folder_;
  std::function<bool()> cancelled_;
};

// "0123456789ab", as messages and folders name a commit.
std::string ShortName(const std::string& commit);

}  // namespace bench::trials
