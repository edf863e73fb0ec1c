#include "harness/corpus/pii.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "harness/corpus/ip_address.h"
#include "harness/corpus/pii_context.h"

namespace bench::corpus {
namespace {

constexpr size_t kMaxEmailPart = 254;  // RFC 5321
constexpr size_t kMaxIpBytes = 45;
constexpr int kMinInternationalDigits = 8;
constexpr int kMinAnnouncedDigits = 6;       // after "phone" and its like
constexpr int kMaxInternationalDigits = 15;  // E.164

// d: a digit, N: 2-9, M: 3-9, '-': one of "-. ", anything else: itself.
constexpr std::array<std::string_view, 10> kPhonePatterns = {
    "(Ndd) Ndd-dddd", "(Ndd)Ndd-dddd", "Ndd-Ndd-dddd", "1-Ndd-Ndd-dddd", "1Mddddddddd",
    "1Md-dddd-dddd",  "0dd-dddddddd",  "0dd-ddddddd",  "0ddd-dddddddd",  "0ddd-ddddddd"};

bool IsLocalPart(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '%' ||
         c == '+' || c == '-';
}
bool IsAlnum(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAlpha(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); }
bool IsHex(char c) { return absl::ascii_isxdigit(static_cast<unsigned char>(c)); }
bool IsSeparator(char c) { return c == '-' || c == '.' || c == ' '; }

bool MatchesPatternCharacter(char pattern, char c) {
  switch (pattern) {
    case 'd':
      return IsDigit(c);
    case 'N':
      return c >= '2' && c <= '9';
    case 'M':
      return c >= '3' && c <= '9';
    case '-':
      return IsSeparator(c);
    default:
      return c == pattern;
  }
}

class Masker {
 public:
  Masker(std::string_view text, const PiiParameters& parameters)
      : text_(text), parameters_(parameters) {}

  PiiOutcome Mask() {
    for (size_t i = 0; i < text_.size();) {
      const size_t end = TakeAt(i);
      i = std::max(end, i + 1);
    }
    outcome_.text.append(text_, copied_);
    return std::move(outcome_);
  }

 private:
  // Masks what is recognised at byte `i`; returns its end, 0 if there is nothing.
  size_t TakeAt(size_t i) {
    const char c = text_[i];
    if (c == '@' && parameters_.mask_emails) return TakeEmail(i);
    if (!IsHex(c) && c != ':' && c != '+' && c != '(') return 0;
    size_t end = 0;
    if (parameters_.mask_ip_addresses) end = TakeIp(i);
    if (end == 0 && parameters_.mask_phone_numbers && !IsAlpha(c)) end = TakePhone(i);
    return end;
  }

  char At(size_t i) const { return i < text_.size() ? text_[i] : '\0'; }
  char Before(size_t i) const { return i > copied_ ? text_[i - 1] : '\0'; }

  bool UsesContext() const { return parameters_.rule == harness::PiiRule::kContext; }

  size_t Replace(PiiKind kind, size_t begin, size_t end, const std::string& replacement,
                 int64_t& count) {
    if (text_.substr(begin, end - begin) == replacement) return end;
    ++count;
    outcome_.spans.push_back({kind, begin, end});
    outcome_.text.append(text_, copied_, begin - copied_);
    outcome_.text += replacement;
    copied_ = end;
    return end;
  }

  size_t TakeEmail(size_t at) {
    size_t begin = at;
    while (begin > copied_ && at - begin < kMaxEmailPart && IsLocalPart(text_[begin - 1])) --begin;
    while (begin < at && !IsAlnum(text_[begin])) ++begin;
    if (begin == at || text_[at - 1] == '.') return 0;
    const size_t end = DomainEnd(at + 1);
    if (end == 0) return 0;
    if (UsesContext() &&
        !ReadsAsMailbox(text_.substr(begin, at - begin), text_.substr(at + 1, end - at - 1))) {
      return 0;
    }
    return Replace(PiiKind::kEmail, begin, end, parameters_.email_replacement, outcome_.num_emails);
  }

  // The end of labels joined by dots, at least two, the last of two or more letters; 0 if none.
  size_t DomainEnd(size_t begin) const {
    size_t end = 0, label = begin;
    for (size_t i = begin; i - begin <= kMaxEmailPart; ++i) {
      if (IsAlnum(At(i)) || At(i) == '-') continue;
      if (i == label || text_[label] == '-' || text_[i - 1] == '-') break;
      const std::string_view last = text_.substr(label, i - label);
      const bool is_top =
          label > begin && last.size() >= 2 && std::all_of(last.begin(), last.end(), IsAlpha);
      if (is_top) end = i;
      if (At(i) != '.') break;
      label = i + 1;
    }
    return end;
  }

  size_t TakeIp(size_t i) {
    if (UsesContext()) {
      const size_t end = QuadEnd(i);
      if (end != 0) return TakeIpv4(i, end);
    }
    const char before = Before(i);
    if (IsAlnum(before) || before == ':' || before == '.' || before == '_') return 0;
    size_t end = i;
    while (end - i <= kMaxIpBytes && (IsHex(At(end)) || At(end) == '.' || At(end) == ':')) ++end;
    if (IsAlnum(At(end)) || At(end) == '_') return 0;
    while (end > i && (text_[end - 1] == '.' || EndsInSingleColon(i, end))) --end;
    const std::string address(text_.substr(i, end - i));
    if (IsPublicIpv4(address)) return TakeIpv4(i, end);
    if (IsPublicIpv6(address)) {
      return Replace(PiiKind::kIpv6, i, end, parameters_.ipv6_replacement,
                     outcome_.num_ip_addresses);
    }
    // An IPv4 address may be followed by ':' and a port.
    const size_t colon = address.find(':');
    if (colon == std::string::npos || !IsPublicIpv4(address.substr(0, colon))) return 0;
    return TakeIpv4(i, i + colon);
  }

  // The end of a public dotted quad that is no part of a word or of more numbers; 0 if there is
  // none.
  // ':' may stand on both sides ("eth0:8.8.8.8", "::ffff:8.8.8.8").
  size_t QuadEnd(size_t i) const {
    const char before = Before(i);
    if (IsAlnum(before) || before == '.' || before == '_') return 0;
    const std::string_view quad = QuadAfter(text_, i);
    const char after = At(i + quad.size());
    if (IsAlnum(after) || after == '_' || !IsPublicIpv4(std::string(quad))) return 0;
    return i + quad.size();
  }

  size_t TakeIpv4(size_t begin, size_t end) {
    if (UsesContext() && !ReadsAsIpv4Address(text_, begin, end)) return 0;
    return Replace(PiiKind::kIpv4, begin, end, parameters_.ipv4_replacement,
                   outcome_.num_ip_addresses);
  }

  bool EndsInSingleColon(size_t begin, size_t end) const {
    return text_[end - 1] == ':' && (end - begin < 2 || text_[end - 2] != ':');
  }

  size_t TakePhone(size_t i) {
    const char before = Before(i);
    if (IsAlnum(before) || before == '+' || before == '-' || before == '.' || before == '_') {
      return 0;
    }
    const size_t end = text_[i] == '+' ? InternationalEnd(AfterPluses(i)) : NationalEnd(i);
    if (end == 0) return 0;
    return Replace(PiiKind::kPhone, i, end, parameters_.phone_replacement,
                   outcome_.num_phone_numbers);
  }

  // "++49" is written too; it is one sign by its form.
  size_t AfterPluses(size_t i) const { return UsesContext() && At(i + 1) == '+' ? i + 2 : i + 1; }

  size_t NationalEnd(size_t i) const {
    const size_t end = PatternEnd(i);
    if (end != 0 || !UsesContext() || !FollowsPhoneWord(text_, i)) return end;
    return GroupsEnd(At(i) == '(' ? i + 1 : i, kMinAnnouncedDigits);
  }

  bool EndsNumber(size_t end) const {
    const char c = At(end);
    return !IsAlnum(c) && c != '@' && c != '_' &&
           !(IsSeparator(c) && c != ' ' && IsDigit(At(end + 1)));
  }

  size_t PatternEnd(size_t begin) const {
    for (const std::string_view pattern : kPhonePatterns) {
      size_t i = 0;
      while (i < pattern.size() && MatchesPatternCharacter(pattern[i], At(begin + i))) ++i;
      if (i < pattern.size() || !EndsNumber(begin + i)) continue;
      if (!UsesContext() || ReadsAsTelephone(text_, begin, begin + i)) return begin + i;
    }
    return 0;
  }

  size_t InternationalEnd(size_t begin) const {
    if (UsesContext() && At(begin) == '0') return 0;  // begins no country code
    return GroupsEnd(begin, kMinInternationalDigits);
  }

  // The longest run of groups of digits with `min_digits` to 15 in all; a separator or parentheses
  // part them, and parentheses stand only around an area code.
  size_t GroupsEnd(size_t begin, int min_digits) const {
    int num_digits = 0;
    size_t end = 0, last_digit = begin;
    for (size_t i = begin; num_digits <= kMaxInternationalDigits; ++i) {
      const char c = At(i);
      if (IsDigit(c)) {
        ++num_digits;
        last_digit = i;
        const bool fits = num_digits >= min_digits && num_digits <= kMaxInternationalDigits;
        if (fits && EndsNumber(i + 1)) end = i + 1;
      } else if (i == begin || i - last_digit > 2 || (c == '(' && num_digits > 3) ||
                 !(IsSeparator(c) || c == '(' || c == ')')) {
        break;
      }
    }
    return end;
  }

  const std::string_view text_;
  const PiiParameters& parameters_;
  PiiOutcome outcome_;
  size_t copied_ = 0;  // bytes of `text_` that are in the outcome, masked or not
};

}  // namespace

PiiOutcome MaskPii(std::string_view text, const PiiParameters& parameters) {
  return Masker(text, parameters).Mask();
}

}  // namespace bench::corpus
