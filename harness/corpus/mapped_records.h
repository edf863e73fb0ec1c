// A sorted record file (record_file.h), mapped into memory and searched: the answer to "was this
// removed?" for more records than memory holds. Pages are the kernel's to keep or drop.
//
// `Open` reads the file once to verify its checksum. Errors: those of record_file.h.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "base/mapped_file.h"
#include "harness/corpus/record_file.h"

namespace bench::corpus {

template <FixedRecord Record>
class MappedRecords {
 public:
  static absl::StatusOr<MappedRecords> Open(const std::string& path) {
    BENCH_RETURN_IF_ERROR(
        ForEachRecord<Record>(path, [](const Record&) { return absl::OkStatus(); }));
    BENCH_ASSIGN_OR_RETURN(MappedFile file, MappedFile::Open(path));
    return MappedRecords(std::move(file));
  }

  std::span<const Record> records() const {
    const std::string_view bytes = file_.bytes();
    return {reinterpret_cast<const Record*>(bytes.data()),
            (bytes.size() - sizeof(RecordTrailer)) / sizeof(Record)};
  }
  bool Contains(const Record& record) const {
    const auto all = records();
    return std::binary_search(all.begin(), all.end(), record);
  }

 private:
  explicit MappedRecords(MappedFile file) : file_(std::move(file)) {}
  MappedFile file_;
};

}  // namespace bench::corpus
