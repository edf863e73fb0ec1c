// The beginning of a text, for people to look at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace bench::corpus {

// At most `max_bytes` of valid UTF-8, whole characters.
inline std::string_view TextPrefix(std::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  while (max_bytes > 0 && (static_cast<uint8_t>(text[max_bytes]) & 0xC0) == 0x80) --max_bytes;
  return text.substr(0, max_bytes);
}

}  // namespace bench::corpus
