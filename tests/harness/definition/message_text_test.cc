#include "harness/definition/message_text.h"

#include <gtest/gtest.h>

namespace bench::harness {
namespace {

TEST(Printable, EscapesControlsAndTerminalEscapesButKeepsChinese) {
  EXPECT_EQ(Printable("a\x1b[31m\n\x7f中文"), "a\\x1b[31m\\x0a\\x7f中文");
}

TEST(Printable, EscapesC1ControlsThatTerminalsObey) {
  // U+009B, the one-character form of ESC [, is C2 9B in UTF-8.
  EXPECT_EQ(Printable("\xc2\x9b"), "\xc2\\x9b");
}

TEST(Quoted, CutsLongTextAtACharacterBoundary) {
  const std::string a79(79, 'a');
  EXPECT_EQ(Quoted(a79 + "中"), "\"" + a79 + "...\"");
  EXPECT_EQ(Quoted(a79 + "b"), "\"" + a79 + "b\"");
}

TEST(NumberText, IsTheShortestFormThatReadsBack) {
  EXPECT_EQ(NumberText(0.1), "0.1");
  EXPECT_EQ(NumberText(1e-5), "1e-05");
  EXPECT_EQ(NumberText(1048576), "1048576");
}

}  // namespace
}  // namespace bench::harness
