#include "harness/images/image_rows.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>
#include <string>

#include "harness/generated/symbol_model.h"

namespace bench::harness::images {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto kGiven = TokenMark::kGiven;
constexpr auto kAnswer = TokenMark::kAnswer;

// Images of 2 x 2 pixels, all of the image's number, with these texts.
LabelledImages Numbered(const std::vector<std::string>& texts) {
  LabelledImages labelled{{}, 100};
  for (const std::string& text : texts) {
    const auto number = static_cast<uint8_t>(labelled.images.size());
    labelled.images.push_back({{2, 2, 1, {number, number, number, number}}, text});
  }
  return labelled;
}

ImagesSpec Spec() {
  ImagesSpec spec;
  spec.patch_width = 1;
  spec.patch_height = 2;
  spec.training_images = 2;
  return spec;
}

ImageRows Rows(const ImagesSpec& spec, LabelledImages images) {
  auto rows = ImageRows::Create(spec, 3, std::move(images));
  EXPECT_TRUE(rows.ok()) << rows.status();
  return *std::move(rows);
}

TEST(ImageRows, EachImageIsARowWithItsText) {
  const ImageRows rows = Rows(Spec(), Numbered({"ba", "c", "ab"}));
  EXPECT_THAT(rows.symbols(), ElementsAre("a", "b", "c"));
  EXPECT_EQ(rows.num_rows(Part::kTrain), 2);
  EXPECT_EQ(rows.num_rows(Part::kValidation), 1);
  const auto made = rows.RowAt(Part::kValidation, 0);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_THAT(made->images, ElementsAre(2));
  const DatasetRow& row = made->row;
  EXPECT_EQ(row.vectors.form, (VectorForm{2, 100}));
  EXPECT_EQ(row.vectors.count(), 2);
  EXPECT_THAT(row.vectors.values, ElementsAre(2, 2, 2, 2));
  // Padding, padding, begin, a, b, end.
  EXPECT_THAT(row.tokens, ElementsAre(3, 3, 1, 4, 5, 2));
  EXPECT_THAT(row.marks, ElementsAre(kGiven, kGiven, kGiven, kAnswer, kAnswer, kAnswer));
  EXPECT_THAT(rows.RowAt(Part::kTrain, 1)->row.tokens, ElementsAre(3, 3, 1, 6, 2));
}

TEST(ImageRows, CharactersAreCodePoints) {
  const ImageRows rows = Rows(Spec(), Numbered({"读é", "é", " "}));
  EXPECT_THAT(rows.symbols(), ElementsAre(" ", "é", "读"));
  EXPECT_THAT(rows.RowAt(Part::kTrain, 0)->row.tokens, ElementsAre(3, 3, 1, 6, 5, 2));
}

TEST(ImageRows, StripsHaveImagesOfTheirPartSideBySide) {
  ImagesSpec spec = Spec();
  spec.images_per_row = 3;
  spec.train_rows = 40;
  spec.validation_rows = 5;
  const ImageRows rows = Rows(spec, Numbered({"a", "b", "c", "d"}));
  std::set<int64_t> trained;
  for (int64_t i = 0; i < 40; ++i) {
    const auto made = rows.RowAt(Part::kTrain, i);
    ASSERT_TRUE(made.ok()) << made.status();
    ASSERT_EQ(made->images.size(), 3U);
    EXPECT_EQ(made->row.vectors.count(), 6);
    for (size_t k = 0; k < 3; ++k) {
      EXPECT_LT(made->images[k], 2);
      trained.insert(made->images[k]);
      EXPECT_EQ(made->row.tokens[6 + 1 + k], generated::kFirstSymbol + made->images[k]);
      const auto begin = made->row.vectors.values.begin() + static_cast<std::ptrdiff_t>(4 * k);
      EXPECT_THAT(std::vector<uint8_t>(begin, begin + 4), Each(made->images[k]));
    }
  }
  EXPECT_EQ(trained.size(), 2U);
  for (int64_t i = 0; i < 5; ++i) {
    EXPECT_THAT(rows.RowAt(Part::kValidation, i)->images, Each(testing::Ge(2)));
  }
}

TEST(ImageRows, OnlyTrainingImagesAreMovedAndNotAllOfThemAlike) {
  ImagesSpec spec = Spec();
  spec.max_shift = 1;
  spec.train_rows = 400;
  spec.validation_rows = 20;
  const ImageRows rows = Rows(spec, Numbered({"-", "a", "c"}));
  std::set<std::string> seen;  // of bytes: GCC 12 warns of the order of vectors of them
  for (int64_t i = 0; i < 400; ++i) {
    const auto made = rows.RowAt(Part::kTrain, i);
    const std::vector<uint8_t>& values = made->row.vectors.values;
    if (made->images[0] == 1) seen.emplace(values.begin(), values.end());
  }
  // By a pixel to either side, up, down, or not: all nine of a square of two by two.
  EXPECT_EQ(seen.size(), 9U);
  for (int64_t i = 0; i < 20; ++i) {
    EXPECT_THAT(rows.RowAt(Part::kValidation, i)->row.vectors.values, Each(2));
  }
}

TEST(ImageRows, EqualImagesAreInOnePartWhereAHashDecides) {
  ImagesSpec spec = Spec();
  spec.training_images = 0;
  spec.held_out_fraction = 0.5;
  LabelledImages labelled = Numbered(std::vector<std::string>(60, "a"));
  for (size_t i = 30; i < 60; ++i) labelled.images[i].image = labelled.images[i - 30].image;
  const ImageRows rows = Rows(spec, labelled);
  const std::vector<int64_t>& held_out = rows.images(Part::kValidation);
  EXPECT_GT(held_out.size(), 10U);
  EXPECT_LT(held_out.size(), 50U);
  for (const int64_t image : held_out) {
    const int64_t twin = image < 30 ? image + 30 : image - 30;
    EXPECT_TRUE(std::binary_search(held_out.begin(), held_out.end(), twin)) << image;
  }
  const std::vector<int64_t>& trained = rows.images(Part::kTrain);
  EXPECT_EQ(rows.NumInBoth({held_out.begin(), held_out.end()}, {trained.begin(), trained.end()}),
            0);
}

TEST(ImageRows, DifferentImagesOfRowsOfBothPartsAreCounted) {
  LabelledImages labelled = Numbered({"a", "b", "c", "d", "e"});
  labelled.images[3].image = labelled.images[0].image;
  labelled.images[4].image = labelled.images[0].image;
  const ImageRows rows = Rows(Spec(), labelled);
  EXPECT_EQ(rows.NumInBoth({2, 3}, {0, 1}), 1);
  EXPECT_EQ(rows.NumInBoth({2, 3, 4}, {0, 1}), 1);  // one image twice
  EXPECT_EQ(rows.NumInBoth({2, 3, 4}, {1}), 0);     // no row trains on it
  EXPECT_EQ(rows.NumInBoth({2}, {0, 1}), 0);        // or asks for it
}

TEST(ImageRows, WhatMakesNoRowsIsRefused) {
  const auto refusal = [](const ImagesSpec& spec, const LabelledImages& images) {
    auto rows = ImageRows::Create(spec, 3, images);
    if (!rows.ok()) return std::string(rows.status().message());
    return std::string(rows->RowAt(Part::kTrain, 0).status().message());
  };
  ImagesSpec all = Spec();
  all.training_images = 3;
  EXPECT_THAT(refusal(all, Numbered({"a", "b", "c"})),
              HasSubstr("of 3 images none is in part \"validation\""));
  ImagesSpec wide = Spec();
  wide.patch_width = 3;
  EXPECT_THAT(refusal(wide, Numbered({"a", "b", "c"})), HasSubstr("patches of 3 x 2"));
  EXPECT_THAT(refusal(Spec(), Numbered({"a\u2581", "b", "c"})), HasSubstr("U+2581"));
  ImagesSpec strips = Spec();
  strips.images_per_row = 20;  // some are of either image
  strips.train_rows = strips.validation_rows = 1;
  LabelledImages heights = Numbered({"a", "b", "c"});
  heights.images[0].image = {1, 4, 1, {1, 2, 3, 4}};
  EXPECT_THAT(refusal(strips, heights), HasSubstr("do not stand side by side"));
}

}  // namespace
}  // namespace bench::harness::images
