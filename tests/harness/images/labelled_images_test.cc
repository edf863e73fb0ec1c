#include "harness/images/labelled_images.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "tests/support/temp_folder.h"

namespace bench::harness::images {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

void Write(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string GoldenPng(const std::string& name) {
  return *ReadFile(absl::StrCat(BENCH_TEST_DATA, "/harness/images/golden/", name));
}

std::string Refusal(const std::string& path, const ImagesSpec& spec = {}) {
  const auto images = ReadLabelledImages(path, spec);
  return images.ok() ? "" : std::string(images.status().message());
}

ImagesSpec Table(int64_t width, int64_t height, int64_t white) {
  ImagesSpec spec;
  spec.table.width = width;
  spec.table.height = height;
  spec.table.white = white;
  return spec;
}

class FolderOfImages : public ::testing::Test {
 protected:
  FolderOfImages() {
    std::filesystem::create_directory(folder_ / "more");
    Write(folder_ / "grey.png", GoldenPng("grey.png"));
    Write(folder_ / "more/rgb.png", GoldenPng("rgb.png"));
  }
  void Records(const std::string& lines) { Write(folder_ / kRecordsFile, lines); }

  TempFolder folder_;
};

TEST_F(FolderOfImages, IsReadInTheOrderOfItsRecords) {
  Records(
      "{\"image\": \"more/rgb.png\", \"text\": \"\\u8bfb it\", \"source\": [1]}\n\n"
      "{\"image\": \"grey.png\", \"text\": \"7\"}\r\n");
  ImagesSpec spec;
  spec.colour = ImageColour::kRgb;
  const auto read = ReadLabelledImages(folder_.path(), spec);
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->images.size(), 2U);
  EXPECT_EQ(read->white, 255);
  EXPECT_EQ(read->images[0].text, "读 it");
  EXPECT_EQ(read->images[0].image.channels, 3);
  EXPECT_EQ(read->images[0].image.width, 7);
  EXPECT_EQ(read->images[1].text, "7");
  const auto grey = ReadLabelledImages(folder_.path(), {});
  ASSERT_TRUE(grey.ok()) << grey.status();
  EXPECT_EQ(grey->images[0].image.channels, 1);
}

TEST_F(FolderOfImages, RecordsThatAreNoneAreRefusedByLine) {
  const std::string good = "{\"image\": \"grey.png\", \"text\": \"7\"}\n";
  const std::pair<const char*, const char*> cases[] = {
      {"{\"image\": \"grey.png\"}", "images.jsonl:2: no key \"text\""},
      {"{\"text\": \"7\"}", "images.jsonl:2: no key \"image\""},
      {"{\"image\": \"grey.png\", \"text\": 7}", "images.jsonl:2: \"text\" is number"},
      {"{\"image\": \"grey.png\", \"text\": \"\"}", "images.jsonl:2: the text is empty"},
      {"{\"image\": \"gray.png\", \"text\": \"7\"}",
       "images.jsonl:2: image \"gray.png\" is missing"},
      {"{\"image\": \"../grey.png\", \"text\": \"7\"}", "lies outside the folder"},
      {"{\"image\": \"more/../../a.png\", \"text\": \"7\"}", "lies outside the folder"},
      {"{\"image\": \"/grey.png\", \"text\": \"7\"}", "lies outside the folder"},
      {"{\"image\": \".\", \"text\": \"7\"}", "images.jsonl:2: image \".\" is no file in "},
      {"{\"image\": \"more\", \"text\": \"7\"}", "images.jsonl:2: image \"more\" is no file in "},
      {"{\"image\": \"images.jsonl\", \"text\": \"7\"}", "images.jsonl: cannot be read as PNG"},
      {"[1]", "images.jsonl:2: "},
      {"{", "images.jsonl:2: "}};
  for (const auto& [line, message] : cases) {
    Records(good + line + "\n");
    const absl::Status status = ReadLabelledImages(folder_.path(), {}).status();
    EXPECT_THAT(std::string(status.message()), HasSubstr(message)) << line;
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData) << line;
  }
  Records("\n");
  EXPECT_THAT(Refusal(folder_.path()), HasSubstr("has no images"));
}

// What lies behind a link may change while the folder's digest stays (harness/model_io).
TEST_F(FolderOfImages, LinksAreRefusedWhereverTheyAreOnThePath) {
  const TempFolder elsewhere;
  Write(elsewhere / "7.png", GoldenPng("grey.png"));
  std::filesystem::create_symlink(elsewhere / "7.png", folder_ / "7.png");
  std::filesystem::create_directory_symlink(elsewhere.path(), folder_ / "linked");
  for (const auto& [file, link] :
       {std::pair{"7.png", "/7.png"}, std::pair{"linked/7.png", "/linked"},
        std::pair{"more/../linked/7.png", "/linked"}}) {
    Records(absl::StrCat("{\"image\": \"", file, "\", \"text\": \"7\"}\n"));
    const absl::Status status = ReadLabelledImages(folder_.path(), {}).status();
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("images.jsonl:1: ")) << file;
    EXPECT_THAT(std::string(status.message()),
                HasSubstr(absl::StrCat(link, " is a link, whose content is in no digest")));
  }
}

TEST_F(FolderOfImages, RecordsBehindALinkAreRefused) {
  const TempFolder elsewhere;
  Write(elsewhere / "records", "{\"image\": \"grey.png\", \"text\": \"7\"}\n");
  std::filesystem::create_symlink(elsewhere / "records", folder_ / kRecordsFile);
  EXPECT_THAT(Refusal(folder_.path()), HasSubstr("images.jsonl is a link"));
}

// A folder that is itself named by a link is read: its files are in the digest.
TEST_F(FolderOfImages, MayBeNamedByALink) {
  Records("{\"image\": \"grey.png\", \"text\": \"7\"}\n");
  const TempFolder elsewhere;
  std::filesystem::create_directory_symlink(folder_.path(), elsewhere / "images");
  const auto read = ReadLabelledImages(elsewhere / "images", {});
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->images.size(), 1U);
}

TEST_F(FolderOfImages, WithoutRecordsIsRefused) {
  EXPECT_THAT(Refusal(folder_.path()), HasSubstr("no images.jsonl there, and 2 files"));
}

TEST(PixelTable, IsReadWithTheTextAtEitherEnd) {
  const TempFolder folder;
  Write(folder / "a.csv", "0,1,2,3,4,16,seven\r\n\n6,5,4,3,2,1,8");
  const auto last = ReadLabelledImages(folder / "a.csv", Table(3, 2, 16));
  ASSERT_TRUE(last.ok()) << last.status();
  EXPECT_EQ(last->white, 16);
  ASSERT_EQ(last->images.size(), 2U);
  EXPECT_EQ(last->images[0].text, "seven");
  EXPECT_EQ(last->images[0].image.width, 3);
  EXPECT_EQ(last->images[0].image.height, 2);
  EXPECT_THAT(last->images[0].image.values, ElementsAre(0, 1, 2, 3, 4, 16));
  EXPECT_EQ(last->images[1].text, "8");

  const TempFolder other;  // the one file of a folder
  Write(other / "b.csv", "9,255,0\n");
  ImagesSpec spec = Table(2, 1, 255);
  spec.table.label = LabelPlace::kFirst;
  const auto first = ReadLabelledImages(other.path(), spec);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->images[0].text, "9");
  EXPECT_THAT(first->images[0].image.values, ElementsAre(255, 0));
}

TEST(PixelTable, LinesThatDoNotFitAreRefused) {
  const TempFolder folder;
  const std::string path = folder / "a.csv";
  const std::pair<const char*, const char*> cases[] = {
      {"1,2,a\n1,a\n", "a.csv:2: 2 cells instead of 2 x 1 pixel values and a text"},
      {"1,2,3,a\n", "a.csv:1: 4 cells"},
      {"1,17,a\n", "\"17\" is no pixel value from 0 to images.table.white 16"},
      {"1,-1,a\n", "\"-1\" is no pixel value"},
      {"1,2.5,a\n", "\"2.5\" is no pixel value"},
      {"1,,a\n", "\"\" is no pixel value"},
      {"1,2,\n", "the text is empty"},
      {"1,2,\xFF\n", "is not UTF-8"},
      {"", "has no images"}};
  for (const auto& [text, message] : cases) {
    Write(path, text);
    EXPECT_THAT(Refusal(path, Table(2, 1, 16)), HasSubstr(message)) << text;
  }
  Write(path, "1,2,a\n");
  ImagesSpec colours = Table(2, 1, 16);
  colours.colour = ImageColour::kRgb;
  EXPECT_THAT(Refusal(path, colours), HasSubstr("one value a pixel"));
  EXPECT_NE(Refusal(folder / "none.csv", Table(2, 1, 16)), "");
}

}  // namespace
}  // namespace bench::harness::images
