// Tokenised documents on disk, memory-mapped: what pre-training reads.
//
//   tokens.json             what follows, with the tokenizer's SHA-256 and the names of languages
//   <part>-00000.tokens     tokens of documents one after another, little-endian: uint16 when the
//                           vocabulary has at most 65,536 tokens, else uint32
//   <part>-00000.documents  16 bytes a document, little-endian: number of its first token in the
//                           shard (uint64), bytes of its text (uint32), language (uint32)
//
// A shard holds whole documents; a new one begins where the next document would exceed
// max_shard_tokens. Parts are "train" and "validation". Same documents in the same order = same
// bytes.
// Errors: DataError naming file and defect for anything but what the writer leaves (the sizes and
// the order of documents are checked at opening, token values by whoever uses them as indices);
// EnvironmentError for I/O.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/file.h"
#include "base/mapped_file.h"

namespace bench::harness {

struct TokenDocument {
  uint64_t first_token = 0;  // in its shard
  uint32_t num_text_bytes = 0;
  uint32_t language = 0;  // index into the data set's languages
};

inline constexpr int64_t kUsualShardTokens = int64_t{1} << 28;

// The max_shard_tokens of a data set of so many tokens: as usual, and doubled until some 8,192
// shards hold them. Two files of each are mapped, and Linux allows a process 65,530 mappings.
constexpr int64_t ShardTokensFor(int64_t num_tokens) {
  constexpr int64_t kMostShards = 8192;
  int64_t tokens = kUsualShardTokens;
  while (num_tokens / tokens >= kMostShards) tokens *= 2;
  return tokens;
}

struct TokenDatasetOptions {
  int64_t vocab_size = 0;
  std::string tokenizer_sha256;
  std::vector<std::string> languages;
  int64_t max_shard_tokens = kUsualShardTokens;
};

struct TokenShardSize {
  int64_t tokens = 0;
  int64_t documents = 0;
};

// Where a shard's file lies; `file`: "tokens" or "documents".
std::string TokenShardPath(const std::string& folder, const std::string& part, int64_t number,
                           const std::string& file);

// For shards that lie in the folder; without a manifest there is no data set.
absl::Status PublishTokenManifest(const std::string& folder, const TokenDatasetOptions& options,
                                  const std::map<std::string, std::vector<TokenShardSize>>& parts);

class TokenDatasetWriter {
 public:
  // The folder must exist.
  TokenDatasetWriter(std::string folder, TokenDatasetOptions options);
  TokenDatasetWriter(TokenDatasetWriter&&) noexcept;
  ~TokenDatasetWriter();

  // `tokens` must not be empty and lie in [0, vocab_size).
  absl::Status Add(const std::string& part, std::span<const int64_t> tokens, int64_t num_text_bytes,
                   int64_t language);
  // Publishes the manifest; without it there is no data set.
  absl::Status Finish();

 private:
  class Shard;
  struct Part;

  std::string folder_;
  TokenDatasetOptions options_;
  std::map<std::string, Part> parts_;
};

class TokenShard {
 public:
  int64_t num_tokens() const { return num_tokens_; }
  int64_t num_documents() const { return static_cast<int64_t>(documents_.size()); }
  const TokenDocument& document(int64_t index) const {
    return documents_[static_cast<size_t>(index)];
  }
  // One past the document's last token.
  int64_t document_end(int64_t index) const;
  // The document that token `position` belongs to.
  int64_t DocumentAt(int64_t position) const;
  std::vector<int64_t> Tokens(int64_t begin, int64_t end) const;
  // Of the tokens; see base/mapped_file.h.
  void ReleasePages() const { token_bytes_.ReleasePages(); }

 private:
  friend class TokenDataset;
  TokenShard(MappedFile tokens, MappedFile documents, int64_t bytes_per_token);
  absl::Status CheckDocuments(size_t num_languages) const;

  MappedFile token_bytes_, document_bytes_;
  int64_t bytes_per_token_;
  int64_t num_tokens_;
  std::span<const TokenDocument> documents_;
};

class TokenDataset {
 public:
  static absl::StatusOr<TokenDataset> Open(const std::string& folder);
  // Of the data set in a folder without opening it: a part's shards, as the manifest says, and one
  // of these, which alone is checked.
  static absl::StatusOr<std::vector<TokenShardSize>> ShardSizes(const std::string& folder,
                                                                const std::string& part);
  static absl::StatusOr<TokenShard> OpenShard(const std::string& folder, const std::string& part,
                                              int64_t number);

  int64_t vocab_size() const { return options_.vocab_size; }
  const std::string& tokenizer_sha256() const { return options_.tokenizer_sha256; }
  const std::vector<std::string>& languages() const { return options_.languages; }
  // Empty for a part that no document was added to.
  const std::vector<TokenShard>& part(const std::string& name) const;

 private:
  static absl::StatusOr<TokenShard> OpenSized(const std::string& folder, const std::string& part,
                                              int64_t number, const TokenDatasetOptions& options,
                                              const TokenShardSize& size);

  TokenDatasetOptions options_;
  std::map<std::string, std::vector<TokenShard>> parts_;
};

}  // namespace bench::harness
