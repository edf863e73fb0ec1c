#include "results/hdf5_layout.h"

#include <gtest/gtest.h>

#include "results/metrics.h"

namespace bench::results::layout {
namespace {

TEST(LinkName, EveryNameIsReadBack) {
  for (const std::string name : {"plain", "a/b", "50%", "%2F", "", ".", "..", "繁體", "a:b", "%"}) {
    const std::string link = LinkName(name);
    EXPECT_EQ(FromLinkName(link), name);
    EXPECT_EQ(link.find('/'), std::string::npos) << name;
    EXPECT_FALSE(link.empty());
    EXPECT_NE(link, ".");
  }
}

TEST(LinkName, EscapesOnlyWhatItMust) {
  EXPECT_EQ(LinkName("evaluate/50%"), "evaluate%2F50%25");
  EXPECT_EQ(LinkName("zh_hant zh"), "zh_hant zh");
}

TEST(MetricLinkName, TheLabelFollowsAColon) {
  EXPECT_EQ(MetricLinkName(MetricInfo::Of({&kExactMatch, ""})), "exact_match");
  EXPECT_EQ(MetricLinkName(MetricInfo::Of({&kExactMatch, "a/b"})), "exact_match:a%2Fb");
}

TEST(EndOfFile, IsReadFromKnownSuperblocksOnly) {
  std::string superblock(48, '\0');
  superblock[8] = 3;
  superblock[9] = 8;
  superblock[28] = 0x39;
  superblock[29] = 0x30;
  EXPECT_EQ(EndOfFile(superblock), 12345u);  // 0x3039
  EXPECT_EQ(EndOfFile(superblock.substr(0, 35)), std::nullopt);
  superblock[8] = 0;
  EXPECT_EQ(EndOfFile(superblock), std::nullopt);
}

TEST(InfoOf, TimesAreTimes) {
  EXPECT_EQ(InfoOf(kHostTime).kind, MetricKind::kTime);
  EXPECT_FALSE(InfoOf(kHostTime).deterministic);
  EXPECT_EQ(InfoOf(kStep).kind, MetricKind::kCount);
}

TEST(IsMarkedAsOpenForWriting, IsTheFirstFlagOfAVersion3Superblock) {
  std::string bytes = "\x89HDF\r\n\x1a\n";  // the signature, 8 bytes
  bytes += std::string("\x03\x08\x08\x00", 4);
  EXPECT_FALSE(IsMarkedAsOpenForWriting(bytes));
  bytes[11] = 1;
  EXPECT_TRUE(IsMarkedAsOpenForWriting(bytes));
  bytes[11] = 5;  // also for one writer and readers
  EXPECT_TRUE(IsMarkedAsOpenForWriting(bytes));
  bytes[8] = 2;
  EXPECT_FALSE(IsMarkedAsOpenForWriting(bytes));
  EXPECT_FALSE(IsMarkedAsOpenForWriting(bytes.substr(0, 11)));
}

}  // namespace
}  // namespace bench::results::layout
