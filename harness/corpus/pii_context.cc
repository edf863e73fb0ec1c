#include "harness/corpus/pii_context.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"

namespace bench::corpus {
namespace {

constexpr size_t kWordsBefore = 6;      // that may name an address
constexpr size_t kNumberingBefore = 2;  // that may name a version or a section
constexpr size_t kMaxLookBack = 120;    // bytes

constexpr std::array<std::string_view, 32> kNumberingWords = {
    "version", "versions", "ver",       "v",         "release", "releases", "released",
    "rel",     "revision", "rev",       "rcs",       "section", "sections", "sect",
    "sec",     "chapter",  "paragraph", "clause",    "article", "appendix", "table",
    "figure",  "rfc",      "policy",    "standards", "linux",   "kernel",   "patchlevel",
    "build",   "firmware", "upgrading", "smail"};
constexpr std::array<std::string_view, 22> kAddressWords = {
    "ip",         "ipv4",    "inet",        "address", "addresses", "host",  "hosts",  "hostname",
    "ping",       "source",  "destination", "dest",    "snat",      "dnat",  "server", "dns",
    "nameserver", "gateway", "router",      "peer",    "network",   "subnet"};
constexpr std::array<std::string_view, 12> kPhoneWords = {
    "phone",   "phones", "telephone", "tel",    "tele", "fax",
    "telefax", "voice",  "call",      "mobile", "cell", "telefon"};
constexpr std::array<std::string_view, 7> kPhoneFillers = {"to", "no", "number", "nr",
                                                           "is", "at", "us"};

bool IsAlpha(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); }
bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }
bool IsAlnum(char c) { return IsAlpha(c) || IsDigit(c); }
char At(std::string_view text, size_t i) { return i < text.size() ? text[i] : '\0'; }

template <size_t N>
bool IsOneOf(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The text of the line before `begin`, not all of a long one.
std::string_view LineBefore(std::string_view text, size_t begin) {
  const size_t newline = text.substr(0, begin).rfind('\n');
  const size_t line = newline == std::string_view::npos ? 0 : newline + 1;
  const size_t first = std::max(line, begin - std::min(begin, kMaxLookBack));
  return text.substr(first, begin - first);
}

// Whether letters [begin, end) are part of a name such as "mirrors.kernel.org".
bool IsPartOfName(std::string_view line, size_t begin, size_t end) {
  return (At(line, end) == '.' && IsAlnum(At(line, end + 1))) ||
         (begin >= 2 && line[begin - 1] == '.' && IsAlnum(line[begin - 2]));
}

// Runs of ASCII letters in lower case, the last first; parts of names are empty words.
std::vector<std::string> WordsBefore(std::string_view text, size_t begin, size_t count) {
  const std::string_view line = LineBefore(text, begin);
  std::vector<std::string> words;
  for (size_t i = line.size(); i > 0 && words.size() < count;) {
    size_t end = i;
    while (end > 0 && !IsAlpha(line[end - 1])) --end;
    for (i = end; i > 0 && IsAlpha(line[i - 1]);) --i;
    if (i < end) {
      std::string word(IsPartOfName(line, i, end) ? "" : line.substr(i, end - i));
      std::transform(word.begin(), word.end(), word.begin(),
                     [](char c) { return absl::ascii_tolower(static_cast<unsigned char>(c)); });
      words.push_back(std::move(word));
    }
  }
  return words;
}

bool FollowsNumbering(std::string_view text, size_t begin) {
  constexpr std::string_view kSectionSign = "\xC2\xA7";
  if (text.substr(0, begin).ends_with(kSectionSign)) return true;
  const std::vector<std::string> words = WordsBefore(text, begin, kNumberingBefore);
  return std::any_of(words.begin(), words.end(),
                     [](const std::string& word) { return IsOneOf(kNumberingWords, word); });
}

bool IsDottedQuad(std::string_view text) {
  int num_dots = 0, num_digits = 0;
  for (const char c : text) {
    if (IsDigit(c) && num_digits < 3) {
      ++num_digits;
    } else if (c == '.' && num_digits > 0) {
      ++num_dots;
      num_digits = 0;
    } else {
      return false;
    }
  }
  return num_dots == 3 && num_digits > 0;
}

std::string_view QuadBefore(std::string_view text, size_t end) {
  size_t begin = end;
  while (begin > 0 && (IsDigit(text[begin - 1]) || text[begin - 1] == '.')) --begin;
  return text.substr(begin, end - begin);
}

// "1.2.3.4-1" and "pre-1.2.3.4", but not a range of addresses.
bool IsJoinedByDash(std::string_view text, size_t begin, size_t end) {
  if (At(text, end) == '-' && IsAlnum(At(text, end + 1)) &&
      !IsDottedQuad(QuadAfter(text, end + 1))) {
    return true;
  }
  return begin >= 2 && text[begin - 1] == '-' && IsAlnum(text[begin - 2]) &&
         !IsDottedQuad(QuadBefore(text, begin - 1));
}

bool AllBelow100(std::string_view quad) {
  size_t num_digits = 0;
  for (const char c : quad) {
    num_digits = c == '.' ? 0 : num_digits + 1;
    if (num_digits > 2) return false;
  }
  return true;
}

// ":80", "/24", "@1.2.3.4", "//1.2.3.4".
bool IsTouchedAsAddress(std::string_view text, size_t begin, size_t end) {
  const char after = At(text, end);
  if ((after == ':' || after == '/') && IsDigit(At(text, end + 1))) return true;
  const std::string_view before = text.substr(0, begin);
  return before.ends_with('@') || before.ends_with("//");
}

// Fields of firewalls end so: "saddr", "ctorigsrc".
bool NamesAddress(std::string_view word) {
  return IsOneOf(kAddressWords, word) || word.ends_with("addr") || word.ends_with("src") ||
         word.ends_with("dst");
}

}  // namespace

std::string_view QuadAfter(std::string_view text, size_t begin) {
  size_t end = begin;
  while (IsDigit(At(text, end)) || At(text, end) == '.') ++end;
  while (end > begin && text[end - 1] == '.') --end;
  return text.substr(begin, end - begin);
}

bool ReadsAsIpv4Address(std::string_view text, size_t begin, size_t end) {
  if (FollowsNumbering(text, begin) || IsJoinedByDash(text, begin, end)) return false;
  if (!AllBelow100(text.substr(begin, end - begin))) return true;
  if (IsTouchedAsAddress(text, begin, end)) return true;
  const std::vector<std::string> words = WordsBefore(text, begin, kWordsBefore);
  return std::any_of(words.begin(), words.end(), NamesAddress);
}

bool ReadsAsMailbox(std::string_view local_part, std::string_view domain) {
  constexpr size_t kDateDigits = 8;
  constexpr std::array<std::string_view, 4> kTopDomains = {".example", ".invalid", ".test",
                                                           ".localhost"};
  constexpr std::array<std::string_view, 3> kExampleDomains = {"example.com", "example.net",
                                                               "example.org"};
  std::string lower(domain);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return absl::ascii_tolower(static_cast<unsigned char>(c)); });
  const auto ends_domain = [&lower](std::string_view end) { return lower.ends_with(end); };
  if (std::any_of(kTopDomains.begin(), kTopDomains.end(), ends_domain)) return false;
  for (const std::string_view example : kExampleDomains) {
    if (lower == example || lower.ends_with("." + std::string(example))) return false;
  }
  const size_t first_other =
      std::min(local_part.find_first_not_of("0123456789"), local_part.size());
  const bool has_date = first_other >= kDateDigits && At(local_part, first_other) == '.' &&
                        (local_part.starts_with("19") || local_part.starts_with("20"));
  const bool is_numbers = local_part.find('.') != std::string_view::npos &&
                          local_part.find_first_not_of("0123456789.") == std::string_view::npos;
  return !has_date && !is_numbers;
}

bool ReadsAsTelephone(std::string_view text, size_t begin, size_t end) {
  if (begin >= 2 && text[begin - 1] == ':' && IsDigit(text[begin - 2])) return false;
  const std::string_view number = text.substr(begin, end - begin);
  const size_t first = number.find_first_of("-. ");
  return number.starts_with('(') || first == std::string_view::npos ||
         number.find_first_not_of("0123456789" + std::string(1, number[first])) ==
             std::string_view::npos;
}

bool FollowsPhoneWord(std::string_view text, size_t begin) {
  for (const std::string& word : WordsBefore(text, begin, 3)) {
    if (IsOneOf(kPhoneWords, word)) return true;
    if (!IsOneOf(kPhoneFillers, word)) return false;
  }
  return false;
}

}  // namespace bench::corpus
