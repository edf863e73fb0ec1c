// Encodes a text in the parts that piece_cuts.h allows, between the user-defined pieces that occur
// in it, and remembers the tokens of short ones: a corpus repeats its words. Same tokens as the
// model's own, whatever was encoded before.
//
// Memory: at most kMaxEntries parts a thread that encodes at the same time. Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "harness/tokenizers/added_tokens.h"
#include "harness/tokenizers/piece_cuts.h"
#include "harness/tokenizers/sentencepiece_proto.h"

namespace bench::harness {

class ChunkedEncoder {
 public:
  static constexpr size_t kMaxEntries = size_t{1} << 17;
  static constexpr size_t kMaxChunkBytes = 48;
  using EncodeWhole = std::function<std::vector<int>(std::string_view text)>;

  // nullptr for a model that cannot be cut. `encode_whole` is the model's own encoding.
  static std::unique_ptr<ChunkedEncoder> Create(const SentencePieceDescription& model,
                                                EncodeWhole encode_whole);
  ~ChunkedEncoder();

  std::vector<int64_t> Encode(std::string_view text) const;

 private:
  struct Cache;
  ChunkedEncoder(std::unique_ptr<PieceCuts> cuts, std::vector<AddedToken> user_defined,
                 EncodeWhole encode_whole);
  std::unique_ptr<Cache> TakeCache() const;
  void AppendText(std::string_view text, Cache& cache, std::vector<int64_t>& tokens) const;
  void AppendChunk(std::string_view chunk, Cache& cache, std::vector<int64_t>& tokens) const;

  const std::unique_ptr<PieceCuts> cuts_;
  const AddedTokenFinder user_defined_;
  const EncodeWhole encode_whole_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Cache>> idle_;  // guarded by mutex_
};

}  // namespace bench::harness
