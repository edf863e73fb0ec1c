#include "harness/corpus/quotations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bench::corpus {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Quotations, LinesOfAPercentSignSeparate) {
  EXPECT_THAT(Quotations("One.\n\t-- A\n%\nTwo,\nthree.\n%\n"),
              ElementsAre("One.\n\t-- A", "Two,\nthree."));
  EXPECT_THAT(Quotations("100 %\n% of all\n% \nlast"), ElementsAre("100 %\n% of all", "last"));
  EXPECT_THAT(Quotations("%\n\n%\n%"), IsEmpty());
}

TEST(Quotations, ColoursGo) {
  EXPECT_THAT(Quotations("\x1b[1;32m《春晓》\x1b[m\n春眠不觉晓\n"),
              ElementsAre("《春晓》\n春眠不觉晓"));
  EXPECT_THAT(Quotations("a\x1b[3"), ElementsAre("a"));      // cut short
  EXPECT_THAT(Quotations("a\x1bM"), ElementsAre("a\x1bM"));  // no such sequence
}

}  // namespace
}  // namespace bench::corpus
