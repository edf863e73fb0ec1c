// Whether what has the form of personal data is such data where it stands: the rule "context" of
// the masks (pii.h), which looks at the words before it in its line.
//
// - IPv4 (numbers parted by three dots): The match does not stand after a word of numbering
//   ("version", "section", "Linux" ...) or its sign, and '-' joins it to nothing but another
//   address ("1.2.3.4-1" is none). ':' may touch it on both sides, as in "eth0:1.2.3.4". Numbers
//   of versions and sections are small. Where all four are below 100 (one address in 40), the line
//   must name an address before it ("ip", "address", "host", "saddr" ...), or a port, a prefix
//   length, '@' or "//" must touch it.
// - E-mail: The domain is not one reserved for examples (RFC 2606, 6761). A message id is none:
//   its local part begins with a date of eight or more digits, or has nothing but digits and dots.
// - Telephone: After a word such as "phone", "fax" or "tel", 6 to 15 digits in groups are a
//   number, and "++49" begins one as "+49" does. A country code has no leading 0, two separators
//   are the same ("212-555-0123"), and a number after a digit and ':' is none.
//
// The words were chosen on one draw of labelled lines, and judged on another.
// Measured on labelled lines by scripts/pii_precision.py.
#pragma once

#include <cstddef>
#include <string_view>

namespace bench::corpus {

// [begin, end) of `text` is a dotted quad.
bool ReadsAsIpv4Address(std::string_view text, size_t begin, size_t end);

bool ReadsAsMailbox(std::string_view local_part, std::string_view domain);

// [begin, end) of `text` has the form of a national number.
bool ReadsAsTelephone(std::string_view text, size_t begin, size_t end);

// The longest run of digits and dots from `begin` on, without dots at its end.
std::string_view QuadAfter(std::string_view text, size_t begin);

// Whether the last word before `begin` announces a telephone number.
bool FollowsPhoneWord(std::string_view text, size_t begin);

}  // namespace bench::corpus
