#include "harness/data/document_tokens.h"

#include "base/status.h"
#include "harness/control/signals.h"

namespace bench::harness {

std::string_view FirstLine(std::string_view text) {
  const size_t end = text.find('\n');
  return end == std::string_view::npos ? text : text.substr(0, end + 1);
}

std::string_view FirstPart(std::string_view text) {
  if (text.size() <= kMaxPartBytes) return text;
  const size_t last = text.rfind('\n', kMaxPartBytes - 1);
  return last == std::string_view::npos ? FirstLine(text) : text.substr(0, last + 1);
}

absl::StatusOr<std::vector<int64_t>> DocumentTokens(const Tokenizer& tokenizer,
                                                    std::string_view text) {
  std::vector<int64_t> tokens;
  if (tokenizer.bos_id()) tokens.push_back(*tokenizer.bos_id());
  while (!text.empty()) {
    BENCH_RETURN_IF_ERROR(CheckNotStopped());
    const std::string_view part = FirstPart(text);
    const std::vector<int64_t> encoded = tokenizer.Encode(part);
    tokens.insert(tokens.end(), encoded.begin(), encoded.end());
    text.remove_prefix(part.size());
  }
  tokens.push_back(tokenizer.eos_id());
  return tokens;
}

int64_t ScoredTextBytes(const Tokenizer& tokenizer, std::span<const int64_t> tokens) {
  int64_t num_bytes = 0;
  bool is_first_of_text = true;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const int64_t bytes = tokenizer.TextBytes(tokens[i]);
    const bool has_extra_space = is_first_of_text && bytes > 0 && tokenizer.adds_leading_space();
    if (i > 0) num_bytes += bytes - (has_extra_space ? 1 : 0);
    if (bytes > 0) is_first_of_text = false;
  }
  return num_bytes;
}

}  // namespace bench::harness
