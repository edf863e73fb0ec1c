#include "harness/corpus/suffix_merge.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <map>
#include <set>

#include "base/file.h"
#include "harness/corpus/substring_dedup.h"
#include "tests/support/temp_folder.h"

namespace bench::corpus {
namespace {

TEST(VisitRepeatedWindows, GroupsThePlacesOfEachWindowAcrossBlocks) {
  const TempFolder folder;
  const SubstringFiles files{folder.path(), 1};
  SuffixBlockWriter writer(files, 0, 3, 8);  // blocks of 8 bytes
  const std::vector<std::string> texts = {"xabcy", "zabc", "abcq"};
  for (const std::string& text : texts) ASSERT_TRUE(writer.Add({"", text, "s", "en"}).ok());
  ASSERT_TRUE(writer.Finish().ok());
  std::map<uint64_t, std::set<std::pair<Digest128, uint64_t>>> groups;
  ASSERT_TRUE(VisitRepeatedWindows({files.BlockPath(0, 0), files.BlockPath(0, 1)}, 3,
                                   [&](const WindowPlace& place) {
                                     groups[place.group].insert({place.document, place.offset});
                                     return absl::OkStatus();
                                   })
                  .ok());
  // "abc" alone is in more than one place.
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_EQ(groups.begin()->second,
            (std::set<std::pair<Digest128, uint64_t>>{
                {DigestOf(texts[0]), 1}, {DigestOf(texts[1]), 1}, {DigestOf(texts[2]), 0}}));
}

TEST(VisitRepeatedWindows, MergesMoreBlocksThanFilesMayBeOpen) {
  const TempFolder folder;
  const SubstringFiles files{folder.path(), 1};
  constexpr int kNumBlocks = 200;
  SuffixBlockWriter writer(files, 0, 3, 1);  // each document is a block
  std::vector<std::string> blocks;
  for (int i = 0; i < kNumBlocks; ++i) {
    ASSERT_TRUE(writer.Add({"", "abc" + std::to_string(i), "s", "en"}).ok());
    blocks.push_back(files.BlockPath(0, i));
  }
  ASSERT_TRUE(writer.Finish().ok());
  const auto merge = [&] {
    const rlimit limit = {32, 32};
    int num_places = 0;
    const bool merged = ::setrlimit(RLIMIT_NOFILE, &limit) == 0 &&
                        VisitRepeatedWindows(blocks, 3, [&](const WindowPlace& place) {
                          num_places += place.offset == 0;
                          return absl::OkStatus();
                        }).ok();
    std::_Exit(merged && num_places == kNumBlocks ? 0 : 1);
  };
  EXPECT_EXIT(merge(), testing::ExitedWithCode(0), "");
}

TEST(VisitRepeatedWindows, ATextShorterThanItsSuffixesIsAnError) {
  const TempFolder folder;
  const SubstringFiles files{folder.path(), 1};
  SuffixBlockWriter writer(files, 0, 3, 100);
  ASSERT_TRUE(writer.Add({"", "abcdefgh", "s", "en"}).ok());
  ASSERT_TRUE(writer.Finish().ok());
  ASSERT_TRUE(PublishFile(files.BlockPath(0, 0), "abcd").ok());
  const absl::Status status = VisitRepeatedWindows(
      {files.BlockPath(0, 0)}, 3, [](const WindowPlace&) { return absl::OkStatus(); });
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData);
}

}  // namespace
}  // namespace bench::corpus
