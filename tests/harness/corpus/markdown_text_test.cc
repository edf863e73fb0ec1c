#include "harness/corpus/markdown_text.h"

#include <gtest/gtest.h>

namespace bench::corpus {
namespace {

TEST(MarkdownToText, MarkupGoesAndBlocksStay) {
  EXPECT_EQ(*MarkdownToText("# Title\n\nSome *emphasis* and a [link](http://x.org),\nwrapped.\n\n"
                            "- one\n- two\n\n```c\nint  x;\n```\n"),
            "Title\n\nSome emphasis and a link, wrapped.\n\none\ntwo\n\nint  x;\n");
}

TEST(MarkdownToText, RawHtmlIsHtml) {
  EXPECT_EQ(*MarkdownToText("<script>bad()</script>\n\ntext <b>x</b>"), "text x");
}

TEST(MarkdownToText, FrontMatterIsDropped) {
  EXPECT_EQ(*MarkdownToText("---\ntitle: x\n---\nBody"), "Body");
  EXPECT_EQ(*MarkdownToText("text\n\n---\n\nmore"), "text\n\nmore");
}

}  // namespace
}  // namespace bench::corpus
