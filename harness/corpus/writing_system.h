// A filter's parameters for text with and without spaces between words.
#pragma once

#include "harness/corpus/text_spans.h"

namespace bench::corpus {

template <typename Parameters>
struct PerWritingSystem {
  Parameters spaced;
  Parameters unspaced;
  const Parameters& For(WritingSystem system) const {
    return system == WritingSystem::kSpaced ? spaced : unspaced;
  }
};

}  // namespace bench::corpus
