#include "harness/images/image.h"

#include <gmock/gmock.h>

#include <numeric>
#include <string>

namespace bench::harness::images {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Values 1, 2, 3, ... from top left.
Image Counted(int64_t width, int64_t height, int64_t channels = 1) {
  Image image{width, height, channels, {}};
  image.values.resize(static_cast<size_t>(width * height * channels));
  std::iota(image.values.begin(), image.values.end(), uint8_t{1});
  return image;
}

// 1 2 3
// 4 5 6
TEST(Image, MovesWithinItsFrame) {
  const Image image = Counted(3, 2);
  EXPECT_EQ(Shifted(image, {}), image);
  EXPECT_THAT(Shifted(image, {.right = 1}).values, ElementsAre(0, 1, 2, 0, 4, 5));
  EXPECT_THAT(Shifted(image, {.right = -2}).values, ElementsAre(3, 0, 0, 6, 0, 0));
  EXPECT_THAT(Shifted(image, {.down = 1}).values, ElementsAre(0, 0, 0, 1, 2, 3));
  EXPECT_THAT(Shifted(image, {.down = -1}).values, ElementsAre(4, 5, 6, 0, 0, 0));
  EXPECT_THAT(Shifted(image, {.right = -1, .down = 1}).values, ElementsAre(0, 0, 0, 2, 3, 0));
  EXPECT_THAT(Shifted(image, {.right = 3}).values, ElementsAre(0, 0, 0, 0, 0, 0));
  EXPECT_THAT(Shifted(image, {.down = -5}).values, ElementsAre(0, 0, 0, 0, 0, 0));
}

TEST(Image, MovesWholePixels) {
  EXPECT_THAT(Shifted(Counted(2, 1, 3), {.right = 1}).values, ElementsAre(0, 0, 0, 1, 2, 3));
}

TEST(Image, StandsBesideOthersLineByLine) {
  const std::vector<Image> images = {Counted(2, 2), Counted(1, 2)};
  const auto strip = SideBySide(images);
  ASSERT_TRUE(strip.ok()) << strip.status();
  EXPECT_EQ(strip->width, 3);
  EXPECT_EQ(strip->height, 2);
  EXPECT_THAT(strip->values, ElementsAre(1, 2, 1, 3, 4, 2));
}

TEST(Image, OfAnotherHeightOrOtherChannelsDoesNotStandBeside) {
  const std::vector<Image> heights = {Counted(2, 2), Counted(2, 3)};
  EXPECT_THAT(std::string(SideBySide(heights).status().message()), HasSubstr("side by side"));
  const std::vector<Image> channels = {Counted(2, 2), Counted(2, 2, 3)};
  EXPECT_FALSE(SideBySide(channels).ok());
}

// 1 2 3 4
// 5 6 7 8, in patches of 2 x 1 and of 2 x 2
TEST(Image, IsCutIntoPatchesRowByRow) {
  EXPECT_THAT(*Patches(Counted(4, 2), 2, 1), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  EXPECT_THAT(*Patches(Counted(4, 2), 2, 2), ElementsAre(1, 2, 5, 6, 3, 4, 7, 8));
  EXPECT_THAT(*Patches(Counted(2, 2, 3), 1, 2), ElementsAre(1, 2, 3, 7, 8, 9, 4, 5, 6, 10, 11, 12));
}

TEST(Image, ThatPatchesDoNotDivideIsRefused) {
  EXPECT_THAT(std::string(Patches(Counted(4, 3), 2, 2).status().message()),
              HasSubstr("an image of 4 x 3 pixels is not cut into patches of 2 x 2"));
  EXPECT_FALSE(Patches(Counted(3, 2), 2, 2).ok());
}

}  // namespace
}  // namespace bench::harness::images
