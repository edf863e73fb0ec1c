#include "harness/images/png.h"

#include <png.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench::harness::images {
namespace {

constexpr int64_t kRgba = 4;
constexpr int64_t kOpaque = 255;

// Frees what libpng keeps of an image whose reading was begun.
struct FreePng {
  void operator()(png_image* image) const { png_image_free(image); }
};

absl::Status PngError(const png_image& image, std::string_view where) {
  const std::string_view reason(&image.message[0]);
  return DataError(absl::StrCat(internal::View(where), ": cannot be read as PNG: ",
                                reason.empty() ? "no reason is given" : internal::View(reason)));
}

// What says how bright a value is. libpng would turn the values into those of sRGB by them.
constexpr std::array<std::string_view, 4> kColourChunks = {"gAMA", "cHRM", "iCCP", "sRGB"};

uint32_t BigEndian(std::string_view bytes) {
  uint32_t value = 0;
  for (const char byte : bytes) value = (value << 8) | static_cast<unsigned char>(byte);
  return value;
}

// The file without them. What is no whole chunk stays as it is, for libpng to refuse.
std::string WithoutColourChunks(std::string_view bytes) {
  constexpr size_t kSignatureBytes = 8, kLengthBytes = 4, kNameBytes = 4, kChecksumBytes = 4;
  constexpr size_t kFrameBytes = kLengthBytes + kNameBytes + kChecksumBytes;
  std::string kept(bytes.substr(0, kSignatureBytes));
  std::string_view rest = bytes.substr(kept.size());
  while (rest.size() >= kFrameBytes) {
    const size_t size = kFrameBytes + size_t{BigEndian(rest.substr(0, kLengthBytes))};
    if (size > rest.size()) break;
    const std::string_view name = rest.substr(kLengthBytes, kNameBytes);
    if (std::find(kColourChunks.begin(), kColourChunks.end(), name) == kColourChunks.end()) {
      kept.append(rest.substr(0, size));
    }
    rest.remove_prefix(size);
  }
  kept.append(rest);
  return kept;
}

int64_t BeforeBlack(uint8_t value, uint8_t alpha) {
  return (int64_t{value} * alpha + kOpaque / 2) / kOpaque;
}

Image FromRgba(const std::vector<uint8_t>& rgba, const png_image& header, ImageColour colour) {
  Image image{header.width, header.height, NumChannels(colour), {}};
  image.values.reserve(static_cast<size_t>(image.width * image.height * image.channels));
  for (size_t i = 0; i + 3 < rgba.size(); i += 4) {
    const uint8_t alpha = rgba[i + 3];
    const int64_t red = BeforeBlack(rgba[i], alpha);
    const int64_t green = BeforeBlack(rgba[i + 1], alpha);
    const int64_t blue = BeforeBlack(rgba[i + 2], alpha);
    if (colour == ImageColour::kGrey) {
      const int64_t luma = (19595 * red + 38470 * green + 7471 * blue + (1 << 15)) >> 16;
      image.values.push_back(static_cast<uint8_t>(luma));
      continue;
    }
    for (const int64_t value : {red, green, blue}) {
      image.values.push_back(static_cast<uint8_t>(value));
    }
  }
  return image;
}

}  // namespace

absl::StatusOr<Image> ReadPng(std::string_view bytes, std::string_view where, ImageColour colour) {
  const std::string plain = WithoutColourChunks(bytes);  // libpng reads it till the end
  png_image header = {};
  header.version = PNG_IMAGE_VERSION;
  const std::unique_ptr<png_image, FreePng> reading(&header);
  if (png_image_begin_read_from_memory(&header, plain.data(), plain.size()) == 0) {
    return PngError(header, where);
  }
  const int64_t width = header.width, height = header.height;
  if (width > kMaxSide || height > kMaxSide || width * height * kRgba > kMaxImageValues) {
    return DataError(absl::StrCat(internal::View(where), ": ", width, " x ", height,
                                  " pixels are more than is read: ", kMaxSide, " a side and ",
                                  kMaxImageValues / kRgba, " in all"));
  }
  header.format = PNG_FORMAT_RGBA;
  header.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;  // values of 16 bits mean what those of 8 do
  std::vector<uint8_t> rgba(static_cast<size_t>(width * height * kRgba));
  if (png_image_finish_read(&header, nullptr, rgba.data(), 0, nullptr) == 0) {
    return PngError(header, where);
  }
  return FromRgba(rgba, header, colour);
}

}  // namespace bench::harness::images
