#include "harness/corpus/document_file.h"

#include <xxhash.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <limits>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench::corpus {
namespace {

static_assert(std::endian::native == std::endian::little, "the files are these bytes");

constexpr uint64_t kMagic = 0x31636F6468636E62;  // "bnchdoc1", little endian
constexpr char kTemporarySuffix[] = ".writing";

struct FrameHeader {
  uint64_t num_bytes = 0;
  uint64_t checksum = 0;
};
using FieldLengths = std::array<uint32_t, 3>;  // id, source, language

struct Trailer {
  uint64_t num_documents = 0;
  uint64_t num_bytes = 0;
  uint64_t checksum = 0;
  uint64_t magic = 0;
};

uint64_t Checksum(uint64_t num_documents, uint64_t num_bytes) {
  const std::array<uint64_t, 2> values = {num_documents, num_bytes};
  return XXH3_64bits(values.data(), sizeof(values));
}

template <typename T>
void AppendBytes(const T& value, std::string& out) {
  out.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

std::string Payload(const Document& document) {
  std::string payload;
  payload.reserve(sizeof(FieldLengths) + document.id.size() + document.source.size() +
                  document.language.size() + document.text.size());
  AppendBytes(FieldLengths{static_cast<uint32_t>(document.id.size()),
                           static_cast<uint32_t>(document.source.size()),
                           static_cast<uint32_t>(document.language.size())},
              payload);
  for (const std::string* field : {&document.id, &document.source, &document.language}) {
    payload += *field;
  }
  return payload += document.text;
}

// nullopt when the lengths do not fit.
std::optional<Document> FromPayload(std::string_view payload) {
  FieldLengths lengths;
  if (payload.size() < sizeof(lengths)) return std::nullopt;
  std::memcpy(lengths.data(), payload.data(), sizeof(lengths));
  payload.remove_prefix(sizeof(lengths));
  Document document;
  const std::array<std::string*, 3> fields = {&document.id, &document.source, &document.language};
  for (size_t i = 0; i < fields.size(); ++i) {
    if (lengths[i] > payload.size()) return std::nullopt;
    *fields[i] = payload.substr(0, lengths[i]);
    payload.remove_prefix(lengths[i]);
  }
  document.text = payload;
  return document;
}

}  // namespace

absl::StatusOr<DocumentWriter> DocumentWriter::Create(const std::string& path) {
  const std::string written = path + kTemporarySuffix;
  BENCH_RETURN_IF_ERROR(RemoveTree(written));  // of an attempt that was killed
  BENCH_ASSIGN_OR_RETURN(AppendFile file, AppendFile::Open(written));
  return DocumentWriter(path, std::move(file));
}

absl::StatusOr<uint64_t> DocumentWriter::Add(const Document& document) {
  for (const std::string* field : {&document.id, &document.source, &document.language}) {
    if (field->size() > std::numeric_limits<uint32_t>::max()) {
      return DataError("a document's id, source or language of 4 GiB or more");
    }
  }
  const std::string payload = Payload(document);
  const uint64_t offset = num_bytes_;
  AppendBytes(FrameHeader{payload.size(), XXH3_64bits(payload.data(), payload.size())}, buffer_);
  buffer_ += payload;
  num_bytes_ += sizeof(FrameHeader) + payload.size();
  ++num_documents_;
  if (buffer_.size() >= kDocumentBufferBytes) BENCH_RETURN_IF_ERROR(Flush());
  return offset;
}

absl::Status DocumentWriter::Flush() {
  absl::Status status = file_.Append(buffer_);
  buffer_.clear();
  return status;
}

absl::Status DocumentWriter::Finish() {
  AppendBytes(Trailer{num_documents_, num_bytes_, Checksum(num_documents_, num_bytes_), kMagic},
              buffer_);
  BENCH_RETURN_IF_ERROR(Flush());
  return PublishExisting(path_ + kTemporarySuffix, path_);
}

absl::Status DocumentFile::Damaged(std::string_view what) const {
  return DataError(
      absl::StrCat(path_, ": ", std::string(what),
                   ": a damaged file of the corpus' own work, which has to begin anew"));
}

// Without a buffer given to it glibc keeps to its own of 4 KiB, whatever the size asked for.
DocumentFile::DocumentFile(std::string path, File file, size_t buffer_bytes)
    : path_(std::move(path)), buffer_(new char[buffer_bytes]), file_(std::move(file)) {
  std::setvbuf(file_.get(), buffer_.get(), _IOFBF, buffer_bytes);
}

absl::StatusOr<DocumentFile> DocumentFile::Open(const std::string& path, size_t buffer_bytes) {
  File file(std::fopen(path.c_str(), "rbe"), &std::fclose);
  if (file == nullptr) {
    return EnvironmentError(absl::StrCat("cannot open ", path, ": ", std::strerror(errno)));
  }
  DocumentFile documents(path, std::move(file), buffer_bytes);
  BENCH_RETURN_IF_ERROR(documents.ReadTrailer());
  return documents;
}

absl::Status DocumentFile::ReadTrailer() {
  Trailer trailer;
  const auto trailer_bytes = static_cast<long>(sizeof(trailer));
  if (std::fseek(file_.get(), -trailer_bytes, SEEK_END) != 0) {
    return Damaged("no file of documents, or cut short");
  }
  const auto size = static_cast<uint64_t>(std::ftell(file_.get()));
  if (std::fread(&trailer, sizeof(trailer), 1, file_.get()) != 1 || trailer.magic != kMagic ||
      trailer.checksum != Checksum(trailer.num_documents, trailer.num_bytes) ||
      trailer.num_bytes != size) {
    return Damaged("no file of documents, or cut short");
  }
  num_documents_ = trailer.num_documents;
  num_bytes_ = trailer.num_bytes;
  std::rewind(file_.get());
  return absl::OkStatus();
}

absl::StatusOr<Document> DocumentFile::ReadFrame() {
  FrameHeader header;
  const uint64_t left = num_bytes_ - position_;
  if (left < sizeof(header) || std::fread(&header, sizeof(header), 1, file_.get()) != 1 ||
      header.num_bytes > left - sizeof(header)) {
    return Damaged(absl::StrCat("no document at byte ", position_));
  }
  std::string payload(header.num_bytes, '\0');
  if (std::fread(payload.data(), 1, payload.size(), file_.get()) != payload.size()) {
    return EnvironmentError(absl::StrCat("cannot read ", path_, ": ", std::strerror(errno)));
  }
  std::optional<Document> document;
  if (XXH3_64bits(payload.data(), payload.size()) == header.checksum) {
    document = FromPayload(payload);
  }
  if (!document) return Damaged(absl::StrCat("wrong checksum at byte ", position_));
  position_ += sizeof(header) + payload.size();
  return *std::move(document);
}

absl::StatusOr<std::optional<Document>> DocumentFile::Next() {
  if (position_ == num_bytes_) {
    if (num_read_ == num_documents_) return std::nullopt;
    return Damaged(absl::StrCat("holds ", num_read_, " documents, not ", num_documents_));
  }
  BENCH_ASSIGN_OR_RETURN(Document document, ReadFrame());
  ++num_read_;
  return document;
}

absl::StatusOr<Document> DocumentFile::At(uint64_t offset) {
  if (offset >= num_bytes_ || std::fseek(file_.get(), static_cast<long>(offset), SEEK_SET) != 0) {
    return Damaged(absl::StrCat("no document at byte ", offset));
  }
  position_ = offset;
  return ReadFrame();
}

}  // namespace bench::corpus
