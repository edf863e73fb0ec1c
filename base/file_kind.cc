#include "base/file_kind.h"

#include <filesystem>
#include <string_view>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench {
namespace {

// "": a file or a folder, or what cannot be looked at.
std::string_view SpecialKind(const std::string& path) {
  std::error_code error;
  switch (std::filesystem::status(path, error).type()) {
    case std::filesystem::file_type::fifo:
      return "a named pipe (FIFO)";
    case std::filesystem::file_type::socket:
      return "a socket";
    case std::filesystem::file_type::block:
    case std::filesystem::file_type::character:
      return "a device";
    default:
      return "";
  }
}

}  // namespace

absl::Status CheckFileOrFolder(const std::string& path) {
  const std::string_view kind = SpecialKind(path);
  if (kind.empty()) return absl::OkStatus();
  return UsageError(absl::StrCat(path, ": ", internal::View(kind),
                                 ", neither a file nor a folder: input is read more than once; "
                                 "write what comes out of it to a file, and give that"));
}

}  // namespace bench
