#include "harness/definition/reference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "absl/strings/str_split.h"
#include "base/file.h"
#include "harness/definition/canonical.h"
#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;

std::vector<StageKind> AllStages() {
  std::vector<StageKind> kinds;
  for (size_t i = 0; i < EnumNames(StageKind{}).size(); ++i) {
    kinds.push_back(static_cast<StageKind>(i));
  }
  return kinds;
}

// One line a leaf, "sft training.steps required" or "sft run.threads = 2".
std::map<std::string, std::string> CurrentTable() {
  std::map<std::string, std::string> table;
  for (const StageKind kind : AllStages()) {
    for (const SchemaLeaf& leaf : SchemaLeaves(kind)) {
      table[std::string(Name(kind)) + " " + leaf.path] =
          leaf.default_json ? "= " + *leaf.default_json : "required";
    }
  }
  return table;
}

std::string Line(const std::pair<const std::string, std::string>& entry) {
  return entry.first + " " + entry.second;
}

// Hashes of committed definitions leave out what is at its default, so a default that changed would
// change what an old hash means. The table is only added to.
TEST(Defaults, NeverChangeAndAreOnlyAdded) {
  const auto golden =
      ReadFile(std::string(BENCH_TEST_DATA) + "/harness/definition/testdata/defaults.txt");
  ASSERT_TRUE(golden.ok()) << golden.status();
  std::map<std::string, std::string> current = CurrentTable();
  for (const absl::string_view line :
       absl::StrSplit(absl::string_view(golden->data(), golden->size()), '\n', absl::SkipEmpty())) {
    const std::vector<std::string> words = absl::StrSplit(line, absl::MaxSplits(' ', 2));
    ASSERT_EQ(words.size(), 3u) << line;
    const auto found = current.find(words[0] + " " + words[1]);
    ASSERT_NE(found, current.end()) << line << ": this field was removed";
    EXPECT_EQ(Line(*found), std::string(line.data(), line.size())) << "this default was changed";
    current.erase(found);
  }
  for (const auto& added : current) {
    ADD_FAILURE() << "add this line to testdata/defaults.txt: " << Line(added);
  }
}

TEST(FieldReference, ListsEveryFieldWithTypeAndMeaning) {
  for (const StageKind kind : AllStages()) {
    const std::string text = FieldReference(kind);
    for (const SchemaLeaf& leaf : SchemaLeaves(kind)) {
      const std::string key = leaf.path.substr(leaf.path.rfind('.') + 1);
      EXPECT_THAT(text, HasSubstr("\n  " + key + ": " + leaf.type)) << leaf.path;
      EXPECT_THAT(text, HasSubstr(leaf.doc)) << leaf.path;
    }
  }
}

TEST(FieldReference, ShowsBoundsUnitsAndDefaults) {
  const std::string text = FieldReference(StageKind::kSft);
  EXPECT_THAT(text,
              HasSubstr("  flush_interval_s: a float, above 0 and at most 3600, in s; default "
                        "5\n"));
  EXPECT_THAT(text, HasSubstr("  hidden_size: an integer, 1 to 1048576; required\n"));
  EXPECT_THAT(text, HasSubstr("  path: a string; optional\n"));
  EXPECT_THAT(text, HasSubstr("\n[[data.mix]]"));
}

TEST(Flatten, HasEveryLeafWithTypedValueAndUnits) {
  const auto definition =
      Decode(kSmallSft, {"data.mix=[{task=\"a\",weight=2}]", "run.determinism=fast", "title=t"});
  ASSERT_TRUE(definition.ok()) << definition.status();
  std::map<std::string, DefinitionLeaf> leaves;
  for (DefinitionLeaf& leaf : Flatten(*definition)) leaves[leaf.path] = leaf;
  EXPECT_EQ(std::get<int64_t>(leaves.at("training.steps").value), 1600);
  EXPECT_EQ(leaves.at("training.steps").units, "steps");
  EXPECT_EQ(std::get<double>(leaves.at("optimizer.beta1").value), 0.9);  // a default
  EXPECT_EQ(std::get<std::string>(leaves.at("run.determinism").value), "fast");
  EXPECT_EQ(std::get<std::string>(leaves.at("stage").value), "sft");
  EXPECT_EQ(std::get<std::string>(leaves.at("tokenizer.artifact").value), "tokenizer_small@1");
  EXPECT_EQ(std::get<bool>(leaves.at("model.tie_embeddings").value), true);
  EXPECT_EQ(std::get<double>(leaves.at("data.mix[0].weight").value), 2);
  EXPECT_EQ(leaves.count("data.path"), 0u);  // not set
}

TEST(Flatten, HasOneEntryAnElementOfAListOfStrings) {
  std::vector<std::string> paths;
  for (const DefinitionLeaf& leaf : Flatten(*Decode(kSmallTranslations)))
    paths.push_back(leaf.path);
  EXPECT_THAT(paths, testing::IsSupersetOf({"translations.sources[0]", "translations.sources[1]"}));
}

}  // namespace
}  // namespace bench::harness
