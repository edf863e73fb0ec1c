#include "harness/definition/leaf_value.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/status.h"
#include "harness/definition/toml_document.h"

namespace bench::harness {
namespace {

template <typename T>
std::string Fault(std::string_view value, T& target, FieldInfo info = {}) {
  const auto table = ParseToml("v = " + std::string(value), "t.toml");
  if (!table.ok()) return std::string(table.status().message());
  FieldList fields;
  fields.Leaf("v", target, std::move(info));
  return SetLeaf(*table->get("v"), *fields.Find("v"), {}).value_or("");
}

TEST(SetLeaf, AcceptsAnIntegerForAFloatButNotTheReverse) {
  double real = 0;
  EXPECT_EQ(Fault("3", real), "");
  EXPECT_EQ(real, 3.0);
  int64_t integer = 7;
  EXPECT_EQ(Fault("3.0", integer), "expected an integer, got float 3.0");
  EXPECT_EQ(integer, 7);
}

TEST(SetLeaf, KeepsEveryIntegerExactly) {
  int64_t integer = 0;
  EXPECT_EQ(Fault("9223372036854775807", integer), "");
  EXPECT_EQ(integer, std::numeric_limits<int64_t>::max());
}

TEST(SetLeaf, RefusesNumbersThatAreNotFinite) {
  double real = 1;
  for (const std::string text : {"nan", "inf", "-inf"}) {
    EXPECT_EQ(Fault(text, real), "must be a finite number");
  }
  EXPECT_EQ(real, 1);
}

TEST(SetLeaf, RefusesOutOfRangeAndLeavesTheLeaf) {
  double seconds = 5;
  EXPECT_EQ(Fault("-1", seconds, {.units = "s", .bounds = Above(0)}),
            "-1 s is out of range: above 0");
  EXPECT_EQ(seconds, 5);
}

TEST(SetLeaf, SaysTheUnitsWhereTextIsGivenForANumber) {
  double seconds = 5;
  EXPECT_EQ(Fault("\"5 ms\"", seconds, {.units = "s"}),
            "expected a float (in s), got string \"5 ms\"");
}

TEST(SetLeaf, ReadsStringsListsEnumsAndReferences) {
  std::string text;
  EXPECT_EQ(Fault("\"é\\n\"", text), "");
  EXPECT_EQ(text, "é\n");
  std::vector<std::string> list = {"old"};
  EXPECT_EQ(Fault("[\"a\", \"b\"]", list), "");
  EXPECT_EQ(list, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(Fault("[\"a\", 1]", list), "expected an array of strings, got integer 1");
  EXPECT_EQ(list.size(), 2u);
  std::optional<ArtifactRef> ref;
  EXPECT_EQ(Fault("\"a@2\"", ref), "");
  EXPECT_EQ(ref, (ArtifactRef{"a", 2}));
  bool flag = false;
  EXPECT_EQ(Fault("true", flag), "");
  EXPECT_TRUE(flag);
  EXPECT_EQ(Fault("1", flag), "expected a boolean, got integer 1");
}

TEST(SetLeaf, RefusesDatesTablesAndNul) {
  std::string text;
  EXPECT_EQ(Fault("1979-05-27", text), "expected a string, got date or time 1979-05-27");
  EXPECT_EQ(Fault("{a = 1}", text), "expected a string, got table");
  EXPECT_EQ(Fault("\"a\\u0000\"", text), "must not contain the character U+0000");
}

TEST(SetLeaf, AsksWhetherAReferencedExperimentExists) {
  const auto table = ParseToml("v = \"a@2\"", "t.toml");
  ArtifactRef ref;
  FieldList fields;
  fields.Leaf("v", ref, {});
  DecodeOptions options;
  options.check_artifact = [](const ArtifactRef& asked) {
    return UsageError("no " + ToString(asked));
  };
  EXPECT_EQ(SetLeaf(*table->get("v"), *fields.Find("v"), options), "no a@2");
}

}  // namespace
}  // namespace bench::harness
