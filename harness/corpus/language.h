// The language of a text, by CLD2: a naive Bayes classifier over four-letter sequences, and over
// characters where the script alone does not decide, of some 80 languages.
//
// A function of the text. Short or mixed texts are unreliable: `reliable` is CLD2's own word.
#pragma once

#include <string>
#include <string_view>

namespace bench::corpus {

struct DetectedLanguage {
  std::string code = "un";  // ISO 639, "zh" simplified and "zh-Hant"; "un" is not known
  int percent = 0;          // of the text's bytes
  bool reliable = false;
};

// `text` is valid UTF-8.
DetectedLanguage DetectLanguage(std::string_view text);

}  // namespace bench::corpus
