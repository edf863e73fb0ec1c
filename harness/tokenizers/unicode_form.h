// Unicode normalisation form C as PyPI `tokenizers` applies it: with the tables of Unicode 9, in
// which characters of later versions neither compose nor move. Source: UAX #15; the version is that
// of the crate unicode-normalization-alignments. Never text in another form: what fails while it
// runs is thrown (icu_text.h).
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace bench::harness {

enum class TextForm { kAsIs, kNfc };

// DataError if ICU lacks what `form` needs; for whoever will call ToForm.
absl::Status CheckForm(TextForm form);

// `text` must be valid UTF-8.
std::string ToForm(std::string_view text, TextForm form);

}  // namespace bench::harness
