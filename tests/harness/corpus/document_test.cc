#include "harness/corpus/document.h"

#include <gtest/gtest.h>

namespace bench::corpus {
namespace {

TEST(Document, IdIsRelativePathAndRecordNumber) {
  EXPECT_EQ(DocumentId("man/man2/open.2.gz", 1), "man/man2/open.2.gz#1");
}

TEST(Document, ContentDigestSeesTheTextOnly) {
  const Document a{"a#1", "text", "manpages", "en"}, b{"b#7", "text", "other", "un"};
  EXPECT_EQ(ContentDigest(a), ContentDigest(b));
  EXPECT_NE(ContentDigest(a), ContentDigest({"a#1", "text ", "manpages", "en"}));
}

TEST(Document, IdDigestSeparatesSourceFromId) {
  const Document a{"b#1", "text", "a", "en"}, b{"#1", "text", "ab", "en"};
  EXPECT_NE(IdDigest(a), IdDigest(b));
  EXPECT_EQ(IdDigest(a), IdDigest({"b#1", "another text", "a", "un"}));
}

}  // namespace
}  // namespace bench::corpus
