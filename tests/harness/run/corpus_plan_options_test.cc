#include "harness/run/corpus_plan_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bench::harness {
namespace {

TEST(CorpusPlanOptions, SayWhatTheDefinitionDoesNot) {
  const auto options =
      ParseOptions({"corpus_small", "--plan", "--input-gib", "4.5e3", "--document-bytes=4000",
                    "--shared-gbps", "20", "--rates", "rates.json"});
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->plan.corpus, (CorpusPlanOptions{4500, 4000, 20, "rates.json"}));
}

TEST(CorpusPlanOptions, AmountsAreNumbersAboveZeroAndOfThePlanOnly) {
  for (const char* amount : {"0", "-1", "nan", "inf", "1e10", "many", ""}) {
    const auto options = ParseOptions({"corpus_small", "--plan", "--input-gib", amount});
    ASSERT_FALSE(options.ok()) << amount;
    EXPECT_THAT(std::string(options.status().message()), testing::HasSubstr("--input-gib"));
  }
  EXPECT_FALSE(ParseOptions({"corpus_small", "--input-gib", "1"}).ok());
}

}  // namespace
}  // namespace bench::harness
