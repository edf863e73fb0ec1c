#include "harness/corpus/charset.h"

#include <unicode/ucnv.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/text/icu_text.h"
#include "harness/text/text.h"

namespace bench::corpus {
namespace {

constexpr size_t kPrescanBytes = 1024;

// An encoding of the standard: its labels, separated by spaces, and ICU's converter for it.
struct Encoding {
  std::string_view labels;
  const char* converter;
  bool is_seven_bit = false;
};
constexpr std::array<Encoding, 34> kEncodings = {{
    {" utf-8 utf8 unicode-1-1-utf-8 x-unicode20utf8 ", "UTF-8"},
    {" windows-1252 cp1252 x-cp1252 iso-8859-1 iso8859-1 iso_8859-1 latin1 l1 us-ascii ascii "
     "iso-8859-1:1987 iso88591 ibm819 cp819 ",
     "windows-1252"},
    {" iso-8859-2 iso8859-2 iso_8859-2 latin2 l2 ", "ISO-8859-2"},
    {" iso-8859-3 iso8859-3 latin3 ", "ISO-8859-3"},
    {" iso-8859-4 iso8859-4 latin4 ", "ISO-8859-4"},
    {" iso-8859-5 iso8859-5 cyrillic ", "ISO-8859-5"},
    {" iso-8859-6 iso8859-6 arabic ", "ISO-8859-6"},
    {" iso-8859-7 iso8859-7 greek ", "ISO-8859-7"},
    {" iso-8859-8 iso8859-8 hebrew iso-8859-8-i ", "ISO-8859-8"},
    {" iso-8859-10 latin6 ", "ISO-8859-10"},
    {" iso-8859-13 iso8859-13 ", "ISO-8859-13"},
    {" iso-8859-14 iso8859-14 ", "ISO-8859-14"},
    {" iso-8859-15 iso8859-15 latin9 l9 ", "ISO-8859-15"},
    {" windows-1250 cp1250 x-cp1250 ", "windows-1250"},
    {" windows-1251 cp1251 x-cp1251 ", "windows-1251"},
    {" windows-1253 cp1253 x-cp1253 ", "windows-1253"},
    {" windows-1254 cp1254 x-cp1254 iso-8859-9 iso8859-9 latin5 l5 ", "windows-1254"},
    {" windows-1255 cp1255 x-cp1255 ", "windows-1255"},
    {" windows-1256 cp1256 x-cp1256 ", "windows-1256"},
    {" windows-1257 cp1257 x-cp1257 ", "windows-1257"},
    {" windows-1258 cp1258 x-cp1258 ", "windows-1258"},
    {" windows-874 tis-620 iso-8859-11 dos-874 ", "windows-874"},
    {" koi8-r koi8 koi koi8_r ", "KOI8-R"},
    {" koi8-u koi8-ru ", "KOI8-U"},
    {" ibm866 cp866 866 ", "IBM866"},
    {" macintosh mac x-mac-roman ", "macintosh"},
    {" gb18030 gbk gb2312 gb_2312 gb_2312-80 chinese x-gbk csgb2312 ", "gb18030"},
    {" big5 big5-hkscs cn-big5 x-x-big5 csbig5 ", "Big5-HKSCS"},
    {" shift_jis shift-jis sjis x-sjis ms_kanji windows-31j ms932 ", "windows-31j"},
    {" euc-jp x-euc-jp ", "EUC-JP"},
    {" iso-2022-jp csiso2022jp ", "ISO-2022-JP", true},
    {" euc-kr korean ks_c_5601-1987 ksc5601 windows-949 ", "windows-949"},
    {" utf-16le utf-16 unicode ucs-2 ", "UTF-16LE"},
    {" utf-16be unicodefffe ", "UTF-16BE"},
}};

const Encoding* EncodingNamed(std::string_view label) {
  const std::string wanted = absl::StrCat(" ", absl::AsciiStrToLower(internal::View(label)), " ");
  for (const Encoding& encoding : kEncodings) {
    if (encoding.labels.find(wanted) != std::string_view::npos) return &encoding;
  }
  return nullptr;
}

struct CloseConverter {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};
using Converter = std::unique_ptr<UConverter, CloseConverter>;

// Through UTF-16, in one piece: pages are bounded by who reads them.
absl::StatusOr<std::string> Convert(std::string_view bytes, const Encoding& encoding) {
  if (bytes.size() >= (size_t{1} << 30)) return DataError("over 1 GiB");
  UErrorCode error = U_ZERO_ERROR;
  const Converter converter(ucnv_open(encoding.converter, &error));
  harness::CheckIcu(error);
  ucnv_setToUCallBack(converter.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &error);
  harness::CheckIcu(error);
  // No charset here has more code units than bytes.
  std::u16string text(bytes.size() + 1, u'\0');
  const char* source = bytes.data();
  char16_t* target = text.data();
  ucnv_toUnicode(converter.get(), &target, text.data() + text.size(), &source,
                 source + bytes.size(), nullptr, /*flush=*/true, &error);
  if (U_FAILURE(error)) {
    return DataError(absl::StrCat("not valid ", encoding.converter, " near byte ",
                                  source - bytes.data(), ", the charset that is declared"));
  }
  text.resize(static_cast<size_t>(target - text.data()));
  std::string utf8;
  icu::UnicodeString(text.data(), static_cast<int32_t>(text.size())).toUTF8String(utf8);
  return utf8;
}

struct ByteOrderMark {
  std::string_view bytes;
  std::string_view label;
};
constexpr std::array<ByteOrderMark, 3> kMarks = {
    {{"\xEF\xBB\xBF", "utf-8"}, {"\xFE\xFF", "utf-16be"}, {"\xFF\xFE", "utf-16le"}}};

absl::StatusOr<std::string> InUtf8(std::string_view bytes, std::string_view label) {
  for (const ByteOrderMark& mark : kMarks) {
    if (bytes.starts_with(mark.bytes)) {
      return Convert(bytes.substr(mark.bytes.size()), *EncodingNamed(mark.label));
    }
  }
  const Encoding* const encoding = label.empty() ? nullptr : EncodingNamed(label);
  const bool is_seven_bit = encoding != nullptr && encoding->is_seven_bit;
  const auto invalid = harness::FirstInvalidUtf8(bytes);
  if (!invalid && !is_seven_bit) return std::string(bytes);
  if (label.empty()) {
    return DataError(absl::StrCat("not valid UTF-8 at byte ", *invalid));
  }
  if (encoding == nullptr) {
    return DataError(
        absl::StrCat("not valid UTF-8, and the charset that is declared, ", QuotedForMessage(label),
                     ", is not known; only those of the WHATWG Encoding Standard are"));
  }
  return Convert(bytes, *encoding);
}

bool IsSpace(char c) { return absl::ascii_isspace(static_cast<unsigned char>(c)); }

// The value behind "charset", "=" and perhaps a quote; nullopt where it is none.
std::optional<std::string> ValueBehind(std::string_view text, size_t position) {
  const auto skip_space = [&] {
    while (position < text.size() && IsSpace(text[position])) ++position;
  };
  skip_space();
  if (position == text.size() || text[position] != '=') return std::nullopt;
  ++position;
  skip_space();
  if (position < text.size() && (text[position] == '"' || text[position] == '\'')) ++position;
  const size_t end = std::min(text.find_first_of("\"'; \t\r\n\f/>", position), text.size());
  if (end == position) return std::nullopt;
  return std::string(text.substr(position, end - position));
}

std::string CharsetIn(std::string_view text) {
  constexpr std::string_view kKey = "charset";
  for (size_t at = text.find(kKey); at != std::string_view::npos; at = text.find(kKey, at + 1)) {
    if (auto value = ValueBehind(text, at + kKey.size())) return *std::move(value);
  }
  return "";
}

// The head of a page in lower case, without its comments.
std::string Prescanned(std::string_view html) {
  std::string head = absl::AsciiStrToLower(internal::View(html.substr(0, kPrescanBytes)));
  for (size_t begin = head.find("<!--"); begin != std::string::npos;
       begin = head.find("<!--", begin)) {
    const size_t end = head.find("-->", begin + 2);
    head.erase(begin, end == std::string::npos ? end : end + 3 - begin);
  }
  return head;
}

}  // namespace

std::string CharsetOf(std::string_view content_type) {
  return CharsetIn(absl::AsciiStrToLower(internal::View(content_type)));
}

std::string DeclaredInHtml(std::string_view html) {
  const std::string head = Prescanned(html);
  constexpr std::string_view kMeta = "<meta";
  for (size_t at = head.find(kMeta); at != std::string::npos; at = head.find(kMeta, at + 1)) {
    const size_t end = std::min(head.find('>', at), head.size());
    const std::string label = CharsetIn(std::string_view(head).substr(at, end - at));
    if (label.empty()) continue;
    // A page whose declaration can be read byte by byte is not UTF-16, whatever it says.
    return label.starts_with("utf-16") ? "utf-8" : label;
  }
  return "";
}

absl::StatusOr<std::string> TextInUtf8(std::string_view bytes, std::string_view declared) {
  return InUtf8(bytes, declared);
}

absl::StatusOr<std::string> HtmlInUtf8(std::string_view bytes, std::string_view declared) {
  return InUtf8(bytes, declared.empty() ? DeclaredInHtml(bytes) : std::string(declared));
}

}  // namespace bench::corpus
