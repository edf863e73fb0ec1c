// Files of fixed-size records: what the phases of deduplication hand to each other, and what an
// external sort spills.
//
// Layout: the records, then a trailer of 32 bytes: the number of records, the XXH3-64 of their
// bytes, the record's kind and size, and "bnchrec1"; all little endian. A published file is written
// under a temporary name, synced and renamed, so it is whole or absent; a spilled one is not
// synced. Memory: one buffer of `buffer_bytes` (rounded down to records, at least one).
//
// A record type is trivially copyable, without padding, and has `static constexpr uint32_t kKind`.
// Errors: DataError for a file of another kind, cut short, or damaged (found when its end is
// reached); EnvironmentError for what the system refuses.
#pragma once

#include <xxhash.h>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/file.h"
#include "base/status.h"

namespace bench::corpus {

struct RecordTrailer {
  uint64_t num_records = 0;
  uint64_t checksum = 0;
  uint32_t kind = 0;
  uint32_t record_bytes = 0;
  uint64_t magic = 0;
  friend bool operator==(const RecordTrailer&, const RecordTrailer&) = default;
};

enum class Durability { kSpilled, kPublished };

// Bytes to a file, hashed on their way.
class RecordBytesWriter {
 public:
  static absl::StatusOr<RecordBytesWriter> Create(const std::string& path, Durability durability);
  RecordBytesWriter(RecordBytesWriter&&) noexcept;
  RecordBytesWriter& operator=(RecordBytesWriter&&) noexcept;
  ~RecordBytesWriter();

  absl::Status Append(const void* data, size_t size);
  absl::Status Finish(uint64_t num_records, uint32_t kind, uint32_t record_bytes);

 private:
  RecordBytesWriter(std::string path, Durability durability, AppendFile file);
  std::string path_;
  Durability durability_;
  AppendFile file_;
  std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> hash_;
};

class RecordBytesReader {
 public:
  static absl::StatusOr<RecordBytesReader> Open(const std::string& path, uint32_t kind,
                                                uint32_t record_bytes);
  // Up to `max_records` records; 0 at the end.
  absl::StatusOr<size_t> Read(void* out, size_t max_records);
  const RecordTrailer& trailer() const { return trailer_; }

 private:
  using File = std::unique_ptr<FILE, int (*)(FILE*)>;
  RecordBytesReader(std::string path, File file, RecordTrailer trailer);
  std::string path_;
  File file_;
  RecordTrailer trailer_;
  uint64_t num_left_ = 0;
  std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> hash_;
};

template <typename Record>
concept FixedRecord = std::is_trivially_copyable_v<Record> &&
    std::has_unique_object_representations_v<Record> && requires {
  { Record::kKind } -> std::convertible_to<uint32_t>;
};

inline constexpr int64_t kRecordBufferBytes = int64_t{1} << 16;

template <FixedRecord Record>
class RecordWriter {
 public:
  static absl::StatusOr<RecordWriter> Create(const std::string& path, Durability durability,
                                             int64_t buffer_bytes = kRecordBufferBytes) {
    BENCH_ASSIGN_OR_RETURN(RecordBytesWriter bytes, RecordBytesWriter::Create(path, durability));
    return RecordWriter(std::move(bytes), buffer_bytes);
  }

  absl::Status Add(const Record& record) {
    buffer_.push_back(record);
    ++num_records_;
    return buffer_.size() == buffer_.capacity() ? Flush() : absl::OkStatus();
  }
  absl::Status Finish() {
    BENCH_RETURN_IF_ERROR(Flush());
    return bytes_.Finish(num_records_, Record::kKind, sizeof(Record));
  }

 private:
  RecordWriter(RecordBytesWriter bytes, int64_t buffer_bytes) : bytes_(std::move(bytes)) {
    buffer_.reserve(std::max<size_t>(static_cast<size_t>(buffer_bytes) / sizeof(Record), 1));
  }
  absl::Status Flush() {
    absl::Status status = bytes_.Append(buffer_.data(), buffer_.size() * sizeof(Record));
    buffer_.clear();
    return status;
  }

  RecordBytesWriter bytes_;
  std::vector<Record> buffer_;
  uint64_t num_records_ = 0;
};

template <FixedRecord Record>
class RecordReader {
 public:
  static absl::StatusOr<RecordReader> Open(const std::string& path,
                                           int64_t buffer_bytes = kRecordBufferBytes) {
    BENCH_ASSIGN_OR_RETURN(RecordBytesReader bytes,
                           RecordBytesReader::Open(path, Record::kKind, sizeof(Record)));
    return RecordReader(std::move(bytes), buffer_bytes);
  }

  // The next record; nullptr at the end. Valid until the next call.
  absl::StatusOr<const Record*> Next() {
    if (position_ == size_) {
      BENCH_ASSIGN_OR_RETURN(size_, bytes_.Read(buffer_.data(), buffer_.size()));
      position_ = 0;
      if (size_ == 0) return nullptr;
    }
    return &buffer_[position_++];
  }
  const RecordTrailer& trailer() const { return bytes_.trailer(); }

 private:
  RecordReader(RecordBytesReader bytes, int64_t buffer_bytes)
      : bytes_(std::move(bytes)),
        buffer_(std::max<size_t>(static_cast<size_t>(buffer_bytes) / sizeof(Record), 1)) {}

  RecordBytesReader bytes_;
  std::vector<Record> buffer_;
  size_t position_ = 0;
  size_t size_ = 0;
};

// Calls `visit(record)` -> Status for each record of the file, in order.
template <FixedRecord Record, typename Visitor>
absl::Status ForEachRecord(const std::string& path, Visitor visit) {
  BENCH_ASSIGN_OR_RETURN(RecordReader<Record> reader, RecordReader<Record>::Open(path));
  for (;;) {
    BENCH_ASSIGN_OR_RETURN(const Record* record, reader.Next());
    if (record == nullptr) return absl::OkStatus();
    BENCH_RETURN_IF_ERROR(visit(*record));
  }
}

}  // namespace bench::corpus
