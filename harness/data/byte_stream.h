// A file of records as bytes, through a buffer of fixed size, that counts the bytes of the current
// record, so that no record takes more memory than its limit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace bench::harness {

class ByteStream {
 public:
  // EnvironmentError where the file cannot be opened.
  static absl::StatusOr<ByteStream> Open(const std::string& path, int64_t max_record_bytes);

  // The next byte without taking it; nullopt at the end of the file, once the record is over its
  // limit, and at a NUL byte, which the JSON parser would take for the end.
  std::optional<char> Peek() {
    if (over_limit()) return std::nullopt;
    const std::optional<char> next = PeekAny();
    if (next != '\0') return next;
    at_nul_ = true;
    return std::nullopt;
  }
  // The next byte, whatever it is.
  std::optional<char> PeekAny() {
    if (position_ == length_) {
      length_ = std::fread(buffer_.get(), 1, kBufferBytes, file_.get());
      position_ = 0;
      if (length_ == 0) return std::nullopt;
    }
    return buffer_[position_];
  }
  // The byte behind the next one, nullopt where there is none.
  std::optional<char> PeekSecond() {
    if (position_ + 1 < length_) return buffer_[position_ + 1];
    if (!PeekAny()) return std::nullopt;
    // The next one is the last of the buffer: it moves to the front, and others follow.
    buffer_[0] = buffer_[position_];
    length_ = 1 + std::fread(buffer_.get() + 1, 1, kBufferBytes - 1, file_.get());
    position_ = 0;
    return length_ > 1 ? std::optional(buffer_[1]) : std::nullopt;
  }
  void Skip() {
    ++position_;
    ++record_bytes_;
  }
  void BeginRecord() { record_bytes_ = 0; }
  bool over_limit() const { return record_bytes_ > max_record_bytes_; }
  bool at_nul() const { return at_nul_; }
  bool read_failed() const { return std::ferror(file_.get()) != 0; }
  int64_t max_record_bytes() const { return max_record_bytes_; }

 private:
  static constexpr size_t kBufferBytes = size_t{1} << 16;
  using File = std::unique_ptr<FILE, int (*)(FILE*)>;
  ByteStream(File file, int64_t max_record_bytes)
      : file_(std::move(file)),
        buffer_(std::make_unique<char[]>(kBufferBytes)),
        max_record_bytes_(max_record_bytes) {}

  File file_;
  std::unique_ptr<char[]> buffer_;
  size_t position_ = 0;
  size_t length_ = 0;
  int64_t record_bytes_ = 0;
  bool at_nul_ = false;
  int64_t max_record_bytes_ = 0;
};

// The stream as the input iterator that the JSON parser wants; equal to any other at the end.
class ByteIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = char;

  explicit ByteIterator(ByteStream* stream = nullptr) : stream_(stream) {}
  char operator*() const { return *stream_->Peek(); }
  ByteIterator& operator++() {
    stream_->Skip();
    return *this;
  }
  friend bool operator==(const ByteIterator& a, const ByteIterator& b) {
    return a.AtEnd() == b.AtEnd();
  }

 private:
  bool AtEnd() const { return stream_ == nullptr || !stream_->Peek(); }
  ByteStream* stream_;
};

}  // namespace bench::harness
