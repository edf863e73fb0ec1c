#include "harness/data/gettext.h"

#include <unicode/ucnv.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/text/text.h"

namespace bench::harness {
namespace {

constexpr uint32_t kMagic = 0x950412de;
constexpr uint64_t kHeaderBytes = 20;
constexpr char kContextEnd = '\x04';

uint32_t Swapped(uint32_t value) { return __builtin_bswap32(value); }

// Converts a catalogue's charset to UTF-8.
class Decoder {
 public:
  static absl::StatusOr<Decoder> For(std::string_view charset) {
    std::string name(charset);
    absl::AsciiStrToUpper(&name);
    // "CHARSET" is what templates hold; such catalogues are ASCII.
    if (name == "UTF-8" || name == "UTF8" || name == "CHARSET" || name.empty()) return Decoder({});
    UErrorCode error = U_ZERO_ERROR;
    Converter converter(ucnv_open(name.c_str(), &error), &ucnv_close);
    if (U_FAILURE(error)) return DataError(absl::StrCat("unknown charset \"", name, "\""));
    ucnv_setToUCallBack(converter.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr,
                        &error);
    return Decoder(std::move(converter));
  }

  absl::StatusOr<std::string> Decode(std::string_view bytes) const {
    if (converter_ == nullptr) {
      if (FirstInvalidUtf8(bytes)) return DataError("not valid UTF-8");
      return std::string(bytes);
    }
    UErrorCode error = U_ZERO_ERROR;
    std::u16string utf16(2 * bytes.size() + 1, u'\0');
    const int32_t length =
        ucnv_toUChars(converter_.get(), utf16.data(), static_cast<int32_t>(utf16.size()),
                      bytes.data(), static_cast<int32_t>(bytes.size()), &error);
    if (U_FAILURE(error)) return DataError("not valid in the catalogue's charset");
    return FromUtf16(std::u16string_view(utf16).substr(0, static_cast<size_t>(length)));
  }

 private:
  using Converter = std::unique_ptr<UConverter, void (*)(UConverter*)>;
  Decoder() : converter_(nullptr, &ucnv_close) {}
  explicit Decoder(Converter converter) : converter_(std::move(converter)) {}
  explicit Decoder(std::nullptr_t) : Decoder() {}

  static std::string FromUtf16(std::u16string_view text) {
    std::string result;
    for (size_t i = 0; i < text.size(); ++i) {
      char32_t c = text[i];
      if (U16_IS_LEAD(c) && i + 1 < text.size()) c = U16_GET_SUPPLEMENTARY(c, text[++i]);
      AppendUtf8(c, result);
    }
    return result;
  }

  Converter converter_;
};

// The file as tables of byte strings, every access checked.
class MoFile {
 public:
  static absl::StatusOr<MoFile> Open(std::string_view bytes) {
    MoFile file(bytes);
    if (bytes.size() < kHeaderBytes) return DataError("too short for a catalogue");
    const uint32_t magic = file.Word(0);
    if (magic != kMagic && Swapped(magic) != kMagic) return DataError("no catalogue: wrong magic");
    file.swap_ = magic != kMagic;
    if (file.Word(4) >> 16 > 1) return DataError("unknown revision of the format");
    file.num_strings_ = file.Word(8);
    file.originals_ = file.Word(12);
    file.translations_ = file.Word(16);
    for (const uint64_t table : {file.originals_, file.translations_}) {
      if (table + 8 * file.num_strings_ > bytes.size()) return DataError("table out of bounds");
    }
    return file;
  }

  uint64_t num_strings() const { return num_strings_; }
  absl::StatusOr<std::string_view> Original(uint64_t i) { return String(originals_ + 8 * i); }
  absl::StatusOr<std::string_view> Translation(uint64_t i) { return String(translations_ + 8 * i); }

 private:
  explicit MoFile(std::string_view bytes) : bytes_(bytes) {}

  uint32_t Word(uint64_t offset) const {
    uint32_t value;
    std::memcpy(&value, bytes_.data() + offset, sizeof(value));
    return swap_ ? Swapped(value) : value;
  }

  absl::StatusOr<std::string_view> String(uint64_t entry) {
    const uint64_t length = Word(entry), offset = Word(entry + 4);
    if (offset + length >= bytes_.size()) return DataError("string out of bounds");
    if (bytes_[offset + length] != '\0') return DataError("string not ended by NUL");
    total_bytes_ += length + 1;
    if (total_bytes_ > bytes_.size()) return DataError("strings overlap");
    return bytes_.substr(offset, length);
  }

  std::string_view bytes_;
  bool swap_ = false;
  uint64_t num_strings_ = 0;
  uint64_t originals_ = 0;
  uint64_t translations_ = 0;
  uint64_t total_bytes_ = 0;
};

std::string_view CharsetOf(std::string_view header) {
  constexpr std::string_view kKey = "charset=";
  const size_t begin = header.find(kKey);
  if (begin == std::string_view::npos) return "";
  const std::string_view rest = header.substr(begin + kKey.size());
  return rest.substr(0, rest.find_first_of(" \t\r\n;"));
}

// The header is the translation of "", which sorts first, but order is not relied upon.
absl::StatusOr<Decoder> DecoderOf(MoFile file) {
  for (uint64_t i = 0; i < file.num_strings(); ++i) {
    BENCH_ASSIGN_OR_RETURN(const std::string_view original, file.Original(i));
    if (!original.empty()) continue;
    BENCH_ASSIGN_OR_RETURN(const std::string_view header, file.Translation(i));
    return Decoder::For(CharsetOf(header));
  }
  return Decoder::For("");
}

std::vector<std::string> SplitForms(std::string_view text) {
  std::vector<std::string> forms;
  for (;;) {
    const size_t end = text.find('\0');
    forms.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return forms;
    text.remove_prefix(end + 1);
  }
}

CatalogueMessage MakeMessage(std::string_view original, std::string_view translation) {
  CatalogueMessage message;
  if (const size_t end = original.find(kContextEnd); end != std::string_view::npos) {
    message.context = original.substr(0, end);
    original.remove_prefix(end + 1);
  }
  const std::vector<std::string> ids = SplitForms(original);
  message.id = ids[0];
  if (ids.size() > 1) message.id_plural = ids[1];
  message.translations = SplitForms(translation);
  return message;
}

// nullopt for the header.
absl::StatusOr<std::optional<CatalogueMessage>> ReadMessage(MoFile& file, const Decoder& decoder,
                                                            uint64_t i) {
  BENCH_ASSIGN_OR_RETURN(const std::string_view original, file.Original(i));
  BENCH_ASSIGN_OR_RETURN(const std::string_view translation, file.Translation(i));
  if (original.empty()) return std::nullopt;
  BENCH_ASSIGN_OR_RETURN(const std::string id, decoder.Decode(original));
  BENCH_ASSIGN_OR_RETURN(const std::string text, decoder.Decode(translation));
  return MakeMessage(id, text);
}

absl::StatusOr<std::vector<CatalogueMessage>> ReadMessages(std::string_view bytes) {
  BENCH_ASSIGN_OR_RETURN(MoFile file, MoFile::Open(bytes));
  BENCH_ASSIGN_OR_RETURN(const Decoder decoder, DecoderOf(file));
  std::vector<CatalogueMessage> messages;
  for (uint64_t i = 0; i < file.num_strings(); ++i) {
    auto message = ReadMessage(file, decoder, i);
    if (!message.ok()) return Annotate(message.status(), absl::StrCat("message ", i + 1));
    if (message->has_value()) messages.push_back(**std::move(message));
  }
  return messages;
}

}  // namespace

absl::StatusOr<std::vector<CatalogueMessage>> ParseCatalogue(std::string_view bytes,
                                                             std::string_view name) {
  auto messages = ReadMessages(bytes);
  if (!messages.ok()) return Annotate(messages.status(), name);
  return messages;
}

}  // namespace bench::harness
