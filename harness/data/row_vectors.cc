#include "harness/data/row_vectors.h"

#include <array>
#include <bit>
#include <cstring>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench::harness {
namespace {

static_assert(std::endian::native == std::endian::little, "the files are these bytes");

constexpr size_t kBufferBytes = size_t{1} << 20;

std::string ValuesPath(const std::string& folder, const std::string& part) {
  return absl::StrCat(folder, "/", part, ".vectors");
}
std::string EndsPath(const std::string& folder, const std::string& part) {
  return absl::StrCat(folder, "/", part, ".vector_ends");
}

absl::StatusOr<MappedFile> OpenMapped(const std::string& path) {
  if (!Exists(path)) return DataError(absl::StrCat(path, ": missing, but rows begin with vectors"));
  return MappedFile::Open(path);
}

}  // namespace

absl::StatusOr<VectorColumnsWriter> VectorColumnsWriter::Create(const std::string& folder,
                                                                const std::string& part,
                                                                VectorForm form) {
  BENCH_ASSIGN_OR_RETURN(AppendFile values, AppendFile::Open(ValuesPath(folder, part)));
  BENCH_ASSIGN_OR_RETURN(AppendFile ends, AppendFile::Open(EndsPath(folder, part)));
  return VectorColumnsWriter(form, std::move(values), std::move(ends));
}

absl::Status VectorColumnsWriter::Add(const RowVectors& vectors, int64_t num_tokens) {
  const int64_t count = std::ssize(vectors.values) / form_.size;
  if (vectors.form != form_ || count * form_.size != std::ssize(vectors.values)) {
    return DataError(absl::StrCat("a row has ", vectors.values.size(), " values of vectors of ",
                                  vectors.form.size, " of them, the data set vectors of ",
                                  form_.size));
  }
  if (count >= num_tokens) {
    return DataError(
        absl::StrCat("a row of ", num_tokens, " tokens begins with ", count, " vectors"));
  }
  num_vectors_ += count;
  value_bytes_.append(vectors.values.begin(), vectors.values.end());
  std::array<char, sizeof(num_vectors_)> end = {};
  std::memcpy(end.data(), &num_vectors_, end.size());
  end_bytes_.append(end.data(), end.size());
  return value_bytes_.size() < kBufferBytes ? absl::OkStatus() : Flush();
}

absl::Status VectorColumnsWriter::Flush() {
  BENCH_RETURN_IF_ERROR(values_.Append(value_bytes_));
  BENCH_RETURN_IF_ERROR(ends_.Append(end_bytes_));
  value_bytes_.clear();
  end_bytes_.clear();
  return absl::OkStatus();
}

absl::Status VectorColumnsWriter::Close() {
  BENCH_RETURN_IF_ERROR(Flush());
  BENCH_RETURN_IF_ERROR(values_.Sync());
  return ends_.Sync();
}

absl::StatusOr<VectorColumns> VectorColumns::Open(const std::string& folder,
                                                  const std::string& part, VectorForm form,
                                                  std::span<const int64_t> num_tokens) {
  BENCH_ASSIGN_OR_RETURN(MappedFile values, OpenMapped(ValuesPath(folder, part)));
  BENCH_ASSIGN_OR_RETURN(MappedFile ends, OpenMapped(EndsPath(folder, part)));
  VectorColumns columns(form, std::move(values), std::move(ends));
  BENCH_RETURN_IF_ERROR(Annotate(columns.Check(num_tokens), EndsPath(folder, part)));
  const size_t num_values = columns.values_.bytes().size();
  const int64_t num_vectors = columns.NumBefore(std::ssize(num_tokens));
  if (num_values == static_cast<size_t>(num_vectors) * static_cast<size_t>(form.size)) {
    return columns;
  }
  return DataError(absl::StrCat(ValuesPath(folder, part), ": ", num_values, " bytes instead of ",
                                num_vectors, " x ", form.size));
}

absl::Status VectorColumns::Check(std::span<const int64_t> num_tokens) const {
  const size_t num_bytes = ends_.bytes().size();
  if (num_bytes != num_tokens.size() * sizeof(int64_t)) {
    return DataError(
        absl::StrCat(num_bytes, " bytes instead of ", num_tokens.size(), " x ", sizeof(int64_t)));
  }
  int64_t before = 0;
  for (size_t row = 0; row < num_tokens.size(); ++row) {
    const int64_t end = NumBefore(static_cast<int64_t>(row) + 1);
    // The order of the comparisons keeps the difference from overflowing.
    if (end < before || end - before >= num_tokens[row]) {
      return DataError(absl::StrCat("row ", row, " of ", num_tokens[row], " tokens has vectors ",
                                    before, " to ", end));
    }
    before = end;
  }
  return absl::OkStatus();
}

int64_t VectorColumns::NumBefore(int64_t row) const {
  if (row == 0) return 0;
  int64_t end = 0;
  std::memcpy(&end, ends_.bytes().data() + static_cast<size_t>(row - 1) * sizeof(end), sizeof(end));
  return end;
}

RowVectors VectorColumns::Of(int64_t row) const {
  const int64_t begin = NumBefore(row), end = NumBefore(row + 1);
  const std::string_view bytes = values_.bytes().substr(
      static_cast<size_t>(begin * form_.size), static_cast<size_t>((end - begin) * form_.size));
  return {form_, {bytes.begin(), bytes.end()}};
}

}  // namespace bench::harness
