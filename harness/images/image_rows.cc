#include "harness/images/image_rows.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/definition/enum_names.h"
#include "harness/generated/symbol_model.h"
#include "harness/text/text.h"

namespace bench::harness::images {
namespace {

// The tokenizer's (harness/generated/symbol_model.h), where vectors stand.
constexpr int64_t kPadToken = 3;
constexpr char32_t kSpaceMark = 0x2581;

// What decides about an image's part.
std::string ContentKey(const Image& image) {
  return absl::StrCat(image.width, "x", image.height, "x", image.channels, "/",
                      std::string(image.values.begin(), image.values.end()));
}

// Uniform in [-most, most].
int64_t DrawShift(int64_t most, Random& stream) {
  return static_cast<int64_t>(stream.Below(static_cast<uint64_t>(2 * most + 1))) - most;
}

}  // namespace

ImageRows::ImageRows(const ImagesSpec& spec, int64_t base_seed, LabelledImages images)
    : spec_(spec), split_(base_seed, spec.held_out_fraction), labelled_(std::move(images)) {}

absl::StatusOr<ImageRows> ImageRows::Create(const ImagesSpec& spec, int64_t base_seed,
                                            LabelledImages images) {
  ImageRows rows(spec, base_seed, std::move(images));
  BENCH_RETURN_IF_ERROR(rows.SplitImages());
  BENCH_RETURN_IF_ERROR(rows.CollectSymbols());
  return rows;
}

absl::Status ImageRows::SplitImages() {
  const std::vector<LabelledImage>& all = labelled_.images;
  parts_ = {{Part::kTrain, {}}, {Part::kValidation, {}}};
  for (int64_t i = 0; i < std::ssize(all); ++i) {
    const bool held_out = spec_.training_images > 0
                              ? i >= spec_.training_images
                              : split_.IsHeldOut(ContentKey(all[static_cast<size_t>(i)].image));
    parts_[held_out ? Part::kValidation : Part::kTrain].push_back(i);
  }
  for (const auto& [part, images] : parts_) {
    if (!images.empty()) continue;
    return UsageError(absl::StrCat("images: of ", all.size(), " images none is in part \"",
                                   internal::View(Name(part)),
                                   "\": change training_images or held_out_fraction, or give more "
                                   "images"));
  }
  return absl::OkStatus();
}

absl::Status ImageRows::CollectSymbols() {
  std::set<char32_t> characters;
  for (const LabelledImage& labelled : labelled_.images) {
    for (const char32_t character : CodePoints(labelled.text)) characters.insert(character);
  }
  if (characters.contains(kSpaceMark)) {
    return DataError(
        "images: a text has the character U+2581, which stands for a space in the "
        "tokenizer: replace it");
  }
  for (const char32_t character : characters) {
    ids_[character] = generated::kFirstSymbol + std::ssize(symbols_);
    symbols_.push_back(ToUtf8(std::u32string_view(&character, 1)));
  }
  return absl::OkStatus();
}

int64_t ImageRows::num_rows(Part part) const {
  const int64_t drawn = part == Part::kTrain ? spec_.train_rows : spec_.validation_rows;
  return drawn > 0 ? drawn : std::ssize(images(part));
}

absl::StatusOr<Image> ImageRows::Compose(Part part, Random& stream,
                                         std::vector<int64_t>& chosen) const {
  const std::vector<int64_t>& own = images(part);
  const bool draws = chosen.empty();
  const bool moves = part == Part::kTrain && spec_.max_shift > 0;
  std::vector<Image> placed;
  for (int64_t i = 0; i < spec_.images_per_row; ++i) {
    if (draws) chosen.push_back(own[static_cast<size_t>(stream.Below(own.size()))]);
    const Image& image =
        labelled_.images[static_cast<size_t>(chosen[static_cast<size_t>(i)])].image;
    if (!moves) {
      placed.push_back(image);
      continue;
    }
    Shift shift;
    shift.right = DrawShift(spec_.max_shift, stream);
    shift.down = DrawShift(spec_.max_shift, stream);
    placed.push_back(Shifted(image, shift));
  }
  return SideBySide(placed);
}

absl::StatusOr<ImageRow> ImageRows::RowAt(Part part, int64_t index) const {
  Random stream = split_.Stream(absl::StrCat("images/", internal::View(Name(part)), "/", index));
  const bool drawn = (part == Part::kTrain ? spec_.train_rows : spec_.validation_rows) > 0;
  ImageRow made;
  if (!drawn) made.images.push_back(images(part)[static_cast<size_t>(index)]);
  BENCH_ASSIGN_OR_RETURN(const Image image, Compose(part, stream, made.images));
  DatasetRow& row = made.row;
  row.vectors.form = {spec_.vector_size(), labelled_.white};
  BENCH_ASSIGN_OR_RETURN(row.vectors.values, Patches(image, spec_.patch_width, spec_.patch_height));
  row.tokens.assign(static_cast<size_t>(row.vectors.count()), kPadToken);
  row.tokens.push_back(generated::kBeginToken);
  row.marks.assign(row.tokens.size(), TokenMark::kGiven);
  for (const int64_t number : made.images) {
    for (const char32_t character :
         CodePoints(labelled_.images[static_cast<size_t>(number)].text)) {
      row.tokens.push_back(ids_.at(character));
    }
  }
  row.tokens.push_back(generated::kEndToken);
  row.marks.resize(row.tokens.size(), TokenMark::kAnswer);
  return made;
}

int64_t ImageRows::NumInBoth(const std::set<int64_t>& held_out,
                             const std::set<int64_t>& trained) const {
  const auto keys_of = [this](const std::set<int64_t>& numbers) {
    std::set<std::string> keys;
    for (const int64_t i : numbers) {
      keys.insert(ContentKey(labelled_.images[static_cast<size_t>(i)].image));
    }
    return keys;
  };
  const std::set<std::string> trained_keys = keys_of(trained);
  const std::set<std::string> held_out_keys = keys_of(held_out);
  return std::count_if(held_out_keys.begin(), held_out_keys.end(),
                       [&](const std::string& key) { return trained_keys.contains(key); });
}

}  // namespace bench::harness::images
