#include "harness/data/translation_split.h"

#include <array>
#include <charconv>
#include <unordered_map>

#include "base/sha256.h"
#include "harness/text/text.h"

namespace bench::harness {

uint64_t HashDraw(std::string_view purpose, std::string_view text) {
  Sha256 hash;
  hash.Update(purpose);
  hash.Update("\x1f");
  hash.Update(text);
  const std::string digits = hash.HexDigest().substr(0, 16);
  uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return value;
}

TranslationSplit::TranslationSplit(const std::vector<TranslatedMessage>& messages,
                                   const PartFractions& fractions)
    : fractions_(fractions) {
  for (const TranslatedMessage& message : messages) {
    const TextComponents::Id english = components_.Node(FoldText(message.english));
    for (const std::string* text : {&message.simplified, &message.traditional}) {
      if (!text->empty()) components_.Join(english, components_.Node(FoldText(*text)));
    }
  }
  FindLargest(messages);
}

void TranslationSplit::FindLargest(const std::vector<TranslatedMessage>& messages) {
  std::unordered_map<TextComponents::Id, int64_t> sizes;
  for (const TranslatedMessage& message : messages) {
    ++sizes[components_.Representative(components_.Node(FoldText(message.english)))];
  }
  summary_.num_components = static_cast<int64_t>(sizes.size());
  for (const auto& [representative, size] : sizes) {
    const std::string& text = components_.text(representative);
    if (size < summary_.largest_messages) continue;
    if (size == summary_.largest_messages && text > summary_.largest_text) continue;
    summary_.largest_messages = size;
    summary_.largest_text = text;
  }
}

size_t TranslationSplit::PartOf(std::string_view text) {
  const std::string& smallest =
      components_.text(components_.Representative(components_.Node(FoldText(text))));
  if (smallest == summary_.largest_text) return 0;
  const double position = static_cast<double>(HashDraw("part", smallest) >> 11) * 0x1p-53;
  const std::array<double, 5> fractions = {fractions_.sft, fractions_.reward, fractions_.ppo,
                                           fractions_.validation, fractions_.test};
  double end = 0;
  for (size_t part = 0; part < fractions.size(); ++part) {
    end += fractions[part];
    if (position < end) return part;
  }
  return 0;  // fractions that sum to a rounding error less than 1
}

}  // namespace bench::harness
