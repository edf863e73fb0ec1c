#include "harness/images/png.h"

#include <png.h>

#include <memory>
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
  png_image header = {};
  header.version = PNG_IMAGE_VERSION;
  const std::unique_ptr<png_image, FreePng> reading(&header);
  if (png_image_begin_read_from_memory(&header, bytes.data(), bytes.size()) == 0) {
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
