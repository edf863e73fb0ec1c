#include "results/journal_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"

namespace bench::results {
namespace {

using ::testing::HasSubstr;

TEST(FieldReader, KeepsTheFirstErrorAndReadsOn) {
  const Json object = {{"a", "text"}, {"b", 2}};
  FieldReader reader(object);
  int64_t a = 7;
  int64_t b = 7;
  bool c = true;
  reader("a", a);
  reader("b", b);
  reader("c", c);
  EXPECT_EQ(a, 7);
  EXPECT_EQ(b, 2);
  EXPECT_EQ(ExitCodeFor(reader.status()), ExitCode::kBadData);
  EXPECT_THAT(std::string(reader.status().message()), HasSubstr("\"a\""));
}

TEST(FieldReader, AnAbsentOptionalIsNoError) {
  const Json object = Json::object();
  FieldReader reader(object);
  std::optional<int64_t> number;
  std::optional<double> time;
  reader("number", number);
  reader("time", time);
  EXPECT_TRUE(reader.status().ok());
  EXPECT_FALSE(number.has_value());
  EXPECT_FALSE(time.has_value());
}

TEST(FieldReader, AnOptionalOfAnotherTypeIsAnError) {
  const Json object = {{"number", "1"}};
  FieldReader reader(object);
  std::optional<int64_t> number;
  reader("number", number);
  EXPECT_FALSE(reader.status().ok());
}

TEST(FieldReader, IntegersAndFloatingPointNumbersAreDistinct) {
  EXPECT_EQ(AsInt(Json(-3)), -3);
  EXPECT_EQ(AsInt(Json(uint64_t{INT64_MAX})), INT64_MAX);
  EXPECT_EQ(AsInt(Json(uint64_t{INT64_MAX} + 1)), std::nullopt);
  EXPECT_EQ(AsInt(Json(3.0)), std::nullopt);
  EXPECT_EQ(AsDouble(Json(3)), std::nullopt);
  EXPECT_EQ(AsDouble(Json(3.0)), 3.0);
  EXPECT_EQ(AsCell(Json(true)), std::nullopt);
  EXPECT_EQ(AsAttribute(Json(nullptr)), std::nullopt);
}

TEST(FieldReader, MapsAreRefusedAsAWhole) {
  const Json object = {{"inputs", {{"a", "x"}, {"b", 1}}}};
  FieldReader reader(object);
  std::map<std::string, std::string> inputs;
  reader("inputs", inputs);
  EXPECT_FALSE(reader.status().ok());
  EXPECT_TRUE(inputs.empty());
}

TEST(FieldWriter, WhatIsAbsentIsLeftOut) {
  Json object = Json::object();
  FieldWriter writer(&object);
  writer("number", std::optional<int64_t>());
  writer("time", std::optional<double>(0.5));
  EXPECT_EQ(object, Json({{"time", 0.5}}));
}

}  // namespace
}  // namespace bench::results
