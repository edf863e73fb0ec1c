#include "harness/data/answer_form.h"

#include <algorithm>
#include <iterator>

namespace bench::harness {
namespace {

// The first place of any of `stops`; npos without one.
size_t FirstStop(const std::string& text, const std::vector<std::string>& stops) {
  size_t first = std::string::npos;
  for (const std::string& stop : stops) first = std::min(first, text.find(stop));
  return first;
}

// How many of the last tokens may have a part of a stop text that the last one completes, and one
// more: a decoder may drop a space at the beginning.
size_t NumTokensWithin(const Tokenizer& tokenizer, std::span<const int64_t> tokens,
                       size_t num_bytes) {
  int64_t needed = static_cast<int64_t>(num_bytes) + tokenizer.TextBytes(tokens.back());
  size_t count = 0;
  while (count < tokens.size() && needed > 0) {
    ++count;
    needed -= tokenizer.TextBytes(tokens[tokens.size() - count]);
  }
  return std::min(count + 1, tokens.size());
}

}  // namespace

bool AnswerForm::EndsWithToken(std::span<const int64_t> tokens) const {
  if (tokens.empty()) return false;
  return tokens.back() == end_token ||
         std::find(stop_tokens.begin(), stop_tokens.end(), tokens.back()) != stop_tokens.end();
}

bool AnswerForm::IsComplete(const Tokenizer& tokenizer, std::span<const int64_t> tokens) const {
  if (tokens.empty()) return false;
  if (EndsWithToken(tokens)) return true;
  if (stop_texts.empty()) return false;
  size_t longest = 0;
  for (const std::string& stop : stop_texts) longest = std::max(longest, stop.size());
  const std::string text =
      tokenizer.Decode(tokens.last(NumTokensWithin(tokenizer, tokens, longest)));
  return FirstStop(text, stop_texts) != std::string::npos;
}

std::vector<int64_t> AnswerForm::WithoutEnd(const Tokenizer& tokenizer,
                                            std::span<const int64_t> tokens) const {
  if (!IsComplete(tokenizer, tokens)) return {tokens.begin(), tokens.end()};
  const size_t stop = FirstStop(tokenizer.Decode(tokens), stop_texts);
  size_t count = tokens.size() - 1;
  while (count > 0 && tokenizer.Decode(tokens.first(count)).size() > stop) --count;
  return {tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(count)};
}

std::string AnswerForm::Text(const Tokenizer& tokenizer, std::span<const int64_t> tokens) const {
  // An end that is no control token of the vocabulary has a text.
  std::string text =
      tokenizer.Decode(tokens.first(tokens.size() - (EndsWithToken(tokens) ? 1 : 0)));
  text.resize(std::min(text.size(), FirstStop(text, stop_texts)));
  if (text.starts_with(before)) text.erase(0, before.size());
  if (text.ends_with(behind)) text.resize(text.size() - behind.size());
  return text;
}

}  // namespace bench::harness
