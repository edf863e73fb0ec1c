// A whole file mapped into memory, read-only: for data larger than what a process should hold.
//
// The operating system brings pages in as they are touched and may drop them again. A file that is
// shortened while it is mapped ends the process with SIGBUS, so only published files (which never
// change) are mapped. Errors: EnvironmentError naming the path.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace bench {

class MappedFile {
 public:
  static absl::StatusOr<MappedFile> Open(const std::string& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  // Page-aligned; empty for an empty file.
  std::string_view bytes() const { return bytes_; }
  // Takes the pages out of this process' resident memory; they come back when they are touched.
  // For whoever reads through a file that is larger than a memory budget.
  void ReleasePages() const;

 private:
  explicit MappedFile(std::string_view bytes) : bytes_(bytes) {}

  std::string_view bytes_;
};

}  // namespace bench
