#include "harness/data/json_shape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

absl::StatusOr<RowShape> ShapeOf(std::string_view text) {
  JsonShapeEvents events([] {});
  ReadJsonEvents(text, events);
  return events.Shape();
}

TEST(JsonShape, OfAnObjectIsARecordOfItsOwn) {
  const auto shape = ShapeOf(R"({"a":"x","b":null,"c":[{"d":"e"},{"f":1}],"g":{"h":2},"text":3})");
  ASSERT_TRUE(shape.ok());
  EXPECT_EQ(shape->json.layout, JsonLayout::kOneRecord);
  EXPECT_THAT(shape->fields,
              UnorderedElementsAre(Pair("a", FieldKind::kText), Pair("b", FieldKind::kNull),
                                   Pair("c", FieldKind::kList), Pair("g", FieldKind::kOther),
                                   Pair("text", FieldKind::kOther)));
}

TEST(JsonShape, OfAnArrayIsThatOfItsFirstRecord) {
  const auto shape = ShapeOf(R"( [ {"a":["x"],"b":"y"}, {"c":"z"} ])");
  ASSERT_TRUE(shape.ok());
  EXPECT_EQ(shape->json.layout, JsonLayout::kArray);
  EXPECT_THAT(shape->fields,
              UnorderedElementsAre(Pair("a", FieldKind::kList), Pair("b", FieldKind::kText)));
}

TEST(JsonShape, AnObjectAroundOneListOfObjectsWrapsTheRecords) {
  const auto shape = ShapeOf(
      R"({"version":1,"names":["a"],"none":[],"rows":[{"a":"x","b":[{"c":1}]},{"d":"y"}],"n":{}})");
  ASSERT_TRUE(shape.ok());
  EXPECT_EQ(shape->json.layout, JsonLayout::kWrappedArray);
  EXPECT_EQ(shape->json.member, "rows");
  EXPECT_THAT(shape->fields,
              UnorderedElementsAre(Pair("a", FieldKind::kText), Pair("b", FieldKind::kList)));
}

// What a record has beside its own fields may be lists of objects.
TEST(JsonShape, AnObjectWithAFieldOfARecordIsOneWhereverTheFieldStands) {
  for (const char* text : {R"({"tags":[{"a":1}],"instruction":"x"})",
                           R"({"messages":[{"role":"user"}],"tools":[{"a":1}]})"}) {
    const auto shape = ShapeOf(text);
    ASSERT_TRUE(shape.ok());
    EXPECT_EQ(shape->json.layout, JsonLayout::kOneRecord) << text;
  }
}

TEST(JsonShape, TwoListsOfObjectsAreAnErrorThatNamesThem) {
  EXPECT_THAT(std::string(ShapeOf(R"({"b":[{}],"a":[{"x":1}]})").status().message()),
              HasSubstr("several lists of objects (\"a\", \"b\")"));
}

TEST(JsonShape, OfWhatIsNoRecordHasNoFields) {
  for (const char* text : {"", "1", "[1, {\"a\":1}]", "[[{\"a\":1}]]", "[]", "\"a\"", "{}", "x"}) {
    const auto shape = ShapeOf(text);
    ASSERT_TRUE(shape.ok()) << text;
    EXPECT_TRUE(shape->fields.empty()) << text;
  }
}

// What was seen before the text broke tells how the rest is to be read, and so what is said of it.
TEST(JsonShape, OfBrokenTextIsWhatWasSeen) {
  EXPECT_EQ(ShapeOf("{\"rows\":[{\"a\":1},\n{\"a\":").value().json.layout,
            JsonLayout::kWrappedArray);
  EXPECT_EQ(ShapeOf("{\"prompt\":\"a\",\"x\":[{}], oh").value().fields.size(), 2u);
  EXPECT_TRUE(ShapeOf("{\"a\":" + std::string(100, '[')).ok());
}

}  // namespace
}  // namespace bench::harness
