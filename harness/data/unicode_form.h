// Unicode normalisation form C as PyPI `tokenizers` applies it: with the tables of Unicode 9, in
// which characters of later versions neither compose nor move. Source: UAX #15; the version is that
// of the crate unicode-normalization-alignments.
#pragma once

#include <string>
#include <string_view>

namespace bench::harness {

enum class TextForm { kAsIs, kNfc };

// `text` must be valid UTF-8.
std::string ToForm(std::string_view text, TextForm form);

}  // namespace bench::harness
