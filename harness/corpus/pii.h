// Masks personal data that has a form of its own: e-mail addresses, public IP addresses and
// telephone numbers.
//
// - E-mail: letters, digits and . _ % + - before '@', then a domain whose last label is letters.
// - IPv4 and IPv6 as inet_pton reads them, only where globally reachable (IANA's special-purpose
//   registries: private, loopback, link-local, documentation, multicast ... addresses stay).
// - Telephone: '+' and 8 to 15 digits in groups; North American 3-3-4 digits with separators;
//   Chinese mobile numbers (1[3-9] and 9 digits) and land lines (0dd[d] and 7 or 8 digits).
// With PiiRule::kForm a version or section number of four parts ("Release 1.84.1.0") looks like an
// address and is masked, and so is a message id like an e-mail address; with PiiRule::kContext the
// words around it decide too (pii_context.h). What each hits and misses is in
// experiments/corpus_small/README.md.
//
// A match never continues a word or a longer number. The default replacements are reserved for
// documentation (RFC 2606, 5737, 3849; 555-0100) and are no matches, so masking twice changes
// nothing. Linear time but for the bounded length of a match. The text's other bytes stay.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/definition/corpus_steps.h"

namespace bench::corpus {

using harness::PiiParameters;

enum class PiiKind : uint8_t { kEmail, kIpv4, kIpv6, kPhone };
// Bytes [begin, end) of the text before.
struct PiiSpan {
  PiiKind kind;
  size_t begin, end;
};

struct PiiOutcome {
  std::string text;
  std::vector<PiiSpan> spans;  // what was replaced, in order
  int64_t num_emails = 0;
  int64_t num_ip_addresses = 0;
  int64_t num_phone_numbers = 0;
};

PiiOutcome MaskPii(std::string_view text, const PiiParameters& parameters);

}  // namespace bench::corpus
