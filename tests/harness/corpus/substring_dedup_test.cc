#include "harness/corpus/substring_dedup.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/determinism/random.h"
#include "tests/harness/corpus/live_bytes.h"
#include "tests/support/temp_folder.h"

namespace bench::corpus {
namespace {

struct JobShape {
  int num_shards = 1;
  int num_partitions = 1;
  int64_t budget_bytes = int64_t{1} << 22;
};

Document DocumentOf(const std::string& text) { return {"", text, "s", "en"}; }

template <typename Writer>
absl::Status WriteShard(absl::StatusOr<Writer> writer, const std::vector<std::string>& texts) {
  BENCH_RETURN_IF_ERROR(writer.status());
  for (const std::string& text : texts) BENCH_RETURN_IF_ERROR(writer->Add(DocumentOf(text)));
  return writer->Finish();
}

// All phases; each shard has its texts.
absl::Status RunPhases(const SubstringFiles& files,
                       const std::vector<std::vector<std::string>>& shards, int64_t min_bytes,
                       int64_t budget) {
  for (int shard = 0; shard < files.num_shards; ++shard) {
    BENCH_RETURN_IF_ERROR(WriteShard(AnchorWriter::Create(files, shard, min_bytes, budget),
                                     shards[static_cast<size_t>(shard)]));
  }
  for (int partition = 0; partition < files.num_partitions; ++partition) {
    BENCH_RETURN_IF_ERROR(MatchAnchors(files, partition, budget));
  }
  for (int shard = 0; shard < files.num_shards; ++shard) {
    BENCH_RETURN_IF_ERROR(WriteShard(PassageWriter::Create(files, shard, min_bytes, budget),
                                     shards[static_cast<size_t>(shard)]));
  }
  for (int partition = 0; partition < files.num_partitions; ++partition) {
    BENCH_RETURN_IF_ERROR(MatchPassages(files, partition, min_bytes, budget));
  }
  for (int shard = 0; shard < files.num_shards; ++shard) {
    BENCH_RETURN_IF_ERROR(CollectRemovedRanges(files, shard, budget));
  }
  return absl::OkStatus();
}

using KeptByText = std::map<std::string, std::string>;

// What each shard keeps of its texts.
std::vector<KeptByText> KeptByShards(const std::vector<std::vector<std::string>>& shards,
                                     int64_t min_bytes, const JobShape& shape) {
  const TempFolder folder;
  const SubstringFiles files{folder.path(), shape.num_shards, shape.num_partitions};
  const absl::Status status = RunPhases(files, shards, min_bytes, shape.budget_bytes);
  EXPECT_TRUE(status.ok()) << status;
  std::vector<KeptByText> kept;
  for (int shard = 0; shard < shape.num_shards; ++shard) {
    const auto removals = SubstringRemovals::Open(files, shard);
    EXPECT_TRUE(removals.ok()) << removals.status();
    KeptByText& of_shard = kept.emplace_back();
    for (const std::string& text : shards[static_cast<size_t>(shard)]) {
      of_shard[text] = removals->KeptText(DocumentOf(text));
    }
  }
  return kept;
}

KeptByText KeptTexts(const std::vector<std::string>& texts, int64_t min_bytes,
                     const JobShape& shape = {}) {
  std::vector<std::vector<std::string>> shards(static_cast<size_t>(shape.num_shards));
  for (size_t i = 0; i < texts.size(); ++i) shards[i % shards.size()].push_back(texts[i]);
  KeptByText kept;
  for (const KeptByText& of_shard : KeptByShards(shards, min_bytes, shape)) {
    kept.insert(of_shard.begin(), of_shard.end());
  }
  return kept;
}

bool IsCharacterStart(const std::string& text, size_t i) {
  return i == text.size() || (static_cast<uint8_t>(text[i]) & 0xC0) != 0x80;
}

// The definition, with every window in a map.
std::map<std::string, std::string> Naive(const std::vector<std::string>& texts, size_t min_bytes) {
  std::map<std::string, std::set<std::tuple<Digest128, size_t, std::string>>> places;
  for (const std::string& text : texts) {
    for (size_t i = 0; i + min_bytes <= text.size(); ++i) {
      if (IsCharacterStart(text, i))
        places[text.substr(i, min_bytes)].insert({DigestOf(text), i, text});
    }
  }
  std::map<std::string, std::vector<int>> marks;  // 0: untouched, 1: removed, 2: kept
  for (const std::string& text : texts) marks[text].assign(text.size(), 0);
  for (const auto& [window, at] : places) {
    if (at.size() < 2) continue;
    for (const auto& [digest, offset, text] : at) {
      const int mark =
          offset == std::get<1>(*at.begin()) && text == std::get<2>(*at.begin()) ? 2 : 1;
      for (size_t i = offset; i < offset + min_bytes; ++i)
        marks[text][i] = std::max(marks[text][i], mark);
    }
  }
  std::map<std::string, std::string> kept;
  for (const auto& [text, mark] : marks) {
    std::string& result = kept[text];
    for (size_t i = 0; i < text.size();) {
      size_t end = i + 1;
      while (!IsCharacterStart(text, end)) ++end;  // a character goes as a whole or stays
      const bool goes = std::all_of(mark.begin() + static_cast<std::ptrdiff_t>(i),
                                    mark.begin() + static_cast<std::ptrdiff_t>(end),
                                    [](int m) { return m == 1; });
      if (!goes) result += text.substr(i, end - i);
      i = end;
    }
  }
  return kept;
}

std::string Random(harness::Random& random, size_t size, std::string_view alphabet) {
  std::string text(size, ' ');
  for (char& c : text) c = alphabet[random.Below(alphabet.size())];
  return text;
}

TEST(SubstringDedup, RepeatsFromTheLengthOnAreCutOnce) {
  harness::Random random(1);
  const std::string letters = "abcdefghijklmnopqrstuvwxyz";
  const std::string a = Random(random, 500, letters), b = Random(random, 500, letters);
  for (const size_t length : {199u, 200u, 201u, 350u}) {
    const std::string passage(Random(random, length, letters));
    const std::string x = a + passage + b, y = b + "|" + passage + "|" + a;
    // a and b repeat too: of each passage one copy is left, in the document of the smaller digest.
    const auto kept = KeptTexts({x, y}, 200);
    const bool x_first = DigestOf(x) < DigestOf(y);
    const std::string rest = length < 200 ? "|" + passage + "|" : "||";
    EXPECT_EQ(kept.at(x_first ? x : y), x_first ? x : y);
    if (x_first) {
      EXPECT_EQ(kept.at(y), rest);
    }
  }
}

TEST(SubstringDedup, EqualsTheDefinitionOnRandomTexts) {
  harness::Random random(2);
  for (int round = 0; round < 8; ++round) {
    std::vector<std::string> texts;
    for (int i = 0; i < 6; ++i) texts.push_back(Random(random, 30 + random.Below(40), "ab"));
    const auto expected = Naive(texts, 8);
    EXPECT_EQ(KeptTexts(texts, 8), expected);
    std::reverse(texts.begin(), texts.end());
    EXPECT_EQ(KeptTexts(texts, 8, {3, 5, 1}), expected);  // spills
  }
}

TEST(SubstringDedup, CutsAreAtCharacters) {
  harness::Random random(3);
  for (int round = 0; round < 5; ++round) {
    std::vector<std::string> texts(4);
    for (std::string& text : texts) {
      for (int i = 0; i < 20; ++i)
        text += random.Below(2) == 0 ? "中" : random.Below(2) == 0 ? "é" : "x";
    }
    EXPECT_EQ(KeptTexts(texts, 10, {2, 3, 1}), Naive(texts, 10));
  }
}

TEST(SubstringDedup, EveryWindowSurvivesWhole) {
  harness::Random random(4);
  std::vector<std::string> texts;
  for (int i = 0; i < 20; ++i) texts.push_back(Random(random, 60, "ab"));
  const auto kept = KeptTexts(texts, 6);
  std::string all;
  for (const auto& [text, rest] : kept) all += rest + "|";
  for (const std::string& text : texts) {
    for (size_t i = 0; i + 6 <= text.size(); ++i) {
      EXPECT_NE(all.find(text.substr(i, 6)), std::string::npos);
    }
  }
}

TEST(SubstringDedup, ARunOfOneCharacterKeepsOneWindow) {
  EXPECT_EQ(KeptTexts({std::string(1000, 'a')}, 200).begin()->second, std::string(200, 'a'));
}

TEST(SubstringDedup, TextThatRepeatsItselfKeepsOnePeriodAndAWindow) {
  std::string text;
  while (text.size() < 700) text += "seven..";
  // Windows that begin in the first period are all there are: 7 + 199 bytes.
  EXPECT_EQ(KeptTexts({text}, 200).begin()->second, text.substr(0, 206));
  // Between other texts, with the same bytes elsewhere, and where a repeat is cut short.
  harness::Random random(6);
  std::vector<std::string> texts;
  for (int i = 0; i < 4; ++i) {
    std::string& mixed = texts.emplace_back(Random(random, 9, "xyz"));
    for (uint64_t n = 0; n < 5 + random.Below(9); ++n) mixed += "abc";
    mixed += Random(random, 9, "xyz");
    mixed += std::string(10 + random.Below(20), '-');
  }
  for (const int64_t min_bytes : {4, 7, 8, 12}) {
    EXPECT_EQ(KeptTexts(texts, min_bytes, {2, 3, 1 << 20}),
              Naive(texts, static_cast<size_t>(min_bytes)))
        << min_bytes;
  }
}

// Exact deduplication is off, or lines that were cut have made them equal.
TEST(SubstringDedup, EqualDocumentsAreOneDocumentInWhateverShards) {
  harness::Random random(7);
  std::vector<std::string> texts(5);
  for (std::string& text : texts) text = Random(random, 60, "ab");
  const auto expected = Naive(texts, 8);
  const std::vector<std::vector<std::string>> shards = {
      {texts[0], texts[1], texts[0]}, {texts[2], texts[0]}, {texts[3], texts[4], texts[2]}};
  for (const KeptByText& of_shard : KeptByShards(shards, 8, {3, 2, 1 << 20})) {
    for (const auto& [text, kept] : of_shard) EXPECT_EQ(kept, expected.at(text));
  }
}

TEST(SubstringDedup, OtherDocumentsThanThoseWhoseAnchorsWereWrittenAreFound) {
  const TempFolder folder;
  const SubstringFiles files{folder.path(), 1, 1};
  const std::vector<std::string> texts = {std::string(40, 'a'), std::string(50, 'a')};
  ASSERT_TRUE(WriteShard(AnchorWriter::Create(files, 0, 16, 1 << 20), texts).ok());
  ASSERT_TRUE(MatchAnchors(files, 0, 1 << 20).ok());
  const absl::Status status =
      WriteShard(PassageWriter::Create(files, 0, 16, 1 << 20), {texts.front()});
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kEnvironment);
  EXPECT_NE(status.message().find("substrings/repeated/found-0-of-1: "), std::string::npos);
  EXPECT_NE(status.message().find(absl::StrCat("remove the folder ", folder.path())),
            std::string::npos)
      << status;
}

// Of two megabytes of random letters nothing repeats: what the shards exchange is a small part of
// the text, and no passage is written.
TEST(SubstringDedup, TextThatDoesNotRepeatIsNotExchanged) {
  const TempFolder folder;
  harness::Random random(8);
  const SubstringFiles files{folder.path(), 1, 1};
  std::vector<std::string> texts;
  for (int i = 0; i < 20; ++i) {
    texts.push_back(Random(random, 100'000, "abcdefghijklmnopqrstuvwxyz"));
  }
  ASSERT_TRUE(RunPhases(files, {texts}, 200, 1 << 16).ok());
  const auto bytes_of = [](const ShuffleFiles& shuffle) {
    return ReadFile(shuffle.Path(0, 0))->size();
  };
  // 2% of the bytes begin an anchor of 24 bytes.
  EXPECT_NEAR(static_cast<double>(bytes_of(files.anchors())), 2e6 * 24 * 2 / 102, 5e4);
  EXPECT_EQ(bytes_of(files.passages()), sizeof(RecordTrailer));
  EXPECT_EQ(bytes_of(files.runs()), sizeof(RecordTrailer));
}

// Ten times the budget, all of which stands twice.
TEST(SubstringDedup, MemoryStaysWithinTheBudgetOnRepeatedText) {
  constexpr int64_t kBudget = int64_t{1} << 19, kMinBytes = 200;
  constexpr size_t kTextBytes = 50'000, kTexts = 10 * kBudget / kTextBytes / 2;
  const TempFolder folder;
  const SubstringFiles files{folder.path(), 1, 1};
  harness::Random random(10);
  std::vector<std::string> texts;
  for (size_t i = 0; i < kTexts; ++i) {
    const std::string text = Random(random, kTextBytes, "abcdefghijklmnopqrstuvwxyz");
    texts.push_back(absl::StrCat("1", text));
    texts.push_back(absl::StrCat("2", text));
  }
  const auto expect_within = [](const auto& phase) {
    const int64_t peak = PeakBytesOf(phase);
    // The budget, and the fixed buffers of open files.
    EXPECT_LT(peak, kBudget + 4 * kRecordBufferBytes);
    EXPECT_GT(peak, kBudget / 4);  // the counter works
  };
  ASSERT_TRUE(WriteShard(AnchorWriter::Create(files, 0, kMinBytes, kBudget), texts).ok());
  expect_within([&] { return MatchAnchors(files, 0, kBudget); });
  ASSERT_TRUE(WriteShard(PassageWriter::Create(files, 0, kMinBytes, kBudget), texts).ok());
  expect_within([&] { return MatchPassages(files, 0, kMinBytes, kBudget); });
  expect_within([&] { return CollectRemovedRanges(files, 0, kBudget); });
  const auto removals = SubstringRemovals::Open(files, 0);
  ASSERT_TRUE(removals.ok()) << removals.status();
  size_t num_kept = 0;
  for (const std::string& text : texts) num_kept += removals->KeptText(DocumentOf(text)).size();
  EXPECT_EQ(num_kept, kTexts * (kTextBytes + 2));  // of one document its first byte
}

// Of 800 KB a quarter stands twice. The density of anchors is known to some percent.
TEST(SubstringDedup, WhatIsExchangedIsWhatTheEstimateSays) {
  const std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
  harness::Random random(9);
  std::vector<std::string> texts;
  for (int i = 0; i < 6; ++i) texts.push_back(Random(random, 100'000, letters));
  const std::string repeated = Random(random, 100'000, letters);
  texts.push_back(absl::StrCat("1", repeated));
  texts.push_back(absl::StrCat("2", repeated));
  for (const int64_t min_bytes : {16, 50, 100, 200, 1000}) {
    const TempFolder folder;
    const SubstringFiles files{folder.path(), 1, 1};
    ASSERT_TRUE(RunPhases(files, {texts}, min_bytes, 1 << 20).ok());
    const auto written = static_cast<double>(ReadFile(files.anchors().Path(0, 0))->size() +
                                             ReadFile(files.passages().Path(0, 0))->size());
    const double estimate = 8e5 * SubstringBytesOfTextByte(min_bytes, 0.25);
    EXPECT_NEAR(2 * written / estimate, 1, 0.1) << min_bytes;
  }
  // By hand: 2 x (24 + 192 / 4 x 1) / 5, and without repeats.
  EXPECT_DOUBLE_EQ(SubstringBytesOfTextByte(16, 0.25), 28.8);
  EXPECT_DOUBLE_EQ(SubstringBytesOfTextByte(200, 0), 48 / 51.0);
}

TEST(SubstringDedup, NothingRepeatedNothingCut) {
  const auto kept = KeptTexts({"short", "", "another text"}, 200);
  for (const auto& [text, rest] : kept) EXPECT_EQ(rest, text);
}

}  // namespace
}  // namespace bench::corpus
