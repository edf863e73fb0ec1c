// stage = "images": rows that begin with the patches of images, each followed by the image's text.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bench::harness {

class FieldList;
class Violations;

// Channels of a pixel; files that have others are converted.
enum class ImageColour { kGrey, kRgb };
constexpr std::array<std::string_view, 2> EnumNames(ImageColour) { return {"grey", "rgb"}; }
inline int64_t NumChannels(ImageColour colour) { return colour == ImageColour::kGrey ? 1 : 3; }

// Where the text of an image stands among the pixel values of its line.
enum class LabelPlace { kLast, kFirst };
constexpr std::array<std::string_view, 2> EnumNames(LabelPlace) { return {"last", "first"}; }

// [images.table]: of a table of pixel values, a line an image, without a header.
struct PixelTableSpec {
  int64_t width = 28;
  int64_t height = 28;
  int64_t white = 255;  // the pixel value of full brightness
  LabelPlace label = LabelPlace::kLast;
};

// [images]: exactly one of `source` and `path`. Either is a folder of PNG files with their texts in
// images.jsonl, or a table.
struct ImagesSpec {
  std::optional<std::string> source;  // of kind "files", experiments/data/NAME.toml
  std::optional<std::string> path;    // a user's own folder, or the file of a table
  PixelTableSpec table;
  ImageColour colour = ImageColour::kGrey;
  int64_t patch_width = 0;  // required; divides the width of every row's image
  int64_t patch_height = 0;
  int64_t training_images = 0;     // the first ones, the others are held out; 0: a hash decides
  double held_out_fraction = 0.1;  // of the images, where a hash decides
  // More than one: a row is a strip of so many random images side by side, their texts joined.
  int64_t images_per_row = 1;
  int64_t train_rows = 0;          // drawn at random; 0: every training image once, in order
  int64_t validation_rows = 0;     // and of the held-out images
  int64_t max_shift = 0;           // pixels by which training images are moved, at random
  bool nearest_neighbour = false;  // whether that classifier is computed, to compare with

  // Values of a vector, which is a patch.
  int64_t vector_size() const { return patch_width * patch_height * NumChannels(colour); }
};

void Describe(PixelTableSpec& spec, FieldList& fields);
void Describe(ImagesSpec& spec, FieldList& fields);
void Validate(const ImagesSpec& spec, const Violations& violations);

}  // namespace bench::harness
