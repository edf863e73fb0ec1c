#include "harness/corpus/window_anchors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include "base/status.h"
#include "harness/determinism/random.h"

namespace bench::corpus {
namespace {

std::vector<WindowAnchor> AnchorsOf(std::string_view text, int64_t min_bytes) {
  std::vector<WindowAnchor> anchors;
  EXPECT_TRUE(VisitAnchors(text, min_bytes, [&](const WindowAnchor& anchor) {
                anchors.push_back(anchor);
                return absl::OkStatus();
              }).ok());
  return anchors;
}

std::string Random(harness::Random& random, size_t size, std::string_view alphabet) {
  std::string text(size, ' ');
  for (char& c : text) c = alphabet[random.Below(alphabet.size())];
  return text;
}

TEST(VisitAnchors, EveryWindowHasOneAnchorAndEqualWindowsHaveEqualOnes) {
  harness::Random random(1);
  for (const int64_t min_bytes : {1, 2, 3, 8, 9, 40}) {
    std::map<std::string, uint64_t> hash_of_window;
    for (int round = 0; round < 20; ++round) {
      const std::string text = Random(random, 200, "ab");
      uint64_t covered = 0;
      for (const WindowAnchor& anchor : AnchorsOf(text, min_bytes)) {
        ASSERT_EQ(anchor.begin, covered);
        ASSERT_LT(anchor.begin, anchor.end);
        covered = anchor.end;
        for (uint64_t i = anchor.begin; i < anchor.end; ++i) {
          const std::string window = text.substr(i, static_cast<size_t>(min_bytes));
          EXPECT_EQ(hash_of_window.try_emplace(window, anchor.hash).first->second, anchor.hash);
        }
      }
      EXPECT_EQ(covered, text.size() - static_cast<size_t>(min_bytes) + 1);
    }
  }
}

// Passages are compared window by window at equal distances from their begins only by their bytes:
// what must hold is that equal windows are as far from the begin of the anchor. A text that stands
// in two others has the same anchors there, as far as windows lie within it.
TEST(VisitAnchors, AnchorsAreThoseOfTheBytesNotOfWhatIsAroundThem) {
  harness::Random random(2);
  const std::string letters = "abcdefghijklmnopqrstuvwxyz";
  const std::string shared = Random(random, 1000, letters);
  const std::string before = Random(random, 333, letters);
  const std::string text = before + shared + Random(random, 77, letters);
  const auto alone = AnchorsOf(shared, 200), within = AnchorsOf(text, 200);
  size_t num_found = 0;
  for (size_t i = 1; i + 1 < alone.size(); ++i) {
    const WindowAnchor moved = {alone[i].hash, alone[i].begin + 333, alone[i].end + 333};
    num_found += static_cast<size_t>(std::count(within.begin(), within.end(), moved));
  }
  EXPECT_GT(alone.size(), 5u);
  EXPECT_EQ(num_found, alone.size() - 2);
}

// Of w = 101 strings in a window the density of random minimizers is 2 / (w + 1); of 400,000 bytes
// 7,843. Distances between anchors are about uniform over 1 to w, sd 29: the number's is
// 7,843 x 29 / 51 / sqrt(7,843) = 50. Five of them on both sides.
TEST(VisitAnchors, AreFewAndSpreadOverAllPartitions) {
  harness::Random random(3);
  const auto anchors =
      AnchorsOf(Random(random, 400'000, "abcdefghijklmnopqrstuvwxyz"), /*min_bytes=*/200);
  EXPECT_NEAR(static_cast<double>(anchors.size()), 2 * 399'801 / 102.0, 250);
  std::array<int, 8> counts = {};
  for (const WindowAnchor& anchor : anchors) ++counts[anchor.hash >> 61];
  // 980 each, standard deviation 29.
  for (const int count : counts) EXPECT_NEAR(count, 980, 150);
}

TEST(VisitAnchors, TextThatRepeatsItselfHasOneAPeriod) {
  const auto anchors = AnchorsOf(std::string(1000, '-'), 200);
  ASSERT_EQ(anchors.size(), 801u);
  for (size_t i = 0; i < anchors.size(); ++i) {
    EXPECT_EQ(anchors[i], (WindowAnchor{anchors[0].hash, i, i + 1}));
  }
  std::string words;
  while (words.size() < 1000) words += "seven..";
  // 7 bytes apart, but for the first of them, which begins where the text does.
  const auto of_words = AnchorsOf(words, 200);
  for (size_t i = 1; i + 1 < of_words.size(); ++i) {
    EXPECT_EQ(of_words[i].end - of_words[i].begin, 7u);
  }
  EXPECT_NEAR(static_cast<double>(of_words.size()), 801 / 7.0, 2);
}

TEST(VisitAnchors, WindowsBeginAtCharacters) {
  const auto anchors = AnchorsOf("中x", 1);  // each byte is a window
  ASSERT_EQ(anchors.size(), 2u);
  EXPECT_EQ(anchors[0].begin, 0u);
  EXPECT_EQ(anchors[1].begin, 3u);
  EXPECT_TRUE(AnchorsOf("short", 6).empty());
  EXPECT_TRUE(AnchorsOf("", 1).empty());
  EXPECT_EQ(AnchorsOf("long enough", 11).size(), 1u);
}

TEST(VisitAnchors, EndsWithTheVisitorsError) {
  int num_visits = 0;
  const absl::Status status =
      VisitAnchors(std::string(100, 'a'), 20, [&](const WindowAnchor&) -> absl::Status {
        ++num_visits;
        return DataError("no");
      });
  EXPECT_EQ(status.message(), "no");
  EXPECT_EQ(num_visits, 1);
}

}  // namespace
}  // namespace bench::corpus
