#include "harness/definition/field.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "harness/definition/definition.h"

namespace bench::harness {
namespace {

TEST(Bounds, TextSaysWhatAllowsAccepts) {
  EXPECT_EQ(AtLeast(1).Text(), "at least 1");
  EXPECT_EQ(Above(0).Text(), "above 0");
  EXPECT_EQ(Between(0, 0.5).Text(), "0 to 0.5");
  EXPECT_EQ(AboveUpTo(0, 3600).Text(), "above 0 and at most 3600");
  EXPECT_EQ(Between(1, 1).Text(), "exactly 1");
  EXPECT_EQ(Bounds{}.Text(), "");
  EXPECT_TRUE(AtLeast(1).Allows(1));
  EXPECT_FALSE(Above(0).Allows(0));
  EXPECT_FALSE(Between(0, 1).Allows(1.5));
  EXPECT_TRUE(AboveUpTo(0, 1).Allows(1));
}

TEST(FieldList, VisitsEveryLeafWithItsPath) {
  SftDataSpec data;
  data.mix = {{"a", 1}, {"b", 2}};
  std::vector<std::string> paths;
  ForEachLeaf(FieldsOf(data),
              [&paths](const std::string& path, const Field&) { paths.push_back(path); });
  EXPECT_THAT(paths, testing::ElementsAre("dataset", "path", "validation_path",
                                          "validation_fraction", "prompt_template", "skip_invalid",
                                          "max_skipped_share", "mix[0].task", "mix[0].weight",
                                          "mix[1].task", "mix[1].weight", "format", "records"));
}

void ExpectDistinctDocumentedKeys(const FieldList& fields) {
  std::set<std::string> keys;
  for (const Field& field : fields.fields()) {
    EXPECT_TRUE(keys.insert(field.key).second) << field.key << " is bound twice";
    if (field.is_leaf()) {
      EXPECT_FALSE(field.info.doc.empty()) << field.key << " has no doc";
    } else if (const auto* table = std::get_if<TableBinding>(&field.binding)) {
      ExpectDistinctDocumentedKeys(*table->fields);
    } else {
      ExpectDistinctDocumentedKeys(std::get<ListBinding>(field.binding).prototype());
    }
  }
}

TEST(FieldList, OfEveryStageHasDistinctDocumentedKeys) {
  for (size_t i = 0; i < EnumNames(StageKind{}).size(); ++i) {
    Definition definition = DefaultDefinition(static_cast<StageKind>(i));
    ExpectDistinctDocumentedKeys(FieldsOf(definition));
  }
}

// A key that ends in a unit says the same unit in its documentation.
TEST(FieldList, UnitSuffixesAgreeWithUnits) {
  for (size_t i = 0; i < EnumNames(StageKind{}).size(); ++i) {
    Definition definition = DefaultDefinition(static_cast<StageKind>(i));
    ForEachLeaf(FieldsOf(definition), [](const std::string& path, const Field& leaf) {
      for (const std::string unit : {"s", "bytes", "tokens", "steps", "characters"}) {
        const bool has_suffix = path.size() > unit.size() + 1 && path.ends_with("_" + unit);
        EXPECT_TRUE(!has_suffix || leaf.info.units == unit) << path;
      }
    });
  }
}

TEST(FieldList, DefaultsAreWithinTheirBounds) {
  for (size_t i = 0; i < EnumNames(StageKind{}).size(); ++i) {
    Definition definition = DefaultDefinition(static_cast<StageKind>(i));
    ForEachLeaf(FieldsOf(definition), [](const std::string& path, const Field& leaf) {
      if (!HasDefault(leaf.info.presence)) return;
      if (auto* const* number = std::get_if<int64_t*>(&leaf.binding)) {
        EXPECT_TRUE(leaf.info.bounds.Allows(static_cast<double>(**number))) << path;
      } else if (auto* const* real = std::get_if<double*>(&leaf.binding)) {
        EXPECT_TRUE(leaf.info.bounds.Allows(**real)) << path;
      }
    });
  }
}

}  // namespace
}  // namespace bench::harness
