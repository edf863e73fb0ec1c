// Images as bytes, and what is done with them before a model sees them. No Torch.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"

namespace bench::harness::images {

// Largest side of an image, and most values of one.
inline constexpr int64_t kMaxSide = int64_t{1} << 14;
inline constexpr int64_t kMaxImageValues = int64_t{1} << 28;

struct Image {
  int64_t width = 0;
  int64_t height = 0;
  int64_t channels = 1;
  // From top left, row by row, the channels of a pixel together: width * height * channels values.
  std::vector<uint8_t> values;

  friend bool operator==(const Image&, const Image&) = default;
};

struct Shift {
  int64_t right = 0;  // negative: to the left
  int64_t down = 0;   // negative: up
};

// The image moved within its frame: what leaves it is lost, what comes in is 0.
Image Shifted(const Image& image, const Shift& shift);

// The images from left to right. DataError where heights or channels differ; at least one image.
absl::StatusOr<Image> SideBySide(std::span<const Image> images);

// The values of its patches one after another: patches from top left, row by row, and each patch's
// values as an image has them. UsageError where a side of the image is no multiple of the patch's.
absl::StatusOr<std::vector<uint8_t>> Patches(const Image& image, int64_t patch_width,
                                             int64_t patch_height);

}  // namespace bench::harness::images
