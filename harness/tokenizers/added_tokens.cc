#include "harness/tokenizers/added_tokens.h"

#include <algorithm>
#include <utility>

#include "harness/text/text.h"

namespace bench::harness {
namespace {

uint64_t Edge(uint32_t node, char byte) { return uint64_t{node} << 8 | static_cast<uint8_t>(byte); }

}  // namespace

AddedTokenFinder::AddedTokenFinder(std::vector<AddedToken> tokens) : tokens_(std::move(tokens)) {
  uint32_t num_nodes = 1;
  for (size_t i = 0; i < tokens_.size(); ++i) {
    uint32_t node = 0;
    for (const char byte : tokens_[i].content) {
      const auto [edge, is_new] = child_.try_emplace(Edge(node, byte), num_nodes);
      if (is_new) ++num_nodes;
      node = edge->second;
    }
    token_at_.try_emplace(node, i);
  }
}

std::optional<AddedTokenFinder::Found> AddedTokenFinder::Next(std::string_view text,
                                                              size_t from) const {
  for (size_t begin = from; begin < text.size(); ++begin) {
    std::optional<Found> longest;
    uint32_t node = 0;
    for (size_t end = begin; end < text.size();) {
      const auto edge = child_.find(Edge(node, text[end]));
      if (edge == child_.end()) break;
      node = edge->second;
      ++end;
      const auto token = token_at_.find(node);
      if (token != token_at_.end()) longest = Found{begin, end, &tokens_[token->second]};
    }
    if (longest) return longest;
  }
  return std::nullopt;
}

void AddedTokenFinder::Split(std::string_view text, SpecialTokenText special, const OnText& on_text,
                             const OnToken& on_token) const {
  size_t done = 0;
  size_t from = 0;
  while (const std::optional<Found> found = Next(text, from)) {
    from = found->end;
    const AddedToken& token = *found->token;
    if (token.special && special == SpecialTokenText::kIsText) continue;
    size_t begin = found->begin;
    size_t end = found->end;
    if (token.lstrip) {
      begin = std::max(begin - TrailingWhitespaceBytes(text.substr(0, begin)), done);
    }
    if (token.rstrip) end += LeadingWhitespaceBytes(text.substr(end));
    if (begin > done) on_text(text.substr(done, begin - done));
    on_token(token);
    done = end;
  }
  if (done < text.size()) on_text(text.substr(done));
}

}  // namespace bench::harness
