#include "harness/run/sweep.h"

#include "base/status.h"
#include "gtest/gtest.h"

namespace bench::harness {
namespace {

std::vector<std::string> Names(const std::vector<std::string>& sweeps) {
  const auto points = SweepGrid(sweeps);
  EXPECT_TRUE(points.ok()) << points.status();
  std::vector<std::string> names;
  for (const SweepPoint& point : *points) names.push_back(point.name);
  return names;
}
using Expected = std::vector<std::string>;

TEST(Sweep, IsEveryCombinationTheFirstKeyChangingSlowest) {
  const auto points = SweepGrid({"optimizer.learning_rate=1e-3,3e-3", "model.num_layers=2,3"});
  ASSERT_TRUE(points.ok()) << points.status();
  ASSERT_EQ(points->size(), 4u);
  EXPECT_EQ(points->at(1).name, "learning_rate=1e-3,num_layers=3");
  EXPECT_EQ(points->at(1).overrides,
            (Expected{"optimizer.learning_rate=1e-3", "model.num_layers=3"}));
  EXPECT_EQ(points->at(2).name, "learning_rate=3e-3,num_layers=2");
}

TEST(Sweep, CommasInBracketsAndQuotesBelongToTheValue) {
  const auto points = SweepGrid({R"(corpus.languages=["en"],["en","zh"])"});
  ASSERT_TRUE(points.ok()) << points.status();
  ASSERT_EQ(points->size(), 2u);
  EXPECT_EQ(points->at(1).overrides, Expected{R"(corpus.languages=["en","zh"])"});
}

TEST(Sweep, AQuoteWithinAWordIsALetterAndSpacesAroundValuesAreNot) {
  EXPECT_EQ(Names({"path=john's.jsonl, b.jsonl"}), (Expected{"path=john_s.jsonl", "path=b.jsonl"}));
}

TEST(Sweep, LongNamesAreCutAndStayApart) {
  const std::string folder(300, 'a');
  const auto names = Names({"path=" + folder + "b," + folder + "c"});
  ASSERT_EQ(names.size(), 2u);
  EXPECT_NE(names[0], names[1]);
  for (const std::string& name : names) EXPECT_EQ(name.size(), 200u);
}

TEST(Sweep, NamesAreThoseOfFolders) {
  EXPECT_EQ(Names({"data.path=/a/b.json,/a/c.json"}),
            (Expected{"path=_a_b.json", "path=_a_c.json"}));
  EXPECT_EQ(Names({"x=a/b,a b"}), (Expected{"x=a_b", "x=a_b-2"}));
}

TEST(Sweep, KeysThatEndAlikeAreWholeInNames) {
  EXPECT_EQ(Names({"ppo.a.clip=1", "value.clip=2", "seed=3"}),
            Expected{"ppo.a.clip=1,value.clip=2,seed=3"});
}

TEST(Sweep, WhatCannotBeMeantIsAUsageError) {
  for (const char* sweep :
       {"rate", "=1", "rate=", "rate=1,,2", "rate=1,1", "rate=1, 1", "rate=1e-3,0.001"}) {
    EXPECT_EQ(ExitCodeFor(SweepGrid({sweep}).status()), ExitCode::kUsage) << sweep;
  }
  EXPECT_EQ(ExitCodeFor(SweepGrid({"rate=1", "rate=2"}).status()), ExitCode::kUsage);
}

}  // namespace
}  // namespace bench::harness
