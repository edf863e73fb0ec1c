#include "harness/corpus/record_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"

namespace bench::corpus {
namespace {

constexpr uint64_t kMagic = 0x3163657268636E62;  // "bnchrec1", little endian
constexpr std::string_view kTemporarySuffix = ".writing";

using HashState = std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)>;
HashState NewHash() {
  HashState state(XXH3_createState(), &XXH3_freeState);
  XXH3_64bits_reset(state.get());
  return state;
}

// A file that a phase wrote and that is not what it wrote. What it was made from may be gone.
absl::Status Damaged(const std::string& path, const std::string& what) {
  return DataError(absl::StrCat(
      path, ": ", what, ": a damaged file of the corpus' own work, which has to begin anew"));
}

std::string WrittenPath(const std::string& path, Durability durability) {
  return durability == Durability::kSpilled ? path
                                            : absl::StrCat(path, std::string(kTemporarySuffix));
}

}  // namespace

RecordBytesWriter::RecordBytesWriter(std::string path, Durability durability, AppendFile file)
    : path_(std::move(path)), durability_(durability), file_(std::move(file)), hash_(NewHash()) {}
RecordBytesWriter::RecordBytesWriter(RecordBytesWriter&&) noexcept = default;
RecordBytesWriter& RecordBytesWriter::operator=(RecordBytesWriter&&) noexcept = default;
RecordBytesWriter::~RecordBytesWriter() = default;

absl::StatusOr<RecordBytesWriter> RecordBytesWriter::Create(const std::string& path,
                                                            Durability durability) {
  const std::string written = WrittenPath(path, durability);
  BENCH_RETURN_IF_ERROR(RemoveTree(written));  // of an attempt that was killed
  BENCH_ASSIGN_OR_RETURN(AppendFile file, AppendFile::Open(written));
  return RecordBytesWriter(path, durability, std::move(file));
}

absl::Status RecordBytesWriter::Append(const void* data, size_t size) {
  if (size == 0) return absl::OkStatus();
  XXH3_64bits_update(hash_.get(), data, size);
  return file_.Append({static_cast<const char*>(data), size});
}

absl::Status RecordBytesWriter::Finish(uint64_t num_records, uint32_t kind, uint32_t record_bytes) {
  const RecordTrailer trailer = {num_records, XXH3_64bits_digest(hash_.get()), kind, record_bytes,
                                 kMagic};
  BENCH_RETURN_IF_ERROR(file_.Append({reinterpret_cast<const char*>(&trailer), sizeof(trailer)}));
  if (durability_ == Durability::kSpilled) return absl::OkStatus();
  return PublishExisting(WrittenPath(path_, durability_), path_);
}

RecordBytesReader::RecordBytesReader(std::string path, File file, RecordTrailer trailer)
    : path_(std::move(path)),
      file_(std::move(file)),
      trailer_(trailer),
      num_left_(trailer.num_records),
      hash_(NewHash()) {}

absl::StatusOr<RecordBytesReader> RecordBytesReader::Open(const std::string& path, uint32_t kind,
                                                          uint32_t record_bytes) {
  File file(std::fopen(path.c_str(), "rbe"), &std::fclose);
  if (file == nullptr) {
    return EnvironmentError(absl::StrCat("cannot open ", path, ": ", std::strerror(errno)));
  }
  std::setvbuf(file.get(), nullptr, _IONBF, 0);  // records are read in blocks
  RecordTrailer trailer;
  const auto trailer_bytes = static_cast<long>(sizeof(trailer));
  if (std::fseek(file.get(), -trailer_bytes, SEEK_END) != 0 ||
      std::fread(&trailer, sizeof(trailer), 1, file.get()) != 1 || trailer.magic != kMagic) {
    return Damaged(path, "no record file, or cut short");
  }
  if (trailer.kind != kind || trailer.record_bytes != record_bytes) {
    return DataError(absl::StrCat(path, ": holds records of kind ", trailer.kind, ", ",
                                  trailer.record_bytes, " bytes each, not kind ", kind, ", ",
                                  record_bytes, " bytes"));
  }
  const auto size = static_cast<uint64_t>(std::ftell(file.get())) - sizeof(trailer);
  if (size / record_bytes != trailer.num_records || size % record_bytes != 0) {
    return Damaged(path, absl::StrCat(size, " bytes are not ", trailer.num_records, " records of ",
                                      record_bytes));
  }
  std::rewind(file.get());
  return RecordBytesReader(path, std::move(file), trailer);
}

absl::StatusOr<size_t> RecordBytesReader::Read(void* out, size_t max_records) {
  const auto count = static_cast<size_t>(std::min<uint64_t>(max_records, num_left_));
  if (count == 0) {
    if (XXH3_64bits_digest(hash_.get()) == trailer_.checksum) return 0;
    return Damaged(path_, "wrong checksum");
  }
  if (std::fread(out, trailer_.record_bytes, count, file_.get()) != count) {
    return EnvironmentError(absl::StrCat("cannot read ", path_, ": ", std::strerror(errno)));
  }
  XXH3_64bits_update(hash_.get(), out, count * trailer_.record_bytes);
  num_left_ -= count;
  return count;
}

}  // namespace bench::corpus
