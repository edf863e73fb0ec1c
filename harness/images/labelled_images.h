// Images with their texts, from a folder of PNG files or a table of pixel values.
//
// A folder has images.jsonl, an object a line with "image", the path of a PNG file from the folder
// on, and "text"; other members are ignored, and so are blank lines. Any other folder must have one
// file, a table, and a path may be a table itself: a line an image, without a header, its pixel
// values and its text separated by commas (PixelTableSpec), plain, gzip or Zstandard. A text is not
// empty, and may hold no comma in a table.
// Memory: all images. Errors: DataError naming file and line for what is no such record, a file
// that lies outside the folder, behind a symbolic link (no digest covers those) or is no PNG, and
// no image at all; UsageError where a table is to
// have colours; StoppedError.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/definition/images_spec.h"
#include "harness/images/image.h"

namespace bench::harness::images {

inline constexpr char kRecordsFile[] = "images.jsonl";

struct LabelledImage {
  Image image;
  std::string text;
};

struct LabelledImages {
  std::vector<LabelledImage> images;  // in the order of the records
  int64_t white = 255;                // the value of full brightness
};

absl::StatusOr<LabelledImages> ReadLabelledImages(const std::string& path, const ImagesSpec& spec);

}  // namespace bench::harness::images
