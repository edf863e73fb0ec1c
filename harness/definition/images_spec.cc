#include "harness/definition/images_spec.h"

#include "absl/strings/str_cat.h"
#include "harness/definition/field.h"
#include "harness/definition/violations.h"

namespace bench::harness {
namespace {

// Of an image's side and of a patch's.
constexpr double kMaxPixels = 1 << 14;
// As of model.vector_size.
constexpr int64_t kMaxPatchValues = 1 << 20;

}  // namespace

void Describe(PixelTableSpec& spec, FieldList& fields) {
  fields.Leaf("width", spec.width,
              {.doc = "of every image", .units = "pixels", .bounds = Between(1, kMaxPixels)});
  fields.Leaf("height", spec.height,
              {.doc = "of every image", .units = "pixels", .bounds = Between(1, kMaxPixels)});
  fields.Leaf("white", spec.white,
              {.doc = "pixel value of full brightness, which a vector has as 1; 0 is black",
               .bounds = Between(1, 255)});
  fields.Leaf(
      "label", spec.label,
      {.doc = "where the text of the image stands: behind its pixel values or before them"});
}

void Describe(ImagesSpec& spec, FieldList& fields) {
  FieldList& table = fields.Group("images", "");
  table.Leaf("source", spec.source,
             {.doc = "data source of kind \"files\", experiments/data/NAME.toml",
              .role = TextRole::kName,
              .replaces = {"path"}});
  table.Leaf("path", spec.path,
             {.doc = "your own: a folder of PNG files with images.jsonl, {\"image\": \"a.png\", "
                     "\"text\": \"...\"} a line, or the file of a table of pixel values",
              .role = TextRole::kUserPath,
              .replaces = {"source"}});
  table.Table(
      "table", spec.table,
      "of a table: pixel values from top left, row by row, and a text, separated by commas; "
      "a line an image, no header");
  table.Leaf("colour", spec.colour, {.doc = "channels of a pixel; PNG files are converted"});
  table.Leaf("patch_width", spec.patch_width,
             {.doc = "of a patch, one vector; it divides the width of every row's image",
              .units = "pixels",
              .presence = Presence::kRequired,
              .bounds = Between(1, kMaxPixels)});
  table.Leaf("patch_height", spec.patch_height,
             {.doc = "of a patch; it divides the height of every image",
              .units = "pixels",
              .presence = Presence::kRequired,
              .bounds = Between(1, kMaxPixels)});
  table.Leaf("training_images", spec.training_images,
             {.doc = "the first ones, the others are held out; 0: a hash of the image decides",
              .units = "images",
              .bounds = Between(0, 1e8)});
  table.Leaf("held_out_fraction", spec.held_out_fraction,
             {.doc = "of the images, where a hash decides", .bounds = Between(0.001, 0.5)});
  table.Leaf("images_per_row", spec.images_per_row,
             {.doc = "more than 1: a row is a strip of random images side by side, its text theirs",
              .bounds = Between(1, 64)});
  table.Leaf("train_rows", spec.train_rows,
             {.doc = "rows of random training images; 0: every one once",
              .units = "rows",
              .bounds = Between(0, 1e8)});
  table.Leaf("validation_rows", spec.validation_rows,
             {.doc = "rows of random held-out images; 0: every one once",
              .units = "rows",
              .bounds = Between(0, 1e8)});
  table.Leaf("max_shift", spec.max_shift,
             {.doc = "each training image of a row is moved by up to so many pixels in both "
                     "directions, at random; what comes in is black",
              .units = "pixels",
              .bounds = Between(0, 64)});
  table.Leaf("nearest_neighbour", spec.nearest_neighbour,
             {.doc = "true: what the text of the nearest training image (by Euclidean distance) "
                     "would score is recorded, to compare with, and, with max_shift, that of the "
                     "nearest of all their moved copies"});
}

void Validate(const ImagesSpec& spec, const Violations& violations) {
  const Violations here = violations.In("images");
  if (spec.source.has_value() == spec.path.has_value()) {
    here.Add("source", "needs exactly one of source = \"NAME\" and path = \"...\"");
  }
  if (spec.training_images > 0 && spec.held_out_fraction != ImagesSpec().held_out_fraction) {
    here.Add("held_out_fraction", "has no use with training_images");
  }
  if (spec.vector_size() > kMaxPatchValues) {
    here.Add("patch_width", absl::StrCat("patches of ", spec.patch_width, " x ", spec.patch_height,
                                         " pixels have ", spec.vector_size(), " values, more than ",
                                         kMaxPatchValues));
  }
  if (spec.images_per_row > 1 && (spec.train_rows == 0 || spec.validation_rows == 0)) {
    here.Add("images_per_row", "strips are drawn: give train_rows and validation_rows");
  }
}

}  // namespace bench::harness
