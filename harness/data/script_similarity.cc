#include "harness/data/script_similarity.h"

#include <unicode/translit.h>

#include <algorithm>
#include <vector>

#include "base/status.h"
#include "harness/text/text.h"

namespace bench::harness {
namespace {

size_t LongestCommonSubsequence(const std::u32string& a, const std::u32string& b) {
  std::vector<size_t> row(b.size() + 1, 0);  // of a's prefix so far with every prefix of b
  for (const char32_t c : a) {
    size_t diagonal = 0;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t above = row[j + 1];
      row[j + 1] = c == b[j] ? diagonal + 1 : std::max(above, row[j]);
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace

struct ScriptConverter::Transform {
  std::unique_ptr<icu::Transliterator> icu;
};

absl::StatusOr<ScriptConverter> ScriptConverter::Create() {
  UErrorCode error = U_ZERO_ERROR;
  std::unique_ptr<icu::Transliterator> icu(
      icu::Transliterator::createInstance("Hant-Hans", UTRANS_FORWARD, error));
  if (U_FAILURE(error) || icu == nullptr) {
    return EnvironmentError("ICU has no transform Hant-Hans: install Debian's libicu72");
  }
  return ScriptConverter(std::make_unique<Transform>(Transform{std::move(icu)}));
}

ScriptConverter::ScriptConverter(std::unique_ptr<Transform> transform)
    : transform_(std::move(transform)) {}
ScriptConverter::ScriptConverter(ScriptConverter&&) noexcept = default;
ScriptConverter& ScriptConverter::operator=(ScriptConverter&&) noexcept = default;
ScriptConverter::~ScriptConverter() = default;

std::string ScriptConverter::ToSimplified(std::string_view traditional) const {
  icu::UnicodeString text = icu::UnicodeString::fromUTF8(
      icu::StringPiece(traditional.data(), static_cast<int32_t>(traditional.size())));
  transform_->icu->transliterate(text);
  std::string simplified;
  return text.toUTF8String(simplified);
}

double ScriptConverter::Similarity(std::string_view traditional,
                                   std::string_view simplified) const {
  const std::u32string converted = CodePoints(ToSimplified(traditional));
  const std::u32string reference = CodePoints(simplified);
  const size_t total = converted.size() + reference.size();
  if (total == 0) return 1;
  return 2.0 * static_cast<double>(LongestCommonSubsequence(converted, reference)) /
         static_cast<double>(total);
}

}  // namespace bench::harness
