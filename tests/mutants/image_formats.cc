// Images of users: PNG files, their records, tables of pixel values.
#include <cstdint>
#include <filesystem>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "harness/images/labelled_images.h"
#include "harness/images/png.h"
#include "tests/mutants/format.h"

namespace bench::mutants {
namespace {

using namespace bench::harness;  // NOLINT: a table of this library's readers

constexpr char kGolden[] = "harness/images/golden/";
constexpr size_t kSignatureBytes = 8, kLengthBytes = 4, kNameBytes = 4, kChecksumBytes = 4;

Corpus Pngs() {
  Corpus corpus{{},
                {"IHDR", "IDAT", "PLTE", "tRNS", "IEND", "gAMA", "sRGB", "acTL", "iCCP", "eXIf",
                 std::string(4, '\0'), "\x7F\xFF\xFF\xFF"}};
  for (const char* name : {"grey", "rgb", "rgba", "grey_alpha", "bilevel", "palette",
                           "palette_4bit", "palette_transparent", "grey_16bit", "rgb_gamma"}) {
    corpus.files.push_back(TestFile(absl::StrCat(kGolden, name, ".png")));
  }
  return corpus;
}

absl::Status ReadPngBytes(const std::string& bytes, const std::string&) {
  const auto grey = images::ReadPng(bytes, "mutant", ImageColour::kGrey);
  const auto rgb = images::ReadPng(bytes, "mutant", ImageColour::kRgb);
  return grey.ok() ? rgb.status() : grey.status();
}

// CRC-32 of ISO 3309, a bit at a time.
uint32_t Checksum(std::string_view bytes) {
  uint32_t rest = 0xFFFFFFFFU;
  for (const char byte : bytes) {
    rest ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1) ^ ((rest & 1U) != 0 ? 0xEDB88320U : 0);
  }
  return ~rest;
}

uint32_t BigEndian(std::string_view bytes) {
  uint32_t value = 0;
  for (const char byte : bytes) value = (value << 8) | static_cast<unsigned char>(byte);
  return value;
}

// With the checksums of its chunks put right, so that what is in them is looked at.
std::string Mended(std::string bytes) {
  size_t at = kSignatureBytes;
  while (at + kLengthBytes + kNameBytes + kChecksumBytes <= bytes.size()) {
    const uint32_t length = BigEndian(std::string_view(bytes).substr(at, kLengthBytes));
    const size_t covered = at + kLengthBytes;
    const size_t end = covered + kNameBytes + length;
    if (end + kChecksumBytes > bytes.size()) break;
    const uint32_t sum = Checksum(std::string_view(bytes).substr(covered, end - covered));
    for (size_t i = 0; i < kChecksumBytes; ++i) {
      bytes[end + i] = static_cast<char>((sum >> (8 * (3 - i))) & 0xFFU);
    }
    at = end + kChecksumBytes;
  }
  return bytes;
}

absl::Status ReadMendedPng(const std::string& bytes, const std::string& folder) {
  return ReadPngBytes(Mended(bytes), folder);
}

Corpus Records() {
  return {{"{\"image\": \"grey.png\", \"text\": \"a\"}\n\n{\"image\": \"./grey.png\", \"text\": "
           "\"\\u8bfb \xC3\xA9\", \"more\": [1]}\r\n"},
          {"\"image\"", "\"text\"", "../", "/", "grey.png", "\"\"", "\\u0000", "\n"}};
}

absl::Status ReadRecords(const std::string& bytes, const std::string& folder) {
  const std::string path = folder + "/images";
  std::filesystem::create_directories(path);
  WriteFile(path + "/grey.png", TestFile(absl::StrCat(kGolden, "grey.png")));
  WriteFile(absl::StrCat(path, "/", images::kRecordsFile), bytes);
  return images::ReadLabelledImages(path, {}).status();
}

Corpus Tables() {
  return {{"0,1,2,3,4,16,7\r\n\n6,5,4,3,2,1,8\n"}, {",", ",,", "-", "1e9", "0x1", "\xFF", "\r"}};
}

absl::Status ReadTable(const std::string& bytes, const std::string& folder) {
  ImagesSpec spec;
  spec.table = {3, 2, 16, LabelPlace::kLast};
  WriteFile(folder + "/table.csv", bytes);
  return images::ReadLabelledImages(folder + "/table.csv", spec).status();
}

}  // namespace

std::vector<Format> ImageFormats() {
  return {
      {"image (PNG)", Pngs, ReadPngBytes},
      {"image (PNG), checksums mended", Pngs, ReadMendedPng},
      {"images.jsonl", Records, ReadRecords},
      {"table of pixel values", Tables, ReadTable},
  };
}

}  // namespace bench::mutants
