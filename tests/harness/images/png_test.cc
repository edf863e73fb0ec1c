// Files of golden/ are Pillow's (make_png_golden.py), and so is what they should be read as.
#include "harness/images/png.h"

#include <gmock/gmock.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/json.h"
#include "base/status.h"

namespace bench::harness::images {
namespace {

using testing::HasSubstr;

const std::string& Golden() {
  static const std::string folder = absl::StrCat(BENCH_TEST_DATA, "/harness/images/golden");
  return folder;
}

std::string BytesOf(const std::string& name) {
  const auto bytes = ReadFile(absl::StrCat(Golden(), "/", name));
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  return bytes.value_or("");
}

nlohmann::json Expected() { return *ParseJsonObject(BytesOf("pixels.json")); }

TEST(Png, EveryKindIsReadAsPillowReadsIt) {
  const nlohmann::json expected = Expected();
  ASSERT_GE(expected["files"].size(), 11U);
  for (const auto& [name, pixels] : expected["files"].items()) {
    const std::string bytes = BytesOf(absl::StrCat(name, ".png"));
    for (const ImageColour colour : {ImageColour::kGrey, ImageColour::kRgb}) {
      const bool grey = colour == ImageColour::kGrey;
      const auto image = ReadPng(bytes, name, colour);
      ASSERT_TRUE(image.ok()) << image.status();
      EXPECT_EQ(image->width, expected["width"].get<int64_t>());
      EXPECT_EQ(image->height, expected["height"].get<int64_t>());
      EXPECT_EQ(image->channels, grey ? 1 : 3);
      EXPECT_EQ(image->values, pixels[grey ? "grey" : "rgb"].get<std::vector<uint8_t>>())
          << name << (grey ? ", grey" : ", colours");
    }
  }
}

// A gamma of 1 would make libpng brighten what is between black and white.
TEST(Png, ChunksOfAColourSpaceChangeNoValue) {
  for (const auto& [marked, plain] :
       {std::pair{"rgb_gamma", "rgb"}, std::pair{"grey_16bit_gamma", "grey_16bit"}}) {
    const std::string with = BytesOf(absl::StrCat(marked, ".png"));
    ASSERT_NE(with.find("gAMA"), std::string::npos);
    const auto image = ReadPng(with, marked, ImageColour::kRgb);
    ASSERT_TRUE(image.ok()) << image.status();
    EXPECT_EQ(*image, *ReadPng(BytesOf(absl::StrCat(plain, ".png")), plain, ImageColour::kRgb));
  }
}

TEST(Png, ATruncatedFileIsRefusedWithItsName) {
  const std::string whole = BytesOf("rgb.png");
  for (size_t size = 0; size + 12 < whole.size(); size += 7) {  // the last chunk has 12 bytes
    const auto image = ReadPng(whole.substr(0, size), "a/b.png", ImageColour::kRgb);
    ASSERT_FALSE(image.ok()) << size;
    EXPECT_EQ(ExitCodeFor(image.status()), ExitCode::kBadData);
    EXPECT_THAT(std::string(image.status().message()), HasSubstr("a/b.png: cannot be read as PNG"));
  }
}

TEST(Png, DamagedPixelsAreRefused) {
  std::string bytes = BytesOf("rgb.png");
  const size_t data = bytes.find("IDAT");
  ASSERT_NE(data, std::string::npos);
  bytes[data + 20] = static_cast<char>(bytes[data + 20] ^ 0x55);
  EXPECT_FALSE(ReadPng(bytes, "damaged", ImageColour::kRgb).ok());
}

TEST(Png, OtherFilesAreRefused) {
  for (const std::string& bytes : {std::string("\xFF\xD8\xFF\xE0 a JPEG"), std::string("text")}) {
    EXPECT_EQ(ExitCodeFor(ReadPng(bytes, "other", ImageColour::kGrey).status()),
              ExitCode::kBadData);
  }
}

// The header alone decides, before memory is asked for. Its checksum is that of these bytes.
TEST(Png, AHugeImageIsRefusedByItsHeader) {
  std::string bytes = BytesOf("grey.png");
  const size_t header = bytes.find("IHDR");
  ASSERT_NE(header, std::string::npos);
  // 20,000 x 20,000 pixels of 8 bits, grey: CRC-32 of "IHDR" and its 13 bytes by zlib.
  const std::string huge("IHDR\x00\x00\x4E\x20\x00\x00\x4E\x20\x08\x00\x00\x00\x00\xC6\x1B\x19\xE5",
                         21);
  bytes.replace(header, huge.size(), huge);
  EXPECT_THAT(std::string(ReadPng(bytes, "huge", ImageColour::kGrey).status().message()),
              HasSubstr("20000 x 20000 pixels are more than is read"));
}

}  // namespace
}  // namespace bench::harness::images
