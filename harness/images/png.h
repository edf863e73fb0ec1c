// PNG files (ISO/IEC 15948) as images of 8 bits a value, by libpng.
//
// Any colour type, depth and interlacing; 16 bits are rounded to 8. A transparent pixel stands
// before black: v = round(v a / 255). Grey is, as of Pillow's convert("L"), the luma of ITU-R 601:
// (19595 R + 38470 G + 7471 B + 2^15) >> 16, which leaves the values of a grey file as they are.
// Values are those of the file, as of Pillow, whatever its chunks gAMA, cHRM, iCCP and sRGB say:
// nothing is converted to another colour space.
// Memory: a copy of the file, and four bytes a pixel, within the limits of image.h, asked for after
// the header was read. Errors: DataError naming the file and what libpng says of it, for damaged
// and truncated files, too large images, and what is no PNG.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "harness/definition/images_spec.h"
#include "harness/images/image.h"

namespace bench::harness::images {

// `where` is the file's name in messages.
absl::StatusOr<Image> ReadPng(std::string_view bytes, std::string_view where, ImageColour colour);

}  // namespace bench::harness::images
