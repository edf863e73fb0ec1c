#include "harness/corpus/byte_source.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench::corpus {
namespace {

constexpr size_t kBufferBytes = size_t{1} << 16;
constexpr int64_t kRatioFree = int64_t{1} << 20;
constexpr int kMaxZstdWindowLog = 27;
constexpr std::string_view kGzipMagic = "\x1F\x8B";
constexpr std::string_view kZstdMagic = "\x28\xB5\x2F\xFD";

// A file with a look ahead of up to one buffer.
class RawFile {
 public:
  static absl::StatusOr<RawFile> Open(const std::string& path) {
    File file(std::fopen(path.c_str(), "rbe"), &std::fclose);
    if (file == nullptr) {
      return EnvironmentError(absl::StrCat("cannot open ", path, ": ", std::strerror(errno)));
    }
    return RawFile(path, std::move(file));
  }

  // What is read and not yet taken; filled when empty, empty at the end of the file.
  absl::StatusOr<std::string_view> Peek() {
    if (begin_ == end_) {
      begin_ = 0;
      end_ = std::fread(buffer_.data(), 1, buffer_.size(), file_.get());
      num_read_ += static_cast<int64_t>(end_);
      if (end_ == 0 && std::ferror(file_.get()) != 0) {
        return EnvironmentError(absl::StrCat("cannot read ", path_, ": ", std::strerror(errno)));
      }
    }
    return std::string_view(buffer_.data() + begin_, end_ - begin_);
  }
  void Take(size_t size) { begin_ += size; }
  int64_t num_read() const { return num_read_; }
  const std::string& path() const { return path_; }

 private:
  using File = std::unique_ptr<FILE, int (*)(FILE*)>;
  RawFile(std::string path, File file)
      : path_(std::move(path)), file_(std::move(file)), buffer_(kBufferBytes) {}
  std::string path_;
  File file_;
  std::vector<char> buffer_;
  size_t begin_ = 0, end_ = 0;
  int64_t num_read_ = 0;
};

class PlainDecoder {
 public:
  absl::StatusOr<size_t> Decode(RawFile& file, char* out, size_t size) {
    BENCH_ASSIGN_OR_RETURN(const std::string_view input, file.Peek());
    const size_t count = std::min(size, input.size());
    std::copy_n(input.data(), count, out);
    file.Take(count);
    return count;
  }
};

class GzipDecoder {
 public:
  GzipDecoder() { ok_ = ::inflateInit2(stream_.get(), 15 + 16) == Z_OK; }

  absl::StatusOr<size_t> Decode(RawFile& file, char* out, size_t size) {
    if (!ok_) return EnvironmentError("zlib cannot start: out of memory");
    for (;;) {
      BENCH_ASSIGN_OR_RETURN(const std::string_view input, file.Peek());
      if (input.empty()) {
        if (at_member_end_) return size_t{0};
        return DataError(absl::StrCat(file.path(), ": the gzip stream is cut short"));
      }
      if (std::exchange(at_member_end_, false)) ::inflateReset(stream_.get());
      BENCH_ASSIGN_OR_RETURN(const size_t count, Inflate(file, input, out, size));
      if (count > 0) return count;
    }
  }

 private:
  absl::StatusOr<size_t> Inflate(RawFile& file, std::string_view input, char* out, size_t size) {
    z_stream& stream = *stream_;
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    stream.avail_in = static_cast<uInt>(input.size());
    stream.next_out = reinterpret_cast<Bytef*>(out);
    stream.avail_out = static_cast<uInt>(size);
    const int result = ::inflate(&stream, Z_NO_FLUSH);
    file.Take(input.size() - stream.avail_in);
    at_member_end_ = result == Z_STREAM_END;
    if (result != Z_OK && result != Z_STREAM_END) {
      return DataError(absl::StrCat(
          file.path(), ": no valid gzip stream: ", stream.msg == nullptr ? "damaged" : stream.msg));
    }
    return size - stream.avail_out;
  }

  struct End {
    void operator()(z_stream* stream) const {
      ::inflateEnd(stream);
      delete stream;
    }
  };
  std::unique_ptr<z_stream, End> stream_{new z_stream{}};  // zlib keeps its address
  bool ok_ = false;
  bool at_member_end_ = false;
};

class ZstdDecoder {
 public:
  ZstdDecoder() : stream_(ZSTD_createDCtx(), &ZSTD_freeDCtx) {
    ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, kMaxZstdWindowLog);
  }

  // NOLINTNEXTLINE(readability-non-const-parameter): zstd writes there, through result
  absl::StatusOr<size_t> Decode(RawFile& file, char* out, size_t size) {
    for (;;) {
      BENCH_ASSIGN_OR_RETURN(const std::string_view input, file.Peek());
      if (input.empty() && at_frame_end_) return size_t{0};
      ZSTD_inBuffer in = {input.data(), input.size(), 0};
      ZSTD_outBuffer result = {out, size, 0};
      const size_t hint = ZSTD_decompressStream(stream_.get(), &result, &in);
      file.Take(in.pos);
      if (ZSTD_isError(hint) != 0) {
        return DataError(
            absl::StrCat(file.path(), ": no valid Zstandard stream: ", ZSTD_getErrorName(hint)));
      }
      at_frame_end_ = hint == 0;
      if (result.pos > 0) return result.pos;
      if (input.empty()) {
        return DataError(absl::StrCat(file.path(), ": the Zstandard stream is cut short"));
      }
    }
  }

 private:
  std::unique_ptr<ZSTD_DCtx, size_t (*)(ZSTD_DCtx*)> stream_;
  bool at_frame_end_ = false;
};

template <typename Decoder>
class DecodedSource : public ByteSource {
 public:
  DecodedSource(RawFile file, const ByteLimits& limits) : file_(std::move(file)), limits_(limits) {}

  absl::StatusOr<size_t> Read(char* out, size_t size) override {
    BENCH_ASSIGN_OR_RETURN(const size_t count, decoder_.Decode(file_, out, size));
    num_decoded_ += static_cast<int64_t>(count);
    if (num_decoded_ > limits_.max_bytes) {
      return DataError(absl::StrCat(file_.path(), ": over ", limits_.max_bytes, " bytes"));
    }
    if (num_decoded_ > kRatioFree && num_decoded_ / limits_.max_ratio > file_.num_read()) {
      return DataError(
          absl::StrCat(file_.path(), ": expands more than ", limits_.max_ratio, " times"));
    }
    return count;
  }

 private:
  RawFile file_;
  const ByteLimits limits_;
  Decoder decoder_;
  int64_t num_decoded_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ByteSource>> ByteSource::Open(const std::string& path,
                                                             const ByteLimits& limits) {
  BENCH_ASSIGN_OR_RETURN(RawFile file, RawFile::Open(path));
  BENCH_ASSIGN_OR_RETURN(const std::string_view head, file.Peek());
  std::unique_ptr<ByteSource> source;
  if (head.starts_with(kGzipMagic)) {
    source = std::make_unique<DecodedSource<GzipDecoder>>(std::move(file), limits);
  } else if (head.starts_with(kZstdMagic)) {
    source = std::make_unique<DecodedSource<ZstdDecoder>>(std::move(file), limits);
  } else {
    source = std::make_unique<DecodedSource<PlainDecoder>>(std::move(file), limits);
  }
  return source;
}

absl::StatusOr<bool> HoldsCompressedBytes(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(RawFile file, RawFile::Open(path));
  BENCH_ASSIGN_OR_RETURN(const std::string_view head, file.Peek());
  return head.starts_with(kGzipMagic) || head.starts_with(kZstdMagic);
}

absl::StatusOr<std::string> ReadBytes(const std::string& path, int64_t max_bytes) {
  BENCH_ASSIGN_OR_RETURN(const auto source, ByteSource::Open(path, {.max_bytes = max_bytes}));
  std::string bytes;
  std::vector<char> buffer(kBufferBytes);
  for (;;) {
    BENCH_ASSIGN_OR_RETURN(const size_t count, source->Read(buffer.data(), buffer.size()));
    if (count == 0) return bytes;
    bytes.append(buffer.data(), count);
  }
}

absl::StatusOr<std::optional<LineReader::Line>> LineReader::Next(size_t max_line_bytes) {
  Line line;
  bool begun = false;
  for (;;) {
    if (position_ == buffer_.size()) {
      buffer_.resize(kBufferBytes);
      position_ = 0;
      BENCH_ASSIGN_OR_RETURN(const size_t count, source_->Read(buffer_.data(), buffer_.size()));
      buffer_.resize(count);
      if (count == 0) return begun ? std::optional<Line>(std::move(line)) : std::nullopt;
    }
    begun = true;
    const size_t end = std::min(buffer_.find('\n', position_), buffer_.size());
    const size_t room = max_line_bytes - line.text.size();
    line.over_limit |= end - position_ > room;
    line.text.append(buffer_, position_, std::min(end - position_, room));
    position_ = std::min(end + 1, buffer_.size());
    if (end < buffer_.size()) return line;
  }
}

}  // namespace bench::corpus
