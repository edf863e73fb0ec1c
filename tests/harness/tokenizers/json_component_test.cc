#include "harness/tokenizers/json_component.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace bench::harness {
namespace {

using Json = nlohmann::json;

TEST(JsonComponent, NamesThePlaceOfWhatIsWrong) {
  const Json json = {
      {"text", "x"}, {"number", 3}, {"flag", true}, {"list", {1}}, {"none", nullptr}};
  const auto component = JsonComponent::Of(json, "model");
  ASSERT_TRUE(component.ok());
  EXPECT_EQ(*component->Text("text"), "x");
  EXPECT_EQ(*component->Integer("number"), 3);
  EXPECT_TRUE(*component->Flag("flag", false));
  EXPECT_TRUE(*component->Flag("none", true));
  EXPECT_EQ(component->Find("none"), nullptr);
  EXPECT_EQ(component->Text("number").status().message(), "model.number: missing, or not a string");
  EXPECT_EQ(component->Flag("text", false).status().message(), "model.text: not true or false");
  EXPECT_EQ(component->Array("text").status().message(), "model.text: missing, or not an array");
  EXPECT_EQ(component->Object("list").status().message(), "model.list: missing, or not an object");
  EXPECT_EQ(JsonComponent::Of(json["list"], "a.b").status().message(), "a.b: not an object");
}

TEST(JsonComponent, RefusesUnknownAndSetFields) {
  const Json json = {{"a", 1}, {"off", false}, {"empty", ""}, {"zero", 0.0}};
  const JsonComponent component = *JsonComponent::Of(json, "");
  const std::vector<std::string_view> known = {"a", "off", "zero"};
  EXPECT_EQ(component.CheckKeys(known).message(), "the field \"empty\" is not supported");
  EXPECT_TRUE(component.CheckUnset("off").ok());
  EXPECT_TRUE(component.CheckUnset("empty").ok());
  EXPECT_TRUE(component.CheckUnset("absent").ok());
  EXPECT_EQ(component.CheckUnset("a").message(), "a is not supported");
}

}  // namespace
}  // namespace bench::harness
