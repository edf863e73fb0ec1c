#include "harness/corpus/line_range.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench::corpus {
namespace {

constexpr size_t kBufferBytes = size_t{1} << 16;

class LineRange : public ByteSource {
 public:
  static absl::StatusOr<std::unique_ptr<ByteSource>> Open(const std::string& path,
                                                          ByteRange range) {
    File file(std::fopen(path.c_str(), "rbe"), &std::fclose);
    if (file == nullptr) {
      return EnvironmentError(absl::StrCat("cannot open ", path, ": ", std::strerror(errno)));
    }
    std::setvbuf(file.get(), nullptr, _IONBF, 0);  // read in blocks
    std::unique_ptr<LineRange> lines(new LineRange(path, std::move(file), range.end));
    if (range.begin > 0) BENCH_RETURN_IF_ERROR(lines->SkipTo(range.begin));
    lines->done_ |= lines->position_ >= range.end;
    return std::unique_ptr<ByteSource>(std::move(lines));
  }

  absl::StatusOr<size_t> Read(char* out, size_t size) override {
    if (done_) return size_t{0};
    BENCH_ASSIGN_OR_RETURN(size_t count, ReadBlock(out, size));
    done_ = count == 0;
    if (done_) return count;
    // The line that holds the last byte of the range is the last one.
    if (const int64_t last = end_ - 1 - position_; last < static_cast<int64_t>(count)) {
      const std::string_view bytes(out, count);
      const size_t feed = bytes.find('\n', static_cast<size_t>(std::max<int64_t>(last, 0)));
      done_ |= feed != std::string_view::npos;
      count = std::min(feed, count - 1) + 1;
    }
    position_ += static_cast<int64_t>(count);
    return count;
  }

 private:
  using File = std::unique_ptr<FILE, int (*)(FILE*)>;
  LineRange(std::string path, File file, int64_t end)
      : path_(std::move(path)), file_(std::move(file)), end_(end) {}

  absl::StatusOr<size_t> ReadBlock(char* out, size_t size) {
    const size_t count = std::fread(out, 1, size, file_.get());
    if (count == 0 && std::ferror(file_.get()) != 0) return Failed();
    return count;
  }
  absl::Status Seek(int64_t position) {
    position_ = position;
    return ::fseeko(file_.get(), position, SEEK_SET) == 0 ? absl::OkStatus() : Failed();
  }
  absl::Status Failed() const {
    return EnvironmentError(absl::StrCat("cannot read ", path_, ": ", std::strerror(errno)));
  }

  // To the first line that begins at or after `begin`, or to the end of the file.
  absl::Status SkipTo(int64_t begin) {
    BENCH_RETURN_IF_ERROR(Seek(begin - 1));
    std::vector<char> buffer(kBufferBytes);
    while (position_ < end_) {
      BENCH_ASSIGN_OR_RETURN(const size_t count, ReadBlock(buffer.data(), buffer.size()));
      const size_t feed = std::string_view(buffer.data(), count).find('\n');
      if (feed != std::string_view::npos) return Seek(position_ + static_cast<int64_t>(feed) + 1);
      position_ += static_cast<int64_t>(count);
      if (count == 0) break;
    }
    done_ = true;
    return absl::OkStatus();
  }

  const std::string path_;
  File file_;
  const int64_t end_;
  int64_t position_ = 0;  // in the file, of what is read next
  bool done_ = false;
};

}  // namespace

std::vector<ByteRange> CutBytes(int64_t num_bytes, int64_t part_bytes) {
  std::vector<ByteRange> ranges;
  for (int64_t begin = 0; begin < num_bytes; begin += part_bytes) {
    ranges.push_back({begin, std::min(begin + part_bytes, num_bytes)});
  }
  return ranges;
}

absl::StatusOr<std::unique_ptr<ByteSource>> OpenLineRange(const std::string& path,
                                                          ByteRange range) {
  return LineRange::Open(path, range);
}

absl::StatusOr<int64_t> CountLines(ByteSource& source) {
  std::vector<char> buffer(kBufferBytes);
  int64_t num_lines = 0;
  bool in_line = false;
  for (;;) {
    BENCH_ASSIGN_OR_RETURN(const size_t count, source.Read(buffer.data(), buffer.size()));
    if (count == 0) return num_lines + (in_line ? 1 : 0);
    const auto end = buffer.begin() + static_cast<std::ptrdiff_t>(count);
    num_lines += std::count(buffer.begin(), end, '\n');
    in_line = *(end - 1) != '\n';
  }
}

}  // namespace bench::corpus
