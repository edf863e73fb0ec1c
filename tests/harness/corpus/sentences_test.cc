#include "harness/corpus/sentences.h"

#include <gtest/gtest.h>

namespace bench::corpus {
namespace {

int64_t Count(std::string_view text) {
  Segmenter segmenter;
  const TextSpans& spans = segmenter.Segment(text);
  return CountSentences(spans, spans.lines.at(0));
}

TEST(Sentences, CountedByHand) {
  EXPECT_EQ(Count("One. Two! Three? Four"), 4);
  EXPECT_EQ(Count("no end"), 1);
  EXPECT_EQ(Count("He said \"Stop.\" Then (she left.) Done."), 3);
  EXPECT_EQ(Count("see e.g. the page, i.e. this one."), 1);
  EXPECT_EQ(Count("version 3.14 of example.com is out. Get it"), 2);
  EXPECT_EQ(Count("What?! Really... Yes."), 3);
  EXPECT_EQ(Count("..."), 0);
}

TEST(Sentences, FullWidthTerminalsNeedNoSpace) {
  EXPECT_EQ(Count("你好。我们走吧！好吗？"), 3);
  EXPECT_EQ(Count("他说：“走。”她笑了"), 2);
}

TEST(Sentences, TerminalsAreUnicodes) {
  Segmenter segmenter;
  const TextSpans& spans = segmenter.Segment(". ! ? 。 ！ ‼ ؟ , ； \" a");
  for (size_t i = 0; i < 7; ++i) EXPECT_TRUE(EndsInTerminal(spans.words[i])) << i;
  for (size_t i = 7; i < spans.words.size(); ++i) EXPECT_FALSE(EndsInTerminal(spans.words[i])) << i;
}

}  // namespace
}  // namespace bench::corpus
