#include "harness/stages/program/growing_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench::harness {

GrowingFile::GrowingFile(std::string path, const LineSplitter::OnLine& on_line)
    : path_(std::move(path)), lines_(kMaxLineBytes, [this, on_line](const StreamLine& line) {
        return Annotate(on_line(line), absl::StrCat(path_, ":", line.number));
      }) {}

GrowingFile::~GrowingFile() {
  if (fd_ != -1) ::close(fd_);
}

absl::Status GrowingFile::Follow() {
  if (fd_ == -1) fd_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd_ == -1 && errno == ENOENT) return absl::OkStatus();
  if (fd_ == -1) return EnvironmentError(absl::StrCat(path_, ": ", std::strerror(errno)));
  return ReadOn();
}

absl::Status GrowingFile::ReadOn() {
  struct stat info = {};
  if (::fstat(fd_, &info) == 0 && info.st_size < offset_) {
    return DataError(absl::StrCat(path_, ": was ", offset_, " bytes long and is ", info.st_size,
                                  " now: open it for appending"));
  }
  std::vector<char> block(size_t{1} << 16);
  while (true) {
    const ssize_t size = ::pread(fd_, block.data(), block.size(), offset_);
    if (size == -1 && errno == EINTR) continue;
    if (size == -1) return EnvironmentError(absl::StrCat(path_, ": ", std::strerror(errno)));
    if (size == 0) return absl::OkStatus();
    offset_ += size;
    BENCH_RETURN_IF_ERROR(lines_.Add({block.data(), static_cast<size_t>(size)}));
  }
}

absl::Status GrowingFile::End() {
  BENCH_RETURN_IF_ERROR(Follow());
  if (fd_ == -1) return DataError(absl::StrCat(path_, ": the program left no such file"));
  return lines_.End();
}

}  // namespace bench::harness
