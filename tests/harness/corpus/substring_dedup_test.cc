#include "harness/corpus/substring_dedup.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/determinism/random.h"
#include "tests/support/temp_folder.h"

namespace bench::corpus {
namespace {

struct JobShape {
  int num_shards = 1;
  int64_t block_bytes = int64_t{1} << 20;
  int64_t budget_bytes = int64_t{1} << 22;
};

std::map<std::string, std::string> KeptTexts(const std::vector<std::string>& texts,
                                             int64_t min_bytes, const JobShape& shape = {}) {
  const TempFolder folder;
  const SubstringFiles files{folder.path(), shape.num_shards};
  for (int shard = 0; shard < shape.num_shards; ++shard) {
    SuffixBlockWriter writer(files, shard, min_bytes, shape.block_bytes);
    for (size_t i = static_cast<size_t>(shard); i < texts.size();
         i += static_cast<size_t>(shape.num_shards)) {
      EXPECT_TRUE(writer.Add({"", texts[i], "s", "en"}).ok());
    }
    EXPECT_TRUE(writer.Finish().ok());
  }
  const absl::Status status = RemoveSubstrings(files, min_bytes, shape.budget_bytes);
  EXPECT_TRUE(status.ok()) << status;
  const auto removals = SubstringRemovals::Open(files);
  EXPECT_TRUE(removals.ok()) << removals.status();
  std::map<std::string, std::string> kept;
  for (const std::string& text : texts) kept[text] = removals->KeptText({"", text, "s", "en"});
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
    EXPECT_EQ(KeptTexts(texts, 8, {3, 64, 1}), expected);  // shards, several blocks, spills
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
    EXPECT_EQ(KeptTexts(texts, 10, {2, 100, 1}), Naive(texts, 10));
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

TEST(SubstringDedup, NothingRepeatedNothingCut) {
  const auto kept = KeptTexts({"short", "", "another text"}, 200);
  for (const auto& [text, rest] : kept) EXPECT_EQ(rest, text);
}

}  // namespace
}  // namespace bench::corpus
