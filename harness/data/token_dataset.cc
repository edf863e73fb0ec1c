#include "harness/data/token_dataset.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/json.h"
#include "base/status.h"

namespace bench::harness {
namespace {

using nlohmann::json;

static_assert(std::endian::native == std::endian::little && sizeof(TokenDocument) == 16,
              "the files are these bytes");

constexpr char kManifest[] = "tokens.json";
constexpr char kFormat[] = "bench-token-dataset";
constexpr std::array<std::string_view, 2> kParts = {"train", "validation"};
constexpr int64_t kMaxManifestBytes = int64_t{64} << 20;
constexpr size_t kBufferBytes = size_t{1} << 20;

int64_t BytesPerToken(int64_t vocab_size) { return vocab_size <= 65536 ? 2 : 4; }

// Appends in blocks, so that a document costs no system call.
class BufferedFile {
 public:
  explicit BufferedFile(AppendFile file) : file_(std::move(file)) {}

  absl::Status Add(const void* data, size_t size) {
    buffer_.append(static_cast<const char*>(data), size);
    return buffer_.size() < kBufferBytes ? absl::OkStatus() : Flush();
  }
  absl::Status Close() {
    BENCH_RETURN_IF_ERROR(Flush());
    return file_.Sync();
  }

 private:
  absl::Status Flush() {
    BENCH_RETURN_IF_ERROR(file_.Append(buffer_));
    buffer_.clear();
    return absl::OkStatus();
  }

  AppendFile file_;
  std::string buffer_;
};

template <typename Token>
absl::Status AddTokens(std::span<const int64_t> tokens, BufferedFile& file) {
  std::vector<Token> packed(tokens.begin(), tokens.end());
  return file.Add(packed.data(), packed.size() * sizeof(Token));
}

template <typename Token>
void CopyTokens(std::string_view bytes, int64_t begin, std::vector<int64_t>& tokens) {
  const char* next = bytes.data() + static_cast<size_t>(begin) * sizeof(Token);
  for (int64_t& token : tokens) {
    Token stored;
    std::memcpy(&stored, next, sizeof(Token));
    token = stored;
    next += sizeof(Token);
  }
}

}  // namespace

std::string TokenShardPath(const std::string& folder, const std::string& part, int64_t number,
                           const std::string& file) {
  return absl::StrFormat("%s/%s-%05d.%s", folder, part, number, file);
}

absl::Status PublishTokenManifest(const std::string& folder, const TokenDatasetOptions& options,
                                  const std::map<std::string, std::vector<TokenShardSize>>& parts) {
  json shards_of_parts = json::object();
  for (const auto& [name, shards] : parts) {
    json sizes = json::array();
    for (const TokenShardSize& shard : shards) {
      sizes.push_back({{"tokens", shard.tokens}, {"documents", shard.documents}});
    }
    shards_of_parts[name] = std::move(sizes);
  }
  const json manifest = {{"format", kFormat},
                         {"format_version", 1},
                         {"vocab_size", options.vocab_size},
                         {"tokenizer_sha256", options.tokenizer_sha256},
                         {"languages", options.languages},
                         {"parts", shards_of_parts}};
  return PublishFile(absl::StrCat(folder, "/", kManifest), manifest.dump(1) + "\n");
}

class TokenDatasetWriter::Shard {
 public:
  static absl::StatusOr<Shard> Create(const std::string& folder, const std::string& part,
                                      int64_t number) {
    BENCH_ASSIGN_OR_RETURN(AppendFile tokens,
                           AppendFile::Open(TokenShardPath(folder, part, number, "tokens")));
    BENCH_ASSIGN_OR_RETURN(AppendFile documents,
                           AppendFile::Open(TokenShardPath(folder, part, number, "documents")));
    return Shard(std::move(tokens), std::move(documents));
  }

  int64_t num_tokens() const { return num_tokens_; }

  absl::Status Add(std::span<const int64_t> tokens, TokenDocument document,
                   int64_t bytes_per_token) {
    document.first_token = static_cast<uint64_t>(num_tokens_);
    num_tokens_ += std::ssize(tokens);
    ++num_documents_;
    BENCH_RETURN_IF_ERROR(documents_.Add(&document, sizeof(document)));
    return bytes_per_token == 2 ? AddTokens<uint16_t>(tokens, tokens_)
                                : AddTokens<uint32_t>(tokens, tokens_);
  }

  absl::Status Close() {
    BENCH_RETURN_IF_ERROR(tokens_.Close());
    return documents_.Close();
  }
  TokenShardSize size() const { return {num_tokens_, num_documents_}; }

 private:
  Shard(AppendFile tokens, AppendFile documents)
      : tokens_(std::move(tokens)), documents_(std::move(documents)) {}

  BufferedFile tokens_, documents_;
  int64_t num_tokens_ = 0;
  int64_t num_documents_ = 0;
};

struct TokenDatasetWriter::Part {
  std::optional<Shard> open;
  std::vector<TokenShardSize> closed;

  absl::Status CloseShard() {
    if (!open) return absl::OkStatus();
    BENCH_RETURN_IF_ERROR(open->Close());
    closed.push_back(open->size());
    open.reset();
    return absl::OkStatus();
  }
};

TokenDatasetWriter::TokenDatasetWriter(std::string folder, TokenDatasetOptions options)
    : folder_(std::move(folder)), options_(std::move(options)) {}
TokenDatasetWriter::TokenDatasetWriter(TokenDatasetWriter&&) noexcept = default;
TokenDatasetWriter::~TokenDatasetWriter() = default;

absl::Status TokenDatasetWriter::Add(const std::string& part, std::span<const int64_t> tokens,
                                     int64_t num_text_bytes, int64_t language) {
  if (num_text_bytes > std::numeric_limits<uint32_t>::max()) {
    return DataError(absl::StrCat("a document of ", num_text_bytes, " bytes; the most is 4 GiB"));
  }
  Part& into = parts_[part];
  if (into.open && into.open->num_tokens() + std::ssize(tokens) > options_.max_shard_tokens) {
    BENCH_RETURN_IF_ERROR(into.CloseShard());
  }
  if (!into.open) {
    BENCH_ASSIGN_OR_RETURN(into.open, Shard::Create(folder_, part, std::ssize(into.closed)));
  }
  return into.open->Add(tokens,
                        {0, static_cast<uint32_t>(num_text_bytes), static_cast<uint32_t>(language)},
                        BytesPerToken(options_.vocab_size));
}

absl::Status TokenDatasetWriter::Finish() {
  std::map<std::string, std::vector<TokenShardSize>> parts;
  for (auto& [name, part] : parts_) {
    BENCH_RETURN_IF_ERROR(part.CloseShard());
    parts[name] = part.closed;
  }
  return PublishTokenManifest(folder_, options_, parts);
}

TokenShard::TokenShard(MappedFile tokens, MappedFile documents, int64_t bytes_per_token)
    : token_bytes_(std::move(tokens)),
      document_bytes_(std::move(documents)),
      bytes_per_token_(bytes_per_token),
      num_tokens_(static_cast<int64_t>(token_bytes_.bytes().size()) / bytes_per_token),
      // Mapped files begin at a page, so the records are aligned.
      documents_(reinterpret_cast<const TokenDocument*>(document_bytes_.bytes().data()),
                 document_bytes_.bytes().size() / sizeof(TokenDocument)) {}

absl::Status TokenShard::CheckDocuments(size_t num_languages) const {
  if (documents_.empty() || documents_.front().first_token != 0) {
    return DataError("the first document does not begin at the first token");
  }
  for (int64_t i = 0; i < num_documents(); ++i) {
    if (document_end(i) > num_tokens_ ||
        document_end(i) <= static_cast<int64_t>(document(i).first_token)) {
      return DataError(absl::StrCat("document ", i, " has no place among the tokens"));
    }
    if (document(i).language >= num_languages) {
      return DataError(absl::StrCat("document ", i, " has the language ", document(i).language,
                                    " of ", num_languages));
    }
  }
  return absl::OkStatus();
}

int64_t TokenShard::document_end(int64_t index) const {
  if (index + 1 == num_documents()) return num_tokens_;
  return static_cast<int64_t>(document(index + 1).first_token);
}

int64_t TokenShard::DocumentAt(int64_t position) const {
  const auto after = std::upper_bound(
      documents_.begin(), documents_.end(), static_cast<uint64_t>(position),
      [](uint64_t value, const TokenDocument& entry) { return value < entry.first_token; });
  return after - documents_.begin() - 1;
}

std::vector<int64_t> TokenShard::Tokens(int64_t begin, int64_t end) const {
  std::vector<int64_t> tokens(static_cast<size_t>(end - begin));
  if (bytes_per_token_ == 2) {
    CopyTokens<uint16_t>(token_bytes_.bytes(), begin, tokens);
  } else {
    CopyTokens<uint32_t>(token_bytes_.bytes(), begin, tokens);
  }
  return tokens;
}

namespace {

struct Manifest {
  TokenDatasetOptions options;
  std::map<std::string, std::vector<TokenShardSize>> parts;
};

absl::StatusOr<std::vector<std::string>> ReadLanguages(const json& document) {
  BENCH_ASSIGN_OR_RETURN(const json list, JsonMember<json>(document, "languages"));
  std::vector<std::string> languages;
  for (const json& name : list) {
    if (!name.is_string()) return DataError("\"languages\" holds what is no string");
    languages.push_back(name.get<std::string>());
  }
  return languages;
}

absl::StatusOr<Manifest> ParseManifest(std::string_view text) {
  BENCH_ASSIGN_OR_RETURN(const json document, ParseJsonObject(text));
  if (JsonMember<std::string>(document, "format").value_or("") != kFormat ||
      JsonMember<int64_t>(document, "format_version").value_or(0) != 1) {
    return DataError("not a token data set of format version 1");
  }
  Manifest manifest;
  TokenDatasetOptions& options = manifest.options;
  BENCH_ASSIGN_OR_RETURN(options.vocab_size, JsonMember<int64_t>(document, "vocab_size"));
  if (options.vocab_size <= 0) return DataError("\"vocab_size\" is not positive");
  BENCH_ASSIGN_OR_RETURN(options.tokenizer_sha256,
                         JsonMember<std::string>(document, "tokenizer_sha256"));
  BENCH_ASSIGN_OR_RETURN(options.languages, ReadLanguages(document));
  BENCH_ASSIGN_OR_RETURN(const json parts, JsonMember<json>(document, "parts"));
  if (!parts.is_object()) return DataError("\"parts\" is no object");
  for (const auto& [name, shards] : parts.items()) {
    // It becomes the beginning of file names.
    if (std::find(kParts.begin(), kParts.end(), name) == kParts.end()) {
      return DataError(absl::StrCat("the part ", QuotedForMessage(name), " is unknown"));
    }
    for (const json& shard : shards) {
      BENCH_ASSIGN_OR_RETURN(const int64_t num_tokens, JsonMember<int64_t>(shard, "tokens"));
      BENCH_ASSIGN_OR_RETURN(const int64_t num_documents, JsonMember<int64_t>(shard, "documents"));
      manifest.parts[name].push_back({num_tokens, num_documents});
    }
  }
  return manifest;
}

// Divides, since a manifest may claim any number.
bool HoldsRecords(std::string_view bytes, int64_t count, size_t record_bytes) {
  return bytes.size() % record_bytes == 0 &&
         static_cast<int64_t>(bytes.size() / record_bytes) == count;
}

absl::StatusOr<Manifest> ReadManifest(const std::string& folder) {
  const std::string path = absl::StrCat(folder, "/", kManifest);
  BENCH_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxManifestBytes));
  absl::StatusOr<Manifest> manifest = ParseManifest(text);
  if (!manifest.ok()) return Annotate(manifest.status(), path);
  return manifest;
}

}  // namespace

absl::StatusOr<TokenDataset> TokenDataset::Open(const std::string& folder) {
  BENCH_ASSIGN_OR_RETURN(const Manifest manifest, ReadManifest(folder));
  TokenDataset dataset;
  dataset.options_ = manifest.options;
  for (const auto& [name, sizes] : manifest.parts) {
    for (int64_t number = 0; number < std::ssize(sizes); ++number) {
      BENCH_ASSIGN_OR_RETURN(TokenShard shard, OpenSized(folder, name, number, manifest.options,
                                                         sizes[static_cast<size_t>(number)]));
      dataset.parts_[name].push_back(std::move(shard));
    }
  }
  return dataset;
}

absl::StatusOr<std::vector<TokenShardSize>> TokenDataset::ShardSizes(const std::string& folder,
                                                                     const std::string& part) {
  BENCH_ASSIGN_OR_RETURN(const Manifest manifest, ReadManifest(folder));
  const auto sizes = manifest.parts.find(part);
  if (sizes == manifest.parts.end()) return std::vector<TokenShardSize>();
  return sizes->second;
}

absl::StatusOr<TokenShard> TokenDataset::OpenShard(const std::string& folder,
                                                   const std::string& part, int64_t number) {
  BENCH_ASSIGN_OR_RETURN(const Manifest manifest, ReadManifest(folder));
  const auto sizes = manifest.parts.find(part);
  if (sizes == manifest.parts.end() || number < 0 || number >= std::ssize(sizes->second)) {
    return DataError(
        absl::StrCat(folder, "/", kManifest, ": names no shard ", number, " of ", part));
  }
  return OpenSized(folder, part, number, manifest.options,
                   sizes->second[static_cast<size_t>(number)]);
}

absl::StatusOr<TokenShard> TokenDataset::OpenSized(const std::string& folder,
                                                   const std::string& part, int64_t number,
                                                   const TokenDatasetOptions& options,
                                                   const TokenShardSize& size) {
  const std::string path = TokenShardPath(folder, part, number, "tokens");
  if (!Exists(path)) {
    return DataError(absl::StrCat(path, ": missing, but ", kManifest, " names it"));
  }
  BENCH_ASSIGN_OR_RETURN(MappedFile tokens, MappedFile::Open(path));
  BENCH_ASSIGN_OR_RETURN(MappedFile documents,
                         MappedFile::Open(TokenShardPath(folder, part, number, "documents")));
  const int64_t bytes_per_token = BytesPerToken(options.vocab_size);
  if (!HoldsRecords(tokens.bytes(), size.tokens, static_cast<size_t>(bytes_per_token)) ||
      !HoldsRecords(documents.bytes(), size.documents, sizeof(TokenDocument))) {
    return DataError(absl::StrCat(path, ": not of the size that ", kManifest, " says"));
  }
  TokenShard shard(std::move(tokens), std::move(documents), bytes_per_token);
  BENCH_RETURN_IF_ERROR(Annotate(shard.CheckDocuments(options.languages.size()), path));
  return shard;
}

const std::vector<TokenShard>& TokenDataset::part(const std::string& name) const {
  static const std::vector<TokenShard> kNone;
  const auto found = parts_.find(name);
  return found == parts_.end() ? kNone : found->second;
}

}  // namespace bench::harness
