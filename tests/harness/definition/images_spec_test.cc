#include "harness/definition/images_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;

std::string Images(absl::string_view more, absl::string_view from = "source = \"digits\"\n") {
  return absl::StrCat("stage = \"images\"\n[images]\npatch_width = 4\npatch_height = 8\n", from,
                      more);
}

TEST(ImagesSpec, AVectorIsAPatchWithItsChannels) {
  const auto definition = Decode(Images("colour = \"rgb\"\n"));
  ASSERT_TRUE(definition.ok()) << definition.status();
  const auto& spec = std::get<ImagesSpec>(definition->stage);
  EXPECT_EQ(spec.vector_size(), 96);
  EXPECT_EQ(spec.images_per_row, 1);
  EXPECT_EQ(spec.table.white, 255);
}

TEST(ImagesSpec, NeedsExactlyOneOrigin) {
  EXPECT_THAT(Refusal(Images("", "")), HasSubstr("images.source: needs exactly one of"));
  EXPECT_THAT(Refusal(Images("", "source = \"digits\"\npath = \"mine\"\n")),
              HasSubstr("images.source: needs exactly one of"));
  EXPECT_EQ(Refusal(Images("", "path = \"mine\"\n")), "");
}

TEST(ImagesSpec, NeedsThePatches) {
  EXPECT_THAT(Refusal("stage = \"images\"\n[images]\nsource = \"digits\"\npatch_width = 4\n"),
              HasSubstr("patch_height"));
  EXPECT_THAT(Refusal(Images("[images.table]\nwhite = 256\n")), HasSubstr("images.table.white"));
}

TEST(ImagesSpec, StripsAreDrawn) {
  EXPECT_THAT(Refusal(Images("images_per_row = 4\ntrain_rows = 10\n")),
              HasSubstr("images.images_per_row: strips are drawn"));
  EXPECT_EQ(Refusal(Images("images_per_row = 4\ntrain_rows = 10\nvalidation_rows = 2\n")), "");
}

TEST(ImagesSpec, TheFirstImagesLeaveNothingToAHash) {
  EXPECT_THAT(Refusal(Images("training_images = 5\nheld_out_fraction = 0.2\n")),
              HasSubstr("images.held_out_fraction: has no use with training_images"));
  EXPECT_EQ(Refusal(Images("held_out_fraction = 0.2\n")), "");
}

TEST(ImagesSpec, BoundsTheValuesOfAPatch) {
  const absl::string_view large =
      "stage = \"images\"\n[images]\nsource = \"digits\"\npatch_width = 1024\npatch_height = ";
  EXPECT_EQ(Refusal(absl::StrCat(large, "1024\n")), "");
  EXPECT_THAT(Refusal(absl::StrCat(large, "1025\n")),
              HasSubstr("patches of 1024 x 1025 pixels have 1049600 values, more than 1048576"));
}

}  // namespace
}  // namespace bench::harness
