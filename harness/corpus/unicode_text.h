// Foreign bytes to the text form that the whole pipeline relies on.
//
// NormalizeText: strict UTF-8; NFC (ICU 72, Unicode 15); CR LF, CR, VT, FF, NEL, LS and PS become
// "\n"; other control characters but tab, and U+FEFF, are removed; blank lines at both ends and
// white space at the end of the text are removed. Idempotent. ASCII without controls is only
// copied.
//
// Errors: DataError naming the byte offset of the first byte that is no valid UTF-8, or saying that
// the text has the byte order mark of UTF-16.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace bench::corpus {

absl::StatusOr<std::string> NormalizeText(std::string_view bytes);

}  // namespace bench::corpus
