#include "results/pages/html.h"

#include <gtest/gtest.h>

#include "tests/results/pages/well_formed.h"

namespace bench::results {
namespace {

TEST(Html, TextIsNoMarkup) {
  EXPECT_EQ(Html::Text("<script>alert('a & \"b\"')</script>").str(),
            "&lt;script&gt;alert(&#39;a &amp; &quot;b&quot;&#39;)&lt;/script&gt;");
}

TEST(Html, ControlCharactersAndOverridesAreShown) {
  EXPECT_EQ(Html::Text("a\x1B[2J\xE2\x80\xAE").str(), "a\\x1b[2J\\u{202e}");
}

// XML 1.0, production 2: U+FFFE and U+FFFF are no characters.
TEST(Html, BytesThatXmlDoesNotAllowAreReplaced) {
  EXPECT_EQ(Html::Text("\xEF\xBF\xBE|\xEF\xBF\xBF|\xFF").str(),
            "\xEF\xBF\xBD|\xEF\xBF\xBD|\xEF\xBF\xBD");
}

TEST(Html, LinesKeepTheirEnds) { EXPECT_EQ(Html::Lines("a<\n\n b").str(), "a&lt;\n\n b\n"); }

TEST(Element, AttributesAreQuotedAndEscaped) {
  EXPECT_EQ(Element("a", {{"title", "\" onclick=\"x"}}, Html::Text("t")).str(),
            "<a title=\"&quot; onclick=&quot;x\">t</a>");
}

TEST(Details, OfNothingIsNothing) {
  EXPECT_TRUE(Details("more", Html()).empty());
  EXPECT_EQ(Details("<", Html::Text("c")).str(), "<details><summary>&lt;</summary>c</details>");
}

// The reader that other tests use can refuse.
TEST(WhatIsMalformed, NamesEveryKindOfError) {
  EXPECT_EQ(WhatIsMalformed("<p class=\"a\">b &amp; c<br/></p>"), "");
  for (const char* wrong : {"<p>", "</p>", "<p><b></p></b>", "<p a=b></p>", "a & b", "&nbsp;"}) {
    EXPECT_NE(WhatIsMalformed(wrong), "") << wrong;
  }
}

}  // namespace
}  // namespace bench::results
