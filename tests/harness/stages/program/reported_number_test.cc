#include "harness/stages/program/reported_number.h"

#include <gtest/gtest.h>

#include <cmath>

namespace bench::harness {
namespace {

TEST(ReportedNumber, OfJsonIsANumberOrOneOfThreeTexts) {
  EXPECT_EQ(NumberOf(nlohmann::json(2.5)), 2.5);
  EXPECT_EQ(NumberOf(nlohmann::json(-3)), -3);
  EXPECT_TRUE(std::isnan(*NumberOf(nlohmann::json("NaN"))));
  EXPECT_EQ(NumberOf(nlohmann::json("-Infinity")), -HUGE_VAL);
  for (const nlohmann::json& other :
       {nlohmann::json("nan"), nlohmann::json("1"), nlohmann::json(true), nlohmann::json(nullptr),
        nlohmann::json::array({1})}) {
    EXPECT_EQ(NumberOf(other), std::nullopt) << other.dump();
  }
}

TEST(ReportedNumber, OfATextIsWhatProgramsPrint) {
  EXPECT_EQ(PrintedNumber("2.5e-3"), 0.0025);
  EXPECT_EQ(PrintedNumber("+7"), 7);
  EXPECT_EQ(PrintedNumber(".5"), 0.5);
  EXPECT_TRUE(std::isnan(*PrintedNumber("nan")));
  EXPECT_EQ(PrintedNumber("-inf"), -HUGE_VAL);
  for (const char* text : {"", " 1", "1 ", "1,000", "1.2.3", "0x10", "1e", "one", "1s"}) {
    EXPECT_EQ(PrintedNumber(text), std::nullopt) << text;
  }
}

TEST(ReportedNumber, IsAnIntegerWhereItHasNoFraction) {
  EXPECT_EQ(PrintedInteger("12"), 12);
  EXPECT_EQ(PrintedInteger("12.0"), 12);
  EXPECT_EQ(PrintedInteger("1e3"), 1000);
  for (const char* text : {"1.5", "nan", "inf", "1e300", "x"}) {
    EXPECT_EQ(PrintedInteger(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace bench::harness
