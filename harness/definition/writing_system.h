// How the words of a text are separated, and a rule's parameters for each way.
#pragma once

#include <cstdint>

namespace bench::harness {

// Of the larger part of a text (harness/corpus/text_spans.h).
enum class WritingSystem : uint8_t { kSpaced, kUnspaced };

template <typename Parameters>
struct PerWritingSystem {
  Parameters spaced;
  Parameters unspaced;
  const Parameters& For(WritingSystem system) const {
    return system == WritingSystem::kSpaced ? spaced : unspaced;
  }
};

}  // namespace bench::harness
