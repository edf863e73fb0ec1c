// The rows that a definition of stage "images" makes of labelled images.
//
// A row: the patches of its image as vectors, a begin token, the characters of its text, an end
// token; from the first character on all are the answer. At the places of the vectors stands the
// tokenizer's padding, which nobody reads. The image is one image, or images_per_row of them side
// by side, whose texts are joined.
//
// Parts: the first training_images are those of "train", or else a hash of the pixels decides
// (harness/generated/key_split.h), so that equal images are never in both; the others are those of
// "validation". Row i of a part draws from the stream "images/PART/i", in this order: for every
// image its number among the part's images (unless each image is a row), and in part "train", where
// max_shift > 0, by how much it is moved to the right and then down, each uniform in [-max_shift,
// max_shift]. Held-out images are never moved. A row is a function of definition, base seed and
// images.
//
// Errors: UsageError where patches do not divide an image, or a part has no images; DataError where
// images of a row do not stand side by side or a text has U+2581, SentencePiece's mark for a space.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/data/row_dataset.h"
#include "harness/definition/images_spec.h"
#include "harness/determinism/random.h"
#include "harness/generated/grammar.h"
#include "harness/generated/key_split.h"
#include "harness/images/labelled_images.h"

namespace bench::harness::images {

using generated::Part;

// The version of what draws rows: it changes where the same definition gives other rows.
inline constexpr int64_t kRowsVersion = 1;

struct ImageRow {
  DatasetRow row;
  std::vector<int64_t> images;  // what it is made of, as indices into the images
};

class ImageRows {
 public:
  static absl::StatusOr<ImageRows> Create(const ImagesSpec& spec, int64_t base_seed,
                                          LabelledImages images);

  const LabelledImages& labelled() const { return labelled_; }
  // The part's images, as indices, in their order.
  const std::vector<int64_t>& images(Part part) const { return parts_.at(part); }
  // The characters of all texts, in the order of their code points: symbol i has the id
  // kFirstSymbol + i.
  const std::vector<std::string>& symbols() const { return symbols_; }
  int64_t num_rows(Part part) const;
  absl::StatusOr<ImageRow> RowAt(Part part, int64_t index) const;
  // How many different images, before any is moved, are among `held_out` and among `trained`, both
  // indices into the images: equal pixels are one image.
  int64_t NumInBoth(const std::set<int64_t>& held_out, const std::set<int64_t>& trained) const;

 private:
  ImageRows(const ImagesSpec& spec, int64_t base_seed, LabelledImages images);
  absl::Status SplitImages();
  absl::Status CollectSymbols();
  // The image of a row. `chosen` has its number, or is empty and gets those that are drawn.
  absl::StatusOr<Image> Compose(Part part, Random& stream, std::vector<int64_t>& chosen) const;

  ImagesSpec spec_;
  generated::KeySplit split_;
  LabelledImages labelled_;
  std::map<Part, std::vector<int64_t>> parts_;
  std::vector<std::string> symbols_;
  std::map<char32_t, int64_t> ids_;
};

}  // namespace bench::harness::images
