#include "harness/stages/clm/row_folder.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "base/status.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using testing::AllOf;
using testing::HasSubstr;

void MakeRows(const std::string& folder) {
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/rows.json") << "{}";
}

TEST(OwnRowFolder, IsTheFolderItselfOrTheArtifactOfARun) {
  const TempFolder folder;
  MakeRows(folder / "rows");
  EXPECT_EQ(*OwnRowFolder(folder / "rows"), folder / "rows");
  MakeRows(folder / "run/artifact/0123");
  std::filesystem::create_directories(folder / "run/artifact/other");
  EXPECT_EQ(*OwnRowFolder(folder / "run"), folder / "run/artifact/0123");
}

TEST(OwnRowFolder, NoneOrSeveralAreRefused) {
  const TempFolder folder;
  EXPECT_THAT(std::string(OwnRowFolder(folder.path()).status().message()),
              HasSubstr("has 0 data sets of rows"));
  EXPECT_THAT(std::string(OwnRowFolder(folder / "none").status().message()),
              HasSubstr("has 0 data sets of rows"));
  MakeRows(folder / "artifact/a");
  MakeRows(folder / "artifact/b");
  EXPECT_EQ(ExitCodeFor(OwnRowFolder(folder.path()).status()), ExitCode::kUsage);
  EXPECT_THAT(std::string(OwnRowFolder(folder.path()).status().message()),
              AllOf(HasSubstr("has 2 data sets of rows"),
                    HasSubstr("\"generated\", \"names\", \"images\", \"refusals\"")));
}

}  // namespace
}  // namespace bench::harness
