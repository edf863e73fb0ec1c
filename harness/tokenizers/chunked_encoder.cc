#include "harness/tokenizers/chunked_encoder.h"

#include <unicode/utf8.h>

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"

namespace bench::harness {

struct ChunkedEncoder::Cache {
  struct Span {
    uint32_t begin = 0, size = 0;
  };
  absl::flat_hash_map<std::string, Span> spans;
  std::vector<int64_t> tokens;
};

namespace {

constexpr std::string_view kSpaceMark = "\u2581";  // stands for a space in pieces

}  // namespace

std::unique_ptr<ChunkedEncoder> ChunkedEncoder::Create(const SentencePieceDescription& model,
                                                       EncodeWhole encode_whole) {
  auto cuts = PieceCuts::Create(model);
  if (cuts == nullptr) return nullptr;
  std::vector<AddedToken> user_defined;
  for (size_t id = 0; id < model.pieces.size(); ++id) {
    const SentencePiece& piece = model.pieces[id];
    if (piece.kind != PieceKind::kUserDefined || piece.text.empty()) continue;
    user_defined.push_back(
        {static_cast<int64_t>(id),
         absl::StrReplaceAll(piece.text,
                             {{absl::string_view(kSpaceMark.data(), kSpaceMark.size()), " "}})});
  }
  return std::unique_ptr<ChunkedEncoder>(
      new ChunkedEncoder(std::move(cuts), std::move(user_defined), std::move(encode_whole)));
}

ChunkedEncoder::ChunkedEncoder(std::unique_ptr<PieceCuts> cuts,
                               std::vector<AddedToken> user_defined, EncodeWhole encode_whole)
    : cuts_(std::move(cuts)),
      user_defined_(std::move(user_defined)),
      encode_whole_(std::move(encode_whole)) {}
ChunkedEncoder::~ChunkedEncoder() = default;

std::unique_ptr<ChunkedEncoder::Cache> ChunkedEncoder::TakeCache() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (idle_.empty()) return std::make_unique<Cache>();
  std::unique_ptr<Cache> cache = std::move(idle_.back());
  idle_.pop_back();
  return cache;
}

std::vector<int64_t> ChunkedEncoder::Encode(std::string_view text) const {
  std::vector<int64_t> tokens;
  if (text.find(kSpaceMark) != std::string_view::npos) {  // a space to the model, not to us
    const std::vector<int> encoded = encode_whole_(text);
    return {encoded.begin(), encoded.end()};
  }
  std::unique_ptr<Cache> cache = TakeCache();
  user_defined_.Split(
      text, SpecialTokenText::kIsToken,
      [&](std::string_view between) { AppendText(between, *cache, tokens); },
      [&](const AddedToken& token) { tokens.push_back(token.id); });
  const std::lock_guard<std::mutex> lock(mutex_);
  idle_.push_back(std::move(cache));
  return tokens;
}

void ChunkedEncoder::AppendText(std::string_view text, Cache& cache,
                                std::vector<int64_t>& tokens) const {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  const auto size = static_cast<int64_t>(text.size());
  int64_t begin = 0, next = 0;
  UChar32 last = -1;
  while (next < size) {
    const int64_t at = next;
    UChar32 character = 0;
    U8_NEXT(bytes, next, size, character);
    // What is no character is left to the model, with all that follows.
    if (character < 0) break;
    if (last >= 0 && cuts_->CanCut(last, character)) {
      AppendChunk(text.substr(static_cast<size_t>(begin), static_cast<size_t>(at - begin)), cache,
                  tokens);
      begin = at;
    }
    last = character;
  }
  if (begin < size) AppendChunk(text.substr(static_cast<size_t>(begin)), cache, tokens);
}

void ChunkedEncoder::AppendChunk(std::string_view chunk, Cache& cache,
                                 std::vector<int64_t>& tokens) const {
  if (const auto found = cache.spans.find(absl::string_view(chunk.data(), chunk.size()));
      found != cache.spans.end()) {
    const auto begin = cache.tokens.begin() + found->second.begin;
    tokens.insert(tokens.end(), begin, begin + found->second.size);
    return;
  }
  const std::vector<int> encoded = encode_whole_(chunk);
  tokens.insert(tokens.end(), encoded.begin(), encoded.end());
  if (chunk.size() > kMaxChunkBytes || cache.spans.size() == kMaxEntries) return;
  cache.spans[std::string(chunk)] = {static_cast<uint32_t>(cache.tokens.size()),
                                     static_cast<uint32_t>(encoded.size())};
  cache.tokens.insert(cache.tokens.end(), encoded.begin(), encoded.end());
}

}  // namespace bench::harness
