// Rows of tokens with targets on disk, memory-mapped: what generated data is trained on.
//
// A token data set (token_dataset.h), a row a document and a group of rows a language, and beside
// it
//   rows.json         what follows
//   <part>.marks      a byte a token: 0 given, 1 target, 2 target of the answer
//   <part>.keys       8 bytes a row, little-endian: hash of the key that decided about its part; 0
//                     where no key did
//   <part>.references 4 bytes a token, a little-endian float: -log p of the token by a predictor
//                     that is exact, 0 where the token is no target; only where there is such a
//                     predictor
//   <part>.vectors, <part>.vector_ends
//                     the vectors that rows begin with (row_vectors.h); only where they do. Such a
//                     data set has format version 2, which earlier readers refuse by name
// in the order of the rows, whatever the shards of tokens. The first token of a row is no target.
// Same rows in the same order = same bytes.
// Errors: DataError naming file and defect for anything but what the writer leaves;
// EnvironmentError for I/O.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/file.h"
#include "base/mapped_file.h"
#include "harness/data/row_vectors.h"
#include "harness/data/token_dataset.h"

namespace bench::harness {

// What a token of a row is. An answer ends its row, and may be preceded by other targets.
enum class TokenMark : uint8_t { kGiven, kTarget, kAnswer };

struct DatasetRow {
  std::vector<int64_t> tokens;
  std::vector<TokenMark> marks;      // of the tokens
  int64_t group = 0;                 // index into the groups
  uint64_t key = 0;                  // 0: none
  std::vector<float> reference_nll;  // of the tokens; empty without a predictor
  RowVectors vectors = {};           // that it begins with; their places have tokens too
};

struct RowDatasetOptions {
  int64_t vocab_size = 0;
  std::string tokenizer_sha256;
  std::vector<std::string> groups;
  bool has_references = false;
  int64_t max_shard_tokens = int64_t{1} << 28;
  VectorForm vectors = {};
};

class RowDatasetWriter {
 public:
  // The folder must exist.
  RowDatasetWriter(std::string folder, RowDatasetOptions options);
  RowDatasetWriter(RowDatasetWriter&&) noexcept;
  ~RowDatasetWriter();

  // Part "train" or "validation".
  absl::Status Add(const std::string& part, const DatasetRow& row);
  // Publishes the manifests; without them there is no data set.
  absl::Status Finish();

 private:
  struct Part;

  std::string folder_;
  bool has_references_;
  VectorForm vectors_;
  TokenDatasetWriter tokens_;
  std::map<std::string, Part> parts_;
};

class RowDataset {
 public:
  static absl::StatusOr<RowDataset> Open(const std::string& folder);

  const TokenDataset& tokens() const { return tokens_; }
  const std::vector<std::string>& groups() const { return tokens_.languages(); }
  bool has_references() const { return has_references_; }
  // Size 0: rows begin with no vectors.
  const VectorForm& vectors() const { return vectors_; }
  // 0 for a part that no row was added to.
  int64_t num_rows(const std::string& part) const;
  DatasetRow row(const std::string& part, int64_t index) const;
  // How many different keys of held-out rows training rows have too; none where held-out rows have
  // no keys.
  // Memory: 8 bytes a held-out row.
  std::optional<int64_t> NumHeldOutKeysInTraining() const;

 private:
  struct Part {
    MappedFile marks, keys;
    std::optional<MappedFile> references;
    std::optional<VectorColumns> vectors;
    // Of each shard of tokens, and of all.
    std::vector<int64_t> first_row, first_token;
  };
  explicit RowDataset(TokenDataset tokens) : tokens_(std::move(tokens)) {}
  absl::StatusOr<Part> OpenPart(const std::string& folder, const std::string& name) const;
  absl::StatusOr<VectorColumns> OpenVectors(const std::string& folder,
                                            const std::string& name) const;
  // The first defect of the marks.
  absl::Status CheckMarks(const std::string& name, const Part& part) const;

  TokenDataset tokens_;
  bool has_references_ = false;
  VectorForm vectors_;
  std::map<std::string, Part> parts_;
};

}  // namespace bench::harness
