#include "harness/corpus/repeated_windows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "harness/corpus/window_anchors.h"
#include "harness/determinism/random.h"
#include "tests/harness/corpus/live_bytes.h"
#include "tests/support/temp_folder.h"

namespace bench::corpus {
namespace {

constexpr int64_t kAmple = int64_t{1} << 20;

PassageSource Source() { return {"work/found-3-of-8", "work"}; }

// Of each document and shard, by byte: 1 removed, 2 kept, 3 both.
using Marks = std::map<std::pair<std::string, uint32_t>, std::vector<int>>;

struct Found {
  Marks marks;
  int64_t num_spills = 0;
};

// Passages of texts, text i in the shards i % 3 and, of the first two, in shard 5 too.
std::vector<Passage> PassagesOf(const std::vector<std::string>& texts, int64_t min_bytes) {
  std::vector<Passage> passages;
  for (size_t i = 0; i < texts.size(); ++i) {
    std::vector<uint32_t> shards = {static_cast<uint32_t>(i % 3)};
    if (i < 2) shards.push_back(5);
    for (const uint32_t shard : shards) {
      EXPECT_TRUE(
          VisitAnchors(texts[i], min_bytes, [&](const WindowAnchor& anchor) {
            const uint64_t num_begins = anchor.end - anchor.begin;
            passages.push_back(
                {anchor.hash, DigestOf(texts[i]), anchor.begin, shard,
                 static_cast<uint32_t>(num_begins), 0, 0,
                 texts[i].substr(anchor.begin, num_begins - 1 + static_cast<size_t>(min_bytes))});
            return absl::OkStatus();
          }).ok());
    }
  }
  std::sort(passages.begin(), passages.end(), [](const Passage& a, const Passage& b) {
    return std::tie(a.anchor, a.document, a.begin, a.shard) <
           std::tie(b.anchor, b.document, b.begin, b.shard);
  });
  return passages;
}

Found Find(const std::vector<std::string>& texts, int64_t min_bytes, int64_t budget_bytes) {
  const TempFolder folder;
  std::map<Digest128, std::string> by_digest;
  for (const std::string& text : texts) by_digest[DigestOf(text)] = text;
  Found found;
  RepeatedWindows windows(Source(), folder / "spilled", min_bytes, budget_bytes,
                          [&](uint32_t shard, const WindowRun& run) {
                            const std::string& text = by_digest.at(run.document);
                            auto& marks = found.marks[{text, shard}];
                            marks.resize(text.size());
                            EXPECT_LE(run.end, text.size());
                            for (size_t i = run.begin; i < run.end; ++i) {
                              marks.at(i) |= run.kept != 0 ? 2 : 1;
                            }
                            return absl::OkStatus();
                          });
  for (const Passage& passage : PassagesOf(texts, min_bytes)) {
    EXPECT_TRUE(windows.Add(passage).ok());
  }
  EXPECT_TRUE(windows.Finish().ok());
  EXPECT_FALSE(Exists(folder / "spilled"));
  found.num_spills = windows.num_spills();
  return found;
}

// The definition: all windows in a map.
Marks Naive(const std::vector<std::string>& texts, size_t min_bytes) {
  std::map<std::string, std::vector<std::tuple<Digest128, size_t, size_t>>> places;
  for (size_t t = 0; t < texts.size(); ++t) {
    for (size_t i = 0; i + min_bytes <= texts[t].size(); ++i) {
      if (!IsContinuation(texts[t][i])) {
        places[texts[t].substr(i, min_bytes)].emplace_back(DigestOf(texts[t]), i, t);
      }
    }
  }
  Marks marks;
  for (auto& [window, at] : places) {
    if (at.size() < 2) continue;
    std::sort(at.begin(), at.end());
    for (size_t k = 0; k < at.size(); ++k) {
      const auto [digest, offset, t] = at[k];
      std::vector<uint32_t> shards = {static_cast<uint32_t>(t % 3)};
      if (t < 2) shards.push_back(5);
      for (const uint32_t shard : shards) {
        auto& of_text = marks[{texts[t], shard}];
        of_text.resize(texts[t].size());
        for (size_t i = offset; i < offset + min_bytes; ++i) of_text[i] |= k == 0 ? 2 : 1;
      }
    }
  }
  return marks;
}

TEST(RepeatedWindows, AreThoseOfTheDefinitionWhateverTheBudget) {
  harness::Random random(4);
  for (int round = 0; round < 10; ++round) {
    std::vector<std::string> texts(9);
    for (std::string& text : texts) {
      for (uint64_t i = 0; i < 30 + random.Below(40); ++i) {
        text += random.Below(8) == 0 ? "中" : random.Below(2) == 0 ? "a" : "b";
      }
    }
    const Marks expected = Naive(texts, 8);
    ASSERT_GT(expected.size(), 5u);
    const Found ample = Find(texts, 8, kAmple);
    EXPECT_EQ(ample.marks, expected);
    EXPECT_EQ(ample.num_spills, 0);
    for (const int64_t windows_in_table : {1, 3}) {
      const Found few = Find(texts, 8, int64_t{2} * 168 * windows_in_table);
      EXPECT_EQ(few.marks, expected) << windows_in_table;
      EXPECT_GT(few.num_spills, 0);
    }
  }
}

TEST(RepeatedWindows, TextThatRepeatsItselfKeepsItsFirstWindows) {
  // "abcabcabcab" with windows of 4 bytes that begin with "abc", the first of which are given and
  // which two repeats follow, 3 bytes apart.
  const TempFolder folder;
  std::vector<WindowRun> runs;
  RepeatedWindows windows(Source(), folder / "spilled", 4, kAmple,
                          [&](uint32_t, const WindowRun& run) {
                            runs.push_back(run);
                            return absl::OkStatus();
                          });
  ASSERT_TRUE(windows.Add({1, {2, 2}, 0, 0, 3, 3, 2, "abcabc"}).ok());
  // Elsewhere all of it is removed: the same bytes, and their repeat.
  ASSERT_TRUE(windows.Add({1, {3, 3}, 10, 0, 3, 3, 1, "abcabc"}).ok());
  ASSERT_TRUE(windows.Finish().ok());
  const std::vector<WindowRun> expected = {
      {{2, 2}, 3, 12, 0}, {{3, 3}, 10, 16, 0}, {{3, 3}, 13, 19, 0}, {{2, 2}, 0, 6, 1}};
  EXPECT_EQ(runs, expected);
}

// Twenty times as many windows of one anchor as its table may hold: each stands in a document of
// the first half, and in one of the second.
TEST(RepeatedWindows, MemoryStaysWithinTheBudgetWhereAnAnchorHasMoreWindows) {
  constexpr int64_t kBudget = int64_t{1} << 20, kMinBytes = 200;
  constexpr uint32_t kBegins = 100;
  constexpr size_t kPassageBytes = kBegins - 1 + kMinBytes;
  constexpr size_t kHalf = 10 * kBudget / 168 / kBegins / 2;
  harness::Random random(5);
  std::vector<Passage> passages;
  for (size_t i = 0; i < 2 * kHalf; ++i) {
    Passage passage{1, {i, 0}, 0, 0, kBegins, 0, 0, {}};
    if (i >= kHalf) {
      passage.text = passages[i - kHalf].text;
    } else {
      for (size_t k = 0; k < kPassageBytes; ++k) {
        passage.text.push_back(static_cast<char>('a' + random.Below(26)));
      }
    }
    passages.push_back(passage);
  }
  std::vector<uint64_t> removed(2 * kHalf), kept(2 * kHalf);
  const TempFolder folder;
  int64_t num_spills = 0;
  const int64_t peak = PeakBytesOf([&]() -> absl::Status {
    RepeatedWindows windows(
        Source(), folder / "spilled", kMinBytes, kBudget, [&](uint32_t, const WindowRun& run) {
          auto& counts = run.kept != 0 ? kept : removed;
          counts[run.document.high] += run.end - run.begin - uint64_t{kMinBytes} + 1;
          return absl::OkStatus();
        });
    for (const Passage& passage : passages) BENCH_RETURN_IF_ERROR(windows.Add(passage));
    BENCH_RETURN_IF_ERROR(windows.Finish());
    num_spills = windows.num_spills();
    return absl::OkStatus();
  });
  EXPECT_GE(num_spills, 19);
  // A passage more in the table, and its runs.
  EXPECT_LT(peak, kBudget + (1 << 16));
  EXPECT_GT(peak, kBudget / 2);
  for (size_t i = 0; i < 2 * kHalf; ++i) {
    EXPECT_EQ(kept[i], i < kHalf ? kBegins : 0U) << i;
    EXPECT_EQ(removed[i], i < kHalf ? 0U : kBegins) << i;
  }
}

TEST(RepeatedWindows, APassageOfAnotherLengthIsRefused) {
  const TempFolder folder;
  RepeatedWindows windows(Source(), folder / "spilled", 4, kAmple,
                          [](uint32_t, const WindowRun&) { return absl::OkStatus(); });
  for (const Passage& passage :
       {Passage{1, {2, 2}, 0, 0, 3, 0, 0, "abcab"}, Passage{1, {2, 2}, 0, 0, 0, 0, 0, "abc"}}) {
    const absl::Status status = windows.Add(passage);
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kEnvironment);
    EXPECT_EQ(status.message(),
              "work/found-3-of-8: a passage has a wrong length; to begin the work anew, remove the "
              "folder work");
  }
}

}  // namespace
}  // namespace bench::corpus
