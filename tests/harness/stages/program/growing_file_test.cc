#include "harness/stages/program/growing_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "base/status.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class GrowingFileTest : public testing::Test {
 protected:
  void Append(const std::string& text) { std::ofstream(path_, std::ios::app) << text; }

  const TempFolder folder_;
  const std::string path_ = folder_ / "lines";
  std::vector<std::string> lines_;
  GrowingFile file_{path_, [this](const StreamLine& line) {
                      lines_.emplace_back(line.text);
                      return line.text == "bad" ? DataError("is bad") : absl::OkStatus();
                    }};
};

TEST_F(GrowingFileTest, GivesWholeLinesAsTheyCome) {
  EXPECT_TRUE(file_.Follow().ok());  // not there yet
  Append("one\ntw");
  EXPECT_TRUE(file_.Follow().ok());
  EXPECT_THAT(lines_, ElementsAre("one"));
  Append("o\nthree");
  EXPECT_TRUE(file_.Follow().ok());
  EXPECT_THAT(lines_, ElementsAre("one", "two"));
  EXPECT_TRUE(file_.End().ok());
  EXPECT_THAT(lines_, ElementsAre("one", "two", "three"));
}

TEST_F(GrowingFileTest, NamesThePlaceOfAnError) {
  Append("one\n\nbad\n");
  EXPECT_EQ(file_.Follow().message(), path_ + ":3: is bad");
}

TEST_F(GrowingFileTest, IsAnErrorWhenItShrinks) {
  Append("one\ntwo\n");
  EXPECT_TRUE(file_.Follow().ok());
  std::filesystem::resize_file(path_, 4);
  EXPECT_THAT(file_.Follow().message(), HasSubstr("was 8 bytes long and is 4 now"));
}

TEST_F(GrowingFileTest, ThatNeverCameIsAnErrorAtTheEnd) {
  const absl::Status status = file_.End();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData);
  EXPECT_THAT(status.message(), HasSubstr("the program left no such file"));
}

}  // namespace
}  // namespace bench::harness
