#include "harness/corpus/html_text.h"

#include <gtest/gtest.h>

namespace bench::corpus {
namespace {

TEST(HtmlToText, BlocksBecomeLinesAndWhiteSpaceCollapses) {
  EXPECT_EQ(*HtmlToText("<html><head><title>T</title></head><body><h1>Head  ing</h1>"
                        "<p>One <b>bold</b>\n word.</p><p>Two<br>lines</p>"
                        "<ul><li>a<li>b</ul><div>x</div><div>y</div></body></html>"),
            "Head ing\n\nOne bold word.\n\nTwo\nlines\n\na\nb\n\nx\ny");
}

TEST(HtmlToText, BoilerplateIsDropped) {
  EXPECT_EQ(*HtmlToText("<script>var x;</script><style>p{}</style><nav><a>Home</a></nav><p>Text"
                        "<span hidden>no</span><noscript>js</noscript></p><footer>(c)</footer>"
                        "<!-- comment --><template><p>t</p></template><button>Go</button>"),
            "Text");
}

TEST(HtmlToText, PreKeepsItsSpacesAndCellsAreSeparated) {
  EXPECT_EQ(
      *HtmlToText("<pre>a  b\n  c</pre><table><tr><td>1</td><td>2</td></tr><tr><td>3</table>"),
      "a  b\n  c\n\n1 2\n3");
}

TEST(HtmlToText, EntitiesAndBrokenMarkup) {
  EXPECT_EQ(*HtmlToText("<p>a &amp; b &lt;c&gt; &eacute; &#20013;<p>unclosed <i>tag"),
            "a & b <c> é 中\n\nunclosed tag");
  EXPECT_EQ(*HtmlToText(""), "");
  EXPECT_EQ(*HtmlToText("no markup"), "no markup");
}

TEST(HtmlToText, DeepNestingIsAnErrorAndNoCrash) {
  std::string deep, fair = "<p>";
  for (int i = 0; i < 1'000'000; ++i) deep += "<div>";
  EXPECT_EQ(HtmlToText(deep + "x").status().message(), "elements nested deeper than 20000");
  for (int i = 0; i < 20'000; ++i) fair += "<b>";
  EXPECT_EQ(*HtmlToText(fair + "x"), "x");
  std::string flat;  // many siblings are not deep
  for (int i = 0; i < 50'000; ++i) flat += "<p>a<br><i>b</i>";
  EXPECT_TRUE(HtmlToText(flat).ok());
}

TEST(HtmlToText, InvalidUtf8NamesTheByte) {
  EXPECT_EQ(HtmlToText("<p>\xFF").status().message(), "not valid UTF-8 at byte 3");
}

}  // namespace
}  // namespace bench::corpus
