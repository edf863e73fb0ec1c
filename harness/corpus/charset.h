// Web pages and texts in the charset that they declare, as UTF-8.
//
// In this order, as browsers do but for the second: a byte order mark (UTF-8, UTF-16); bytes that
// are valid UTF-8, which texts in other charsets hardly ever are by chance; what the transport
// declares (the charset of HTTP's Content-Type); what the page declares in its first 1,024 bytes
// (<meta charset> or <meta http-equiv="Content-Type">). Declarations of stateful charsets of seven
// bits (ISO-2022-JP) come before UTF-8. Labels are those of the WHATWG Encoding Standard; ICU
// converts, and bytes that the charset does not have are an error, not a replacement character.
//
// Errors: DataError for a charset that is not known, for bytes that are not of it (with the first),
// and for bytes that are not UTF-8 without a declaration.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace bench::corpus {

// `declared`: the transport's label; "": none.
absl::StatusOr<std::string> HtmlInUtf8(std::string_view bytes, std::string_view declared = "");

// The same without what a page declares.
absl::StatusOr<std::string> TextInUtf8(std::string_view bytes, std::string_view declared);

// The label that a page declares of itself; "": none.
std::string DeclaredInHtml(std::string_view html);

// The charset of a Content-Type ("text/html; charset=gbk"); "": none.
std::string CharsetOf(std::string_view content_type);

}  // namespace bench::corpus
