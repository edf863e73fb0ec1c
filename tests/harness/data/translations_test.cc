#include "harness/data/translations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "base/status.h"
#include "harness/text/text.h"
#include "tests/harness/stop_request.h"

namespace bench::harness {
namespace {

TranslationsSpec Spec() {
  TranslationsSpec spec;
  spec.parts = {.sft = 0.4, .reward = 0.15, .ppo = 0.15, .validation = 0.15, .test = 0.15};
  return spec;
}

CatalogueRecord Record(std::string english, std::string simplified, std::string traditional) {
  CatalogueRecord record{.catalogue = "x.mo", .english = std::move(english)};
  if (!simplified.empty()) record.translations["zh_CN"] = std::move(simplified);
  if (!traditional.empty()) record.translations["zh_TW"] = std::move(traditional);
  return record;
}

Translations Build(const std::vector<CatalogueRecord>& records) {
  const auto result = BuildTranslations({{"one", records}}, Spec());
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *result : Translations{};
}

std::map<std::string, int64_t> DropsOf(const Translations& translations, std::string_view task) {
  std::map<std::string, int64_t> drops;
  for (const DropCount& drop : translations.drops) {
    if (drop.task == task) drops[std::string(drop.reason)] += drop.count;
  }
  return drops;
}

// What the examples of one task say: text in the input or inside the instruction -> output.
std::vector<SftExample> ExamplesOf(const Translations& translations, std::string_view task) {
  std::vector<SftExample> examples;
  for (const TranslationPart& part : translations.parts) {
    for (const SftExample& example : part.examples) {
      if (example.task == task) examples.push_back(example);
    }
  }
  return examples;
}

bool Says(const SftExample& example, const std::string& input, const std::string& output) {
  const bool has_input = example.input.empty()
                             ? example.instruction.find(input) != std::string::npos
                             : example.input == input;
  return has_input && example.output == output;
}

TEST(BuildTranslations, OneMessageGivesThreeTasks) {
  const Translations result = Build({Record("Open", "打开", "開啟")});
  const auto hans = ExamplesOf(result, "zh_hant_zh_hans");
  const auto chinese = ExamplesOf(result, "en_zh");
  const auto english = ExamplesOf(result, "zh_en");
  ASSERT_EQ(hans.size(), 1u);
  ASSERT_EQ(chinese.size(), 1u);
  ASSERT_EQ(english.size(), 1u);
  EXPECT_TRUE(Says(hans[0], "開啟", "打开"));
  EXPECT_TRUE(Says(chinese[0], "Open", "打开"));
  EXPECT_TRUE(Says(english[0], "打开", "Open"));
  EXPECT_EQ(result.parts[0].examples.size(), 3u);  // the largest component is in sft
}

TEST(BuildTranslations, CountsEveryReasonForAPairThatGivesNothing) {
  const std::string long_text(41, 'a');
  const Translations result = Build({
      Record("Open", "打开", "開啟"), Record("Open", "打开", "開啟"),  // duplicate
      Record("Open", "开启", "開啟"),            // contradictory for two tasks
      Record(long_text, "长", "長"),             // too long beside English only
      Record("Same", "同", "同"),                // the same in both scripts: an example
      Record("Only traditional", "", "僅繁體"),  // untranslated
      Record("%s", "第%s", "第%s"),              // format only
  });
  EXPECT_EQ(DropsOf(result, "zh_hant_zh_hans"),
            (std::map<std::string, int64_t>{
                {"duplicate", 1}, {"contradictory", 1}, {"untranslated", 1}, {"format_only", 1}}));
  EXPECT_EQ(DropsOf(result, "en_zh"), (std::map<std::string, int64_t>{{"duplicate", 1},
                                                                      {"contradictory", 1},
                                                                      {"too_long", 1},
                                                                      {"untranslated", 1},
                                                                      {"format_only", 1}}));
  EXPECT_EQ(DropsOf(result, "zh_en"),
            (std::map<std::string, int64_t>{
                {"duplicate", 1}, {"too_long", 1}, {"untranslated", 1}, {"format_only", 1}}));
}

TEST(BuildTranslations, RewordedPairsLeaveTheScriptTaskOnly) {
  TranslationsSpec spec;
  spec.min_script_similarity = 0.6;
  // 无法开启档案 and 无法打开文件 share 3 of 6 characters; 无效 is a pure change of script.
  const auto built = BuildTranslations(
      {{"s",
        {Record("Cannot open", "无法打开文件", "無法開啟檔案"), Record("Bad", "无效", "無效")}}},
      spec);
  ASSERT_TRUE(built.ok()) << built.status();
  EXPECT_EQ(DropsOf(*built, "zh_hant_zh_hans"), (std::map<std::string, int64_t>{{"reworded", 1}}));
  EXPECT_TRUE(DropsOf(*built, "en_zh").empty());
}

TEST(BuildTranslations, ContradictionsGoToTheMostFrequentThenTheSmallest) {
  const Translations result =
      Build({Record("Key", "键", ""), Record("Key", "关键字", ""), Record("Key", "关键字", ""),
             Record("Tie", "结", ""), Record("Tie", "领带", "")});
  const auto examples = ExamplesOf(result, "en_zh");
  ASSERT_EQ(examples.size(), 2u);
  EXPECT_TRUE(std::any_of(examples.begin(), examples.end(),
                          [](auto& e) { return Says(e, "Key", "关键字"); }));
  EXPECT_TRUE(std::any_of(examples.begin(), examples.end(), [](auto& e) {
    return Says(e, "Tie", std::min<std::string>("结", "领带"));
  }));
}

TEST(BuildTranslations, LengthIsCountedInCharacters) {
  std::string forty, forty_one;
  for (int i = 0; i < 40; ++i) forty += "好";
  forty_one = forty + "好";
  EXPECT_EQ(ExamplesOf(Build({Record("ok", forty, "")}), "en_zh").size(), 1u);
  const auto result = BuildTranslations({{"one", {Record("ok", forty_one, "")}}}, Spec());
  EXPECT_EQ(ExitCodeFor(result.status()), ExitCode::kBadData);
}

// Messages over few words, so that many share a text in some language and some contradict.
std::vector<CatalogueRecord> RandomRecords(uint32_t seed, int count) {
  std::mt19937 draw(seed);
  const auto text = [&](std::string_view prefix) {
    return std::string(prefix) + std::to_string(draw() % 3000);
  };
  std::vector<CatalogueRecord> records;
  for (int i = 0; i < count; ++i) {
    records.push_back(Record(text("Word "), draw() % 5 == 0 ? "" : text("简"),
                             draw() % 2 == 0 ? "" : text("繁")));
    records.back().context = std::to_string(i);
  }
  return records;
}

void ExpectEqual(const Translations& a, const Translations& b) {
  for (size_t part = 0; part < a.parts.size(); ++part) {
    EXPECT_EQ(a.parts[part].examples, b.parts[part].examples) << a.parts[part].name;
  }
  ASSERT_EQ(a.counts.size(), b.counts.size());
  for (size_t i = 0; i < a.counts.size(); ++i) EXPECT_EQ(a.counts[i].count, b.counts[i].count);
  ASSERT_EQ(a.drops.size(), b.drops.size());
  for (size_t i = 0; i < a.drops.size(); ++i) EXPECT_EQ(a.drops[i].count, b.drops[i].count);
}

TEST(BuildTranslations, DoesNotDependOnTheOrderOfRecordsOrSources) {
  SourceMessages one{"one", RandomRecords(1, 1500)}, two{"two", RandomRecords(2, 1500)};
  const auto forward = BuildTranslations({one, two}, Spec());
  std::mt19937 draw(3);
  std::shuffle(one.records.begin(), one.records.end(), draw);
  std::reverse(two.records.begin(), two.records.end());
  const auto shuffled = BuildTranslations({two, one}, Spec());
  ASSERT_TRUE(forward.ok() && shuffled.ok());
  ExpectEqual(*forward, *shuffled);
}

// Texts of an example, as the model sees them; folded, so that case and punctuation hide nothing.
std::set<std::string> TextsOf(const TranslationPart& part, const std::set<std::string>& inputs) {
  std::set<std::string> texts;
  for (const SftExample& example : part.examples) {
    texts.insert(FoldText(example.output));
    if (!example.input.empty()) texts.insert(FoldText(example.input));
    for (const std::string& input : inputs) {
      if (example.input.empty() &&
          (example.instruction.find("“" + input + "”") != std::string::npos ||
           example.instruction.find("\"" + input + "\"") != std::string::npos ||
           example.instruction.ends_with(": " + input))) {
        texts.insert(FoldText(input));
      }
    }
  }
  return texts;
}

TEST(BuildTranslations, NoTwoPartsShareAText) {
  const std::vector<CatalogueRecord> records = RandomRecords(4, 1200);
  std::set<std::string> all;
  for (const CatalogueRecord& record : records) {
    all.insert(record.english);
    for (const auto& [language, text] : record.translations) all.insert(text);
  }
  const Translations result = Build(records);
  std::map<std::string, std::string_view> part_of;
  for (const TranslationPart& part : result.parts) {
    EXPECT_FALSE(part.examples.empty()) << part.name;
    for (const std::string& text : TextsOf(part, all)) {
      const auto [place, is_new] = part_of.emplace(text, part.name);
      EXPECT_EQ(place->second, part.name) << text;
    }
  }
  EXPECT_GT(result.components.largest_messages, 1);
}

TEST(BuildTranslations, ExamplesAndDropsAddUpToTheRecords) {
  const SourceMessages one{"one", RandomRecords(5, 700)}, two{"two", RandomRecords(6, 900)};
  const auto result = BuildTranslations({one, two}, Spec());
  ASSERT_TRUE(result.ok());
  std::map<std::pair<std::string, std::string>, int64_t> totals;
  for (const auto& count : result->counts)
    totals[{count.source, std::string(count.task)}] += count.count;
  for (const auto& drop : result->drops)
    totals[{drop.source, std::string(drop.task)}] += drop.count;
  for (const std::string_view task : kTranslationTasks) {
    EXPECT_EQ((totals[{"one", std::string(task)}]), 700);
    EXPECT_EQ((totals[{"two", std::string(task)}]), 900);
  }
}

TEST(BuildTranslations, AStopSignalEndsIt) {
  const StopRequest stop;
  const auto result = BuildTranslations({{"one", {Record("Open", "打开", "開啟")}}}, Spec());
  EXPECT_TRUE(IsStopped(result.status())) << result.status();
}

TEST(BuildTranslations, NothingLeftIsADataError) {
  const auto result = BuildTranslations({{"one", {}}}, Spec());
  EXPECT_EQ(ExitCodeFor(result.status()), ExitCode::kBadData);
}

}  // namespace
}  // namespace bench::harness
