#include "harness/data/statement_space.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;

StatementSpace Space() { return {{1}, {{4, 3}, {7, 2}}, {5, 0}, {1, 2}}; }

TEST(StatementSpace, IsReadAsItWasWritten) {
  const TempFolder folder;
  EXPECT_EQ(Space().num_statements(), 6);
  ASSERT_TRUE(WriteStatementSpace(Space(), folder.path()).ok());
  const auto read = ReadStatementSpace(folder.path());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, Space());
}

TEST(StatementSpace, IsNotLookedForWhereRowsAreNoStatements) {
  const TempFolder folder;
  EXPECT_THAT(std::string(ReadStatementSpace(folder.path()).status().message()),
              HasSubstr("statements.json is missing: the rows are no statements"));
}

TEST(StatementSpace, RefusesWhatIsNone) {
  const TempFolder folder;
  const std::string path = folder / "statements.json";
  const auto refusal = [&](absl::string_view members) {
    EXPECT_TRUE(PublishFile(path, std::string(absl::StrCat("{\"format\": \"bench-statements\", "
                                                           "\"format_version\": 1, ",
                                                           members, "}")))
                    .ok());
    return std::string(ReadStatementSpace(folder.path()).status().message());
  };
  const absl::string_view places = "\"begin\": [1], \"places\": [[4, 3], [7, 2]], ";
  EXPECT_EQ(refusal(absl::StrCat(places, "\"true\": [5, 0], \"exposures\": [1, 2]")), "");
  EXPECT_THAT(refusal(absl::StrCat(places, "\"true\": [6, 0], \"exposures\": [1, 2]")),
              HasSubstr("item 0 of \"true\" is no whole number below 6"));
  EXPECT_THAT(refusal(absl::StrCat(places, "\"true\": [0, -1], \"exposures\": [1, 2]")),
              HasSubstr("item 1 of \"true\" is no whole number"));
  EXPECT_THAT(refusal(absl::StrCat(places, "\"true\": [0, 0], \"exposures\": [1, 2]")),
              HasSubstr("one of them twice"));
  EXPECT_THAT(refusal(absl::StrCat(places, "\"true\": [0, 5], \"exposures\": [1]")),
              HasSubstr("other exposures"));
  EXPECT_THAT(refusal(absl::StrCat(places, "\"true\": [0, 5]")), HasSubstr("no key \"exposures\""));
  EXPECT_THAT(refusal("\"begin\": [1], \"places\": [[4]], \"true\": [0], \"exposures\": [1]"),
              HasSubstr("a place is no [first, count]"));
  EXPECT_THAT(refusal("\"begin\": [1], \"places\": [], \"true\": [0], \"exposures\": [1]"),
              HasSubstr("\"places\" are none"));
  EXPECT_THAT(refusal("\"begin\": [1], \"places\": [[0, 1024], [0, 1025]], \"true\": [0], "
                      "\"exposures\": [1]"),
              HasSubstr("more than 1048576 statements"));
  ASSERT_TRUE(PublishFile(path, "{\"format\": \"other\"}").ok());
  EXPECT_THAT(std::string(ReadStatementSpace(folder.path()).status().message()),
              HasSubstr("not a space of statements"));
}

// 2^10 x 2^10 = kMostStatements.
TEST(StatementSpace, CanBeEnumeratedUpToAMillion) {
  EXPECT_TRUE(CanBeEnumerated({{0, 1024}, {0, 1024}}));
  EXPECT_FALSE(CanBeEnumerated({{0, 1024}, {0, 1025}}));
  EXPECT_FALSE(CanBeEnumerated({{0, int64_t{1} << 40}, {0, int64_t{1} << 40}}));
  EXPECT_FALSE(CanBeEnumerated({}));
}

}  // namespace
}  // namespace bench::harness
