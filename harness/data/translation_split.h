// Which part each message belongs to, so that no two parts share a text in any language.
//
// Messages that share a folded text (FoldText) form components. The component with the most
// messages (ties: smallest text) goes to part 0, "sft": common words can join much. Every other one
// is placed by u = first 53 bits of SHA-256("part" 0x1F smallest folded text) / 2^53 on the
// cumulated fractions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/data/components.h"
#include "harness/data/translation_text.h"
#include "harness/definition/translations_spec.h"

namespace bench::harness {

// The first eight bytes (big endian) of SHA-256 over `purpose` 0x1F `text`.
uint64_t HashDraw(std::string_view purpose, std::string_view text);

struct ComponentSummary {
  int64_t num_components = 0;
  int64_t largest_messages = 0;  // messages in the largest component
  std::string largest_text;      // its smallest folded text
};

class TranslationSplit {
 public:
  TranslationSplit(const std::vector<TranslatedMessage>& messages, const PartFractions& fractions);

  // Index into kTranslationParts of the part that `text` (of one of the messages) belongs to.
  size_t PartOf(std::string_view text);
  const ComponentSummary& summary() const { return summary_; }

 private:
  void FindLargest(const std::vector<TranslatedMessage>& messages);

  PartFractions fractions_;
  TextComponents components_;
  ComponentSummary summary_;
};

}  // namespace bench::harness
