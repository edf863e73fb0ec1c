#include "harness/data/byte_stream.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench::harness {

absl::StatusOr<ByteStream> ByteStream::Open(const std::string& path, int64_t max_record_bytes) {
  File file(std::fopen(path.c_str(), "rbe"), &std::fclose);
  if (file == nullptr) {
    return EnvironmentError(absl::StrCat("cannot open ", path, ": ", std::strerror(errno)));
  }
  return ByteStream(std::move(file), max_record_bytes);
}

}  // namespace bench::harness
