// Texts of known composition for the tests of filters.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "harness/corpus/text_spans.h"

namespace bench::corpus {

inline std::vector<std::string> Copies(size_t count, const std::string& text) {
  return std::vector<std::string>(count, text);
}

inline std::vector<std::string> operator+(std::vector<std::string> a,
                                          const std::vector<std::string>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// Different words of `num_characters` letters each.
inline std::vector<std::string> DistinctWords(size_t count, size_t num_characters) {
  std::vector<std::string> words;
  for (size_t i = 0; i < count; ++i) {
    std::string word(num_characters, 'a');
    size_t rest = i;
    for (size_t k = num_characters; k-- > 0 && rest > 0; rest /= 26) {
      word[k] = static_cast<char>('a' + rest % 26);
    }
    words.push_back(word);
  }
  return words;
}

inline std::string Spaced(const std::vector<std::string>& words) {
  return absl::StrJoin(words, " ");
}
inline std::string InLines(const std::vector<std::string>& lines) {
  return absl::StrJoin(lines, "\n");
}

}  // namespace bench::corpus
