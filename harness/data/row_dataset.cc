#include "harness/data/row_dataset.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "base/json.h"
#include "base/status.h"

namespace bench::harness {
namespace {

using nlohmann::json;

static_assert(std::endian::native == std::endian::little && sizeof(float) == 4 &&
                  sizeof(TokenMark) == 1,
              "the files are these bytes");

constexpr char kManifest[] = "rows.json";
constexpr char kFormat[] = "bench-row-dataset";
constexpr int64_t kMaxManifestBytes = int64_t{1} << 20;
constexpr size_t kBufferBytes = size_t{1} << 20;

std::string ColumnPath(const std::string& folder, const std::string& part, const char* column) {
  return absl::StrCat(folder, "/", part, ".", column);
}

template <typename T>
void AppendBytes(const std::vector<T>& values, std::string& bytes) {
  const size_t before = bytes.size();
  bytes.resize(before + values.size() * sizeof(T));
  std::memcpy(bytes.data() + before, values.data(), values.size() * sizeof(T));
}

// `count` values of `bytes` from number `begin` on.
template <typename T>
std::vector<T> Values(std::string_view bytes, int64_t begin, int64_t count) {
  std::vector<T> values(static_cast<size_t>(count));
  std::memcpy(values.data(), bytes.data() + static_cast<size_t>(begin) * sizeof(T),
              values.size() * sizeof(T));
  return values;
}

// Every key of a column that is one.
template <typename Visitor>
void VisitKeys(std::string_view column, Visitor visit) {
  for (size_t at = 0; at < column.size(); at += sizeof(uint64_t)) {
    uint64_t key = 0;
    std::memcpy(&key, column.data() + at, sizeof(key));
    if (key != 0) visit(key);
  }
}

// One file, appended to in blocks.
class Column {
 public:
  static absl::StatusOr<Column> Create(const std::string& path) {
    BENCH_ASSIGN_OR_RETURN(AppendFile file, AppendFile::Open(path));
    return Column(std::move(file));
  }

  template <typename T>
  absl::Status Add(const std::vector<T>& values) {
    AppendBytes(values, buffer_);
    return buffer_.size() < kBufferBytes ? absl::OkStatus() : Flush();
  }
  absl::Status Close() {
    BENCH_RETURN_IF_ERROR(Flush());
    return file_.Sync();
  }

 private:
  explicit Column(AppendFile file) : file_(std::move(file)) {}

  absl::Status Flush() {
    BENCH_RETURN_IF_ERROR(file_.Append(buffer_));
    buffer_.clear();
    return absl::OkStatus();
  }

  AppendFile file_;
  std::string buffer_;
};

// Of rows with vectors; others have the version before it, as they always had.
constexpr int64_t kVersionWithVectors = 2;

struct Manifest {
  bool has_references = false;
  VectorForm vectors;
};

absl::StatusOr<VectorForm> ReadVectorForm(const json& document) {
  BENCH_ASSIGN_OR_RETURN(const json vectors, JsonMember<json>(document, "vectors"));
  VectorForm form;
  BENCH_ASSIGN_OR_RETURN(form.size, JsonMember<int64_t>(vectors, "size"));
  BENCH_ASSIGN_OR_RETURN(form.white, JsonMember<int64_t>(vectors, "white"));
  if (form.size >= 1 && form.size <= kMaxVectorSize && form.white >= 1 && form.white <= 255) {
    return form;
  }
  return DataError(
      absl::StrCat("vectors of ", form.size, " values up to ", form.white, " are none"));
}

absl::StatusOr<Manifest> ReadManifest(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxManifestBytes));
  const auto document = ParseJsonObject(text);
  if (!document.ok()) return Annotate(document.status(), path);
  const int64_t version = JsonMember<int64_t>(*document, "format_version").value_or(0);
  if (JsonMember<std::string>(*document, "format").value_or("") != kFormat || version < 1 ||
      version > kVersionWithVectors) {
    return DataError(absl::StrCat(path, ": not a data set of rows of format version 1 or ",
                                  kVersionWithVectors));
  }
  const auto references = document->find("references");
  if (references == document->end() || !references->is_boolean()) {
    return DataError(absl::StrCat(path, ": \"references\" is no boolean"));
  }
  Manifest manifest{references->get<bool>(), {}};
  if (version < kVersionWithVectors) return manifest;
  const auto vectors = ReadVectorForm(*document);
  if (!vectors.ok()) return Annotate(vectors.status(), path);
  manifest.vectors = *vectors;
  return manifest;
}

absl::StatusOr<MappedFile> OpenColumn(const std::string& path, int64_t count, size_t value_bytes) {
  if (!Exists(path)) {
    return DataError(absl::StrCat(path, ": missing, but ", kManifest, " lies beside it"));
  }
  BENCH_ASSIGN_OR_RETURN(MappedFile file, MappedFile::Open(path));
  if (file.bytes().size() == static_cast<size_t>(count) * value_bytes) return file;
  return DataError(absl::StrCat(path, ": ", file.bytes().size(), " bytes instead of ", count, " x ",
                                value_bytes));
}

}  // namespace

struct RowDatasetWriter::Part {
  Column marks, keys;
  std::optional<Column> references;
  std::optional<VectorColumnsWriter> vectors;

  static absl::StatusOr<Part> Create(const std::string& folder, const std::string& name,
                                     bool has_references, const VectorForm& form) {
    BENCH_ASSIGN_OR_RETURN(Column marks, Column::Create(ColumnPath(folder, name, "marks")));
    BENCH_ASSIGN_OR_RETURN(Column keys, Column::Create(ColumnPath(folder, name, "keys")));
    Part part{std::move(marks), std::move(keys), std::nullopt, std::nullopt};
    if (has_references) {
      BENCH_ASSIGN_OR_RETURN(part.references,
                             Column::Create(ColumnPath(folder, name, "references")));
    }
    if (form.size > 0) {
      BENCH_ASSIGN_OR_RETURN(part.vectors, VectorColumnsWriter::Create(folder, name, form));
    }
    return part;
  }

  absl::Status Add(const DatasetRow& row) {
    BENCH_RETURN_IF_ERROR(marks.Add(row.marks));
    BENCH_RETURN_IF_ERROR(keys.Add(std::vector<uint64_t>{row.key}));
    if (vectors) BENCH_RETURN_IF_ERROR(vectors->Add(row.vectors, std::ssize(row.tokens)));
    return references ? references->Add(row.reference_nll) : absl::OkStatus();
  }

  absl::Status Close() {
    BENCH_RETURN_IF_ERROR(marks.Close());
    BENCH_RETURN_IF_ERROR(keys.Close());
    if (vectors) BENCH_RETURN_IF_ERROR(vectors->Close());
    return references ? references->Close() : absl::OkStatus();
  }
};

RowDatasetWriter::RowDatasetWriter(std::string folder, RowDatasetOptions options)
    : folder_(std::move(folder)),
      has_references_(options.has_references),
      vectors_(options.vectors),
      tokens_(folder_, {options.vocab_size, std::move(options.tokenizer_sha256),
                        std::move(options.groups), options.max_shard_tokens}) {}
RowDatasetWriter::RowDatasetWriter(RowDatasetWriter&&) noexcept = default;
RowDatasetWriter::~RowDatasetWriter() = default;

absl::Status RowDatasetWriter::Add(const std::string& part, const DatasetRow& row) {
  const size_t num_references = has_references_ ? row.tokens.size() : 0;
  if (row.tokens.empty() || row.marks.size() != row.tokens.size() ||
      row.reference_nll.size() != num_references || row.marks.front() != TokenMark::kGiven) {
    return DataError(absl::StrCat("a row of ", row.tokens.size(), " tokens has ", row.marks.size(),
                                  " marks and ", row.reference_nll.size(),
                                  " references, or begins with a target"));
  }
  if (row.vectors.form.size != vectors_.size) {
    return DataError(absl::StrCat("a row has vectors of ", row.vectors.form.size,
                                  " values, the data set of ", vectors_.size));
  }
  const auto is_target = [](TokenMark mark) { return mark != TokenMark::kGiven; };
  if (const auto target = std::find_if(row.marks.begin(), row.marks.end(), is_target);
      target - row.marks.begin() < row.vectors.count()) {
    return DataError(
        absl::StrCat("a row has a target among its ", row.vectors.count(), " vectors"));
  }
  auto into = parts_.find(part);
  if (into == parts_.end()) {
    BENCH_ASSIGN_OR_RETURN(Part created, Part::Create(folder_, part, has_references_, vectors_));
    into = parts_.emplace(part, std::move(created)).first;
  }
  BENCH_RETURN_IF_ERROR(tokens_.Add(part, row.tokens, /*num_text_bytes=*/0, row.group));
  return into->second.Add(row);
}

absl::Status RowDatasetWriter::Finish() {
  for (auto& [name, part] : parts_) BENCH_RETURN_IF_ERROR(part.Close());
  BENCH_RETURN_IF_ERROR(tokens_.Finish());
  json manifest = {{"format", kFormat}, {"format_version", 1}, {"references", has_references_}};
  if (vectors_.size > 0) {
    manifest["format_version"] = kVersionWithVectors;
    manifest["vectors"] = {{"size", vectors_.size}, {"white", vectors_.white}};
  }
  return PublishFile(absl::StrCat(folder_, "/", kManifest), manifest.dump(1) + "\n");
}

absl::StatusOr<RowDataset> RowDataset::Open(const std::string& folder) {
  BENCH_ASSIGN_OR_RETURN(TokenDataset tokens, TokenDataset::Open(folder));
  RowDataset dataset(std::move(tokens));
  BENCH_ASSIGN_OR_RETURN(const Manifest manifest,
                         ReadManifest(absl::StrCat(folder, "/", kManifest)));
  dataset.has_references_ = manifest.has_references;
  dataset.vectors_ = manifest.vectors;
  for (const char* name : {"train", "validation"}) {
    if (dataset.tokens_.part(name).empty()) continue;
    BENCH_ASSIGN_OR_RETURN(Part part, dataset.OpenPart(folder, name));
    BENCH_RETURN_IF_ERROR(
        Annotate(dataset.CheckMarks(name, part), ColumnPath(folder, name, "marks")));
    dataset.parts_.emplace(name, std::move(part));
  }
  return dataset;
}

absl::StatusOr<RowDataset::Part> RowDataset::OpenPart(const std::string& folder,
                                                      const std::string& name) const {
  std::vector<int64_t> first_row = {0};
  std::vector<int64_t> first_token = {0};
  for (const TokenShard& shard : tokens_.part(name)) {
    first_row.push_back(first_row.back() + shard.num_documents());
    first_token.push_back(first_token.back() + shard.num_tokens());
  }
  BENCH_ASSIGN_OR_RETURN(MappedFile marks, OpenColumn(ColumnPath(folder, name, "marks"),
                                                      first_token.back(), sizeof(TokenMark)));
  BENCH_ASSIGN_OR_RETURN(MappedFile keys, OpenColumn(ColumnPath(folder, name, "keys"),
                                                     first_row.back(), sizeof(uint64_t)));
  Part part{std::move(marks), std::move(keys),      std::nullopt,
            std::nullopt,     std::move(first_row), std::move(first_token)};
  if (vectors_.size > 0) {
    BENCH_ASSIGN_OR_RETURN(part.vectors, OpenVectors(folder, name));
  }
  if (has_references_) {
    BENCH_ASSIGN_OR_RETURN(part.references, OpenColumn(ColumnPath(folder, name, "references"),
                                                       part.first_token.back(), sizeof(float)));
  }
  return part;
}

absl::StatusOr<VectorColumns> RowDataset::OpenVectors(const std::string& folder,
                                                      const std::string& name) const {
  std::vector<int64_t> num_tokens;
  for (const TokenShard& shard : tokens_.part(name)) {
    for (int64_t row = 0; row < shard.num_documents(); ++row) {
      const auto first = static_cast<int64_t>(shard.document(row).first_token);
      num_tokens.push_back(shard.document_end(row) - first);
    }
  }
  return VectorColumns::Open(folder, name, vectors_, num_tokens);
}

absl::Status RowDataset::CheckMarks(const std::string& name, const Part& part) const {
  const std::string_view marks = part.marks.bytes();
  const auto largest = static_cast<char>(TokenMark::kAnswer);
  const auto wrong = std::find_if(marks.begin(), marks.end(),
                                  [&](char mark) { return mark < 0 || mark > largest; });
  if (wrong != marks.end()) {
    return DataError(absl::StrCat("byte ", wrong - marks.begin(), " is no mark"));
  }
  const auto is_given = [](char mark) { return mark == static_cast<char>(TokenMark::kGiven); };
  const std::vector<TokenShard>& shards = tokens_.part(name);
  for (size_t i = 0; i < shards.size(); ++i) {
    for (int64_t row = 0; row < shards[i].num_documents(); ++row) {
      const auto first = static_cast<int64_t>(shards[i].document(row).first_token);
      const int64_t place = part.first_token[i] + first;
      const int64_t number = part.first_row[i] + row;
      const int64_t num_vectors = part.vectors ? part.vectors->CountOf(number) : 0;
      const std::string_view first_marks = marks.substr(
          static_cast<size_t>(place), static_cast<size_t>(std::max<int64_t>(num_vectors, 1)));
      if (std::all_of(first_marks.begin(), first_marks.end(), is_given)) continue;
      return DataError(absl::StrCat("row ", number, " begins with a target"));
    }
  }
  return absl::OkStatus();
}

int64_t RowDataset::num_rows(const std::string& part) const {
  const auto found = parts_.find(part);
  return found == parts_.end() ? 0 : found->second.first_row.back();
}

std::optional<int64_t> RowDataset::NumHeldOutKeysInTraining() const {
  const auto visit = [this](const std::string& part, auto visitor) {
    const auto found = parts_.find(part);
    if (found != parts_.end()) VisitKeys(found->second.keys.bytes(), visitor);
  };
  std::vector<uint64_t> held_out;
  visit("validation", [&](uint64_t key) { held_out.push_back(key); });
  if (held_out.empty()) return std::nullopt;
  std::sort(held_out.begin(), held_out.end());
  held_out.erase(std::unique(held_out.begin(), held_out.end()), held_out.end());
  std::vector<bool> trained(held_out.size());
  visit("train", [&](uint64_t key) {
    const auto place = std::lower_bound(held_out.begin(), held_out.end(), key);
    if (place == held_out.end() || *place != key) return;
    trained[static_cast<size_t>(place - held_out.begin())] = true;
  });
  return std::count(trained.begin(), trained.end(), true);
}

DatasetRow RowDataset::row(const std::string& part, int64_t index) const {
  const Part& columns = parts_.at(part);
  const auto after =
      std::upper_bound(columns.first_row.begin(), columns.first_row.end(), index) - 1;
  const auto number = static_cast<size_t>(after - columns.first_row.begin());
  const TokenShard& shard = tokens_.part(part)[number];
  const int64_t document = index - *after;
  const auto begin = static_cast<int64_t>(shard.document(document).first_token);
  const int64_t end = shard.document_end(document);
  const int64_t place = columns.first_token[number] + begin;
  DatasetRow row{shard.Tokens(begin, end),
                 Values<TokenMark>(columns.marks.bytes(), place, end - begin),
                 shard.document(document).language,
                 Values<uint64_t>(columns.keys.bytes(), index, 1).front(),
                 {}};
  if (columns.references) {
    row.reference_nll = Values<float>(columns.references->bytes(), place, end - begin);
  }
  if (columns.vectors) row.vectors = columns.vectors->Of(index);
  return row;
}

}  // namespace bench::harness
