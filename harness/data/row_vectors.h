// The vectors that rows of a data set begin with (row_dataset.h), on disk.
//
//   <part>.vectors      a byte a value, the vectors of all rows one after another; a byte b stands
//                       for b / white
//   <part>.vector_ends  8 bytes a row, little-endian: number of vectors of the part's rows up to
//   and
//                       with it
// in the order of the rows. All vectors of a data set have `size` values. A row that begins with V
// vectors has tokens at their places, which nobody reads; they are given, and a token follows them.
// Errors: DataError naming file and defect; EnvironmentError for I/O.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/file.h"
#include "base/mapped_file.h"

namespace bench::harness {

struct VectorForm {
  int64_t size = 0;     // values of a vector; 0: rows begin with no vectors
  int64_t white = 255;  // the byte that stands for 1

  friend bool operator==(const VectorForm&, const VectorForm&) = default;
};
inline constexpr int64_t kMaxVectorSize = int64_t{1} << 20;

// Those of a row.
struct RowVectors {
  VectorForm form;
  std::vector<uint8_t> values;  // one vector after another

  int64_t count() const { return form.size == 0 ? 0 : std::ssize(values) / form.size; }
};

// Both files of a part, appended to row by row.
class VectorColumnsWriter {
 public:
  static absl::StatusOr<VectorColumnsWriter> Create(const std::string& folder,
                                                    const std::string& part, VectorForm form);

  // DataError where they have another form, or not fewer vectors than the row has tokens.
  absl::Status Add(const RowVectors& vectors, int64_t num_tokens);
  absl::Status Close();

 private:
  VectorColumnsWriter(VectorForm form, AppendFile values, AppendFile ends)
      : form_(form), values_(std::move(values)), ends_(std::move(ends)) {}
  absl::Status Flush();

  VectorForm form_;
  AppendFile values_, ends_;
  std::string value_bytes_, end_bytes_;  // not written yet
  int64_t num_vectors_ = 0;
};

class VectorColumns {
 public:
  // `num_tokens`: of every row of the part.
  static absl::StatusOr<VectorColumns> Open(const std::string& folder, const std::string& part,
                                            VectorForm form, std::span<const int64_t> num_tokens);

  int64_t CountOf(int64_t row) const { return NumBefore(row + 1) - NumBefore(row); }
  RowVectors Of(int64_t row) const;

 private:
  VectorColumns(VectorForm form, MappedFile values, MappedFile ends)
      : form_(form), values_(std::move(values)), ends_(std::move(ends)) {}
  absl::Status Check(std::span<const int64_t> num_tokens) const;
  // Vectors of the rows before `row`.
  int64_t NumBefore(int64_t row) const;

  VectorForm form_;
  MappedFile values_, ends_;
};

}  // namespace bench::harness
