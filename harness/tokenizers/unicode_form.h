// Unicode normalisation form C, in the versions of Unicode that others apply it with.
//
//   kNfc        as PyPI `tokenizers`: with the tables of Unicode 9 (those of the crate
//               unicode-normalization-alignments), in which characters of later versions neither
//               compose nor move
//   kNewestNfc  with ICU's own tables, as Python's unicodedata does with its own: both agree on
//               every character that both know
//
// Source: UAX #15. Never text in another form: what fails while it runs is thrown (icu_text.h).
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace bench::harness {

enum class TextForm { kAsIs, kNfc, kNewestNfc };

// DataError if ICU lacks what `form` needs; for whoever will call ToForm.
absl::Status CheckForm(TextForm form);

// What is no valid UTF-8 in `text` becomes U+FFFD.
std::string ValidUtf8(std::string_view text);

// `text` must be valid UTF-8.
std::string ToForm(std::string_view text, TextForm form);

}  // namespace bench::harness
