#include "harness/corpus/language.h"

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>

#include <algorithm>
#include <limits>

namespace bench::corpus {

DetectedLanguage DetectLanguage(std::string_view text) {
  CLD2::Language languages[3];
  int percents[3], num_text_bytes = 0;
  bool reliable = false;
  const auto size = static_cast<int>(
      std::min<size_t>(text.size(), static_cast<size_t>(std::numeric_limits<int>::max())));
  CLD2::ExtDetectLanguageSummary(text.data(), size, /*is_plain_text=*/true, languages, percents,
                                 &num_text_bytes, &reliable);
  if (languages[0] == CLD2::UNKNOWN_LANGUAGE) return {};
  return {CLD2::LanguageCode(languages[0]), percents[0], reliable};
}

}  // namespace bench::corpus
