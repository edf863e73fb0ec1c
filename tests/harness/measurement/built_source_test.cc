#include "harness/measurement/built_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bench::harness {
namespace {

using ::testing::HasSubstr;

// That a compiler makes the same bytes of it again is in tests/commands/embedded_source_test.py.
TEST(EmbeddedSourceCode, AnyBytesAreALiteralOfTheirLength) {
  BuiltSource source;
  // A trigraph, quotes, a line's end before a digit, a zero byte, and a byte that is no UTF-8.
  source.state.diff = std::string(
      "?"
      "?/\"\\\n7\0\xFF",
      9);
  // By hand, in octal: ? is 77, \" is 42, \ is 134, the line's end 12, 0xFF is 377.
  EXPECT_THAT(EmbeddedSourceCode(source), HasSubstr(".diff = std::string(\""
                                                    "\\077\\077/\\042\\134\\012\"\n"
                                                    "      \"7\\000\\377\", 9)"));
}

TEST(EmbeddedSourceCode, WhatIsAbsentStaysAbsent) {
  const std::string code = EmbeddedSourceCode({});
  for (const char* field : {".commit", ".dirty", ".diff", ".untracked"}) {
    EXPECT_THAT(code, HasSubstr(std::string(field) + " = std::nullopt"));
  }
  BuiltSource source;
  source.state = {.commit = "abc", .dirty = false, .diff = "", .untracked = ""};
  source.changed_in_build = true;
  const std::string known = EmbeddedSourceCode(source);
  EXPECT_THAT(known, HasSubstr(".commit = std::string(\"abc\", 3)"));
  EXPECT_THAT(known, HasSubstr(".dirty = false"));
  EXPECT_THAT(known, HasSubstr(".diff = std::string(\"\", 0)"));
  EXPECT_THAT(known, HasSubstr("true};"));
}

}  // namespace
}  // namespace bench::harness
