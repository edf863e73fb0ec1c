// Reader of compiled gettext catalogues (.mo), safe on any bytes.
//
// Layout (GNU gettext manual, "The Format of GNU MO Files"): magic 0x950412de in either byte order,
// revision, number of strings N, offsets of two tables of N (length, offset) pairs: originals and
// translations. An original is [context EOT] msgid [NUL msgid_plural]; a translation is its plural
// forms separated by NUL. The original "" holds the header, whose charset says how the strings are
// encoded; they are converted to UTF-8 (ICU) and validated. The hash table and system-dependent
// strings (revision minor 1) are not read.
//
// Errors: DataError with `name` and the number of the message: wrong magic or revision, a table or
// string out of bounds, a string not ended by NUL, strings longer in total than the file (which
// would let a small file ask for much memory), unknown charset, text invalid in its charset.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace bench::harness {

struct CatalogueMessage {
  std::string context;                    // "" without msgctxt
  std::string id;                         // English, singular
  std::string id_plural;                  // "" without plural
  std::vector<std::string> translations;  // one a plural form; at least one
  friend bool operator==(const CatalogueMessage&, const CatalogueMessage&) = default;
};

// All messages but the header, in file order.
absl::StatusOr<std::vector<CatalogueMessage>> ParseCatalogue(std::string_view bytes,
                                                             std::string_view name);

}  // namespace bench::harness
