#include "harness/data/gettext.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <utility>

#include "base/file.h"
#include "base/status.h"

namespace bench::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Golden(const std::string& name) {
  return *ReadFile(std::string(BENCH_TEST_DATA) + "/harness/data/golden/" + name);
}

std::string Word(uint32_t value) {
  std::string bytes(4, '\0');
  for (int i = 0; i < 4; ++i) bytes[i] = static_cast<char>(value >> (8 * i));
  return bytes;
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

// A little-endian catalogue by the format's description.
std::string MakeMo(const Pairs& pairs) {
  const auto count = static_cast<uint32_t>(pairs.size());
  std::string strings, originals, translations;
  const auto add = [&](const std::string& text, std::string& table) {
    table += Word(static_cast<uint32_t>(text.size())) +
             Word(28 + 16 * count + static_cast<uint32_t>(strings.size()));
    strings += text + '\0';
  };
  for (const auto& [id, text] : pairs) add(id, originals);
  for (const auto& [id, text] : pairs) add(text, translations);
  return Word(0x950412de) + Word(0) + Word(count) + Word(28) + Word(28 + 8 * count) + Word(0) +
         Word(0) + originals + translations + strings;
}

const std::string kHeader = "Content-Type: text/plain; charset=UTF-8\n";

// What messages.po says.
const std::vector<CatalogueMessage> kMessages = {
    {"", "%d file", "%d files", {"%d 個檔案", "%d 些檔案"}},
    {"", "Open", "", {"開啟"}},
    {"", "Two\nlines", "", {"兩\n行"}},
    {"menu", "Open", "", {"打開"}},
};

class GoldenCatalogue : public ::testing::TestWithParam<std::string> {};

TEST_P(GoldenCatalogue, GivesContextsPluralsAndText) {
  const auto messages = ParseCatalogue(Golden(GetParam()), GetParam());
  ASSERT_TRUE(messages.ok()) << messages.status();
  EXPECT_THAT(*messages, ::testing::UnorderedElementsAreArray(kMessages));
}

INSTANTIATE_TEST_SUITE_P(ByteOrdersAndCharsets, GoldenCatalogue,
                         ::testing::Values("messages_little.mo", "messages_big.mo",
                                           "messages_big5.mo"));

TEST(ParseCatalogue, ReadsBytesMadeByHand) {
  const auto messages = ParseCatalogue(MakeMo({{"", kHeader}, {"a", "甲"}}), "x.mo");
  ASSERT_TRUE(messages.ok()) << messages.status();
  EXPECT_THAT(*messages, ElementsAre(CatalogueMessage{"", "a", "", {"甲"}}));
}

struct BadCatalogue {
  const char* name;
  std::string bytes;
  const char* message;
};

std::string Patched(std::string bytes, size_t offset, uint32_t value) {
  return bytes.replace(offset, 4, Word(value));
}

std::vector<BadCatalogue> BadCatalogues() {
  const std::string good = MakeMo({{"", kHeader}, {"a", "b"}});
  return {
      {"Empty", "", "too short"},
      {"HeaderOnly19Bytes", good.substr(0, 19), "too short"},
      {"WrongMagic", Patched(good, 0, 0x12345678), "magic"},
      {"UnknownRevision", Patched(good, 4, 2u << 16), "revision"},
      {"CountBeyondFile", Patched(good, 8, 1000), "table out of bounds"},
      {"CountOverflows", Patched(good, 8, 0xFFFFFFFF), "table out of bounds"},
      {"OriginalsBeyondFile", Patched(good, 12, 0xFFFFFFF0), "table out of bounds"},
      {"TranslationsBeyondFile", Patched(good, 16, 0xFFFFFFF0), "table out of bounds"},
      {"StringOffsetBeyondFile", Patched(good, 40, 0xFFFFFFFF), "string out of bounds"},
      {"StringLengthBeyondFile", Patched(good, 36, 0xFFFFFFFF), "string out of bounds"},
      {"StringNotEnded", Patched(good, 36, 0), "not ended by NUL"},
      {"Truncated", good.substr(0, good.size() - 1), "message 2: string out of bounds"},
      {"InvalidUtf8", MakeMo({{"", kHeader}, {"a", "\xFF"}}), "message 2: not valid UTF-8"},
      {"InvalidBig5", MakeMo({{"", "charset=BIG5\n"}, {"a", "\xA4"}}), "catalogue's charset"},
      {"UnknownCharset", MakeMo({{"", "charset=KLINGON\n"}, {"a", "b"}}), "KLINGON"},
  };
}

TEST(ParseCatalogue, RefusesEveryMalformedFileNamingIt) {
  for (const BadCatalogue& bad : BadCatalogues()) {
    const auto messages = ParseCatalogue(bad.bytes, "bad.mo");
    ASSERT_FALSE(messages.ok()) << bad.name;
    EXPECT_EQ(ExitCodeFor(messages.status()), ExitCode::kBadData) << bad.name;
    EXPECT_THAT(std::string(messages.status().message()),
                ::testing::AllOf(HasSubstr("bad.mo"), HasSubstr(bad.message)))
        << bad.name;
  }
}

// 10,000 entries that all point to one long string would be asked for as 10,000 copies.
TEST(ParseCatalogue, RefusesStringsThatOverlap) {
  constexpr uint32_t kCount = 10000, kLength = 1 << 16;
  std::string entries;
  for (uint32_t i = 0; i < kCount; ++i) entries += Word(kLength) + Word(28 + 8 * kCount);
  const std::string bytes = Word(0x950412de) + Word(0) + Word(kCount) + Word(28) + Word(28) +
                            Word(0) + Word(0) + entries + std::string(kLength, 'a') + '\0';
  const auto messages = ParseCatalogue(bytes, "bomb.mo");
  ASSERT_FALSE(messages.ok());
  EXPECT_THAT(std::string(messages.status().message()), HasSubstr("overlap"));
}

TEST(ParseCatalogue, SurvivesMutants) {
  const std::string good = Golden("messages_little.mo");
  std::mt19937 draw(1);
  for (int mutant = 0; mutant < 5000; ++mutant) {
    std::string bytes = good;
    for (int i = 0; i < 3; ++i) bytes[draw() % bytes.size()] = static_cast<char>(draw());
    if (mutant % 4 == 0) bytes.resize(draw() % bytes.size());
    const auto messages = ParseCatalogue(bytes, "mutant.mo");
    const ExitCode code = ExitCodeFor(messages.status());
    EXPECT_TRUE(code == ExitCode::kOk || code == ExitCode::kBadData) << messages.status();
  }
}

}  // namespace
}  // namespace bench::harness
