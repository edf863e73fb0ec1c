#include "base/hard_link.h"

#include <filesystem>
#include <system_error>

#include "base/file.h"

namespace bench {

absl::Status PublishLink(const std::string& from, const std::string& path) {
  std::error_code error;
  std::filesystem::create_hard_link(from, path, error);
  return error ? PublishCopy(from, path) : absl::OkStatus();
}

}  // namespace bench
