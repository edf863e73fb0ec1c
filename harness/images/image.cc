#include "harness/images/image.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench::harness::images {
namespace {

// Part of a line of pixels, as values.
struct Piece {
  int64_t line = 0;
  int64_t first_pixel = 0;
  int64_t num_pixels = 0;
};

std::span<const uint8_t> ValuesOf(const Image& image, const Piece& piece) {
  const int64_t begin = (piece.line * image.width + piece.first_pixel) * image.channels;
  return std::span(image.values)
      .subspan(static_cast<size_t>(begin), static_cast<size_t>(piece.num_pixels * image.channels));
}

}  // namespace

Image Shifted(const Image& image, const Shift& shift) {
  Image moved = image;
  std::fill(moved.values.begin(), moved.values.end(), uint8_t{0});
  const int64_t left = std::max<int64_t>(0, shift.right);
  const int64_t num_pixels = image.width - std::abs(shift.right);
  if (num_pixels <= 0) return moved;
  for (int64_t y = std::max<int64_t>(0, shift.down);
       y < std::min(image.height, image.height + shift.down); ++y) {
    const std::span<const uint8_t> from =
        ValuesOf(image, {y - shift.down, left - shift.right, num_pixels});
    const int64_t begin = (y * image.width + left) * image.channels;
    std::copy(from.begin(), from.end(), moved.values.begin() + begin);
  }
  return moved;
}

absl::StatusOr<Image> SideBySide(std::span<const Image> images) {
  Image strip{0, images.front().height, images.front().channels, {}};
  for (const Image& image : images) {
    if (image.height != strip.height || image.channels != strip.channels) {
      return DataError(absl::StrCat("images of a height of ", strip.height, " and ", image.height,
                                    " pixels do not stand side by side"));
    }
    strip.width += image.width;
  }
  strip.values.reserve(static_cast<size_t>(strip.width * strip.height * strip.channels));
  for (int64_t y = 0; y < strip.height; ++y) {
    for (const Image& image : images) {
      const std::span<const uint8_t> line = ValuesOf(image, {y, 0, image.width});
      strip.values.insert(strip.values.end(), line.begin(), line.end());
    }
  }
  return strip;
}

absl::StatusOr<std::vector<uint8_t>> Patches(const Image& image, int64_t patch_width,
                                             int64_t patch_height) {
  if (image.width % patch_width != 0 || image.height % patch_height != 0) {
    return UsageError(absl::StrCat("an image of ", image.width, " x ", image.height,
                                   " pixels is not cut into patches of ", patch_width, " x ",
                                   patch_height, " (images.patch_width, images.patch_height)"));
  }
  std::vector<uint8_t> values;
  values.reserve(image.values.size());
  for (int64_t top = 0; top < image.height; top += patch_height) {
    for (int64_t left = 0; left < image.width; left += patch_width) {
      for (int64_t y = top; y < top + patch_height; ++y) {
        const std::span<const uint8_t> line = ValuesOf(image, {y, left, patch_width});
        values.insert(values.end(), line.begin(), line.end());
      }
    }
  }
  return values;
}

}  // namespace bench::harness::images
