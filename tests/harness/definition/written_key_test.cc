#include "harness/definition/written_key.h"

#include <gtest/gtest.h>

#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

bool Writes(std::string toml, std::vector<std::string> overrides = {}) {
  LoadedDefinition loaded;
  loaded.toml = std::move(toml);
  loaded.overrides = std::move(overrides);
  return IsWritten(loaded, "data.prompt_template");
}

TEST(IsWritten, AKeyInTheFileOrByASetCountsAndSoDoesTheDefaultsValue) {
  EXPECT_FALSE(Writes(std::string(kSmallSft)));
  EXPECT_TRUE(Writes(With("[data]", "[data]\nprompt_template = \"alpaca\"")));
  EXPECT_TRUE(Writes("data.prompt_template = \"plain\"\n"));
  EXPECT_TRUE(Writes(std::string(kSmallSft), {"data.prompt_template=alpaca"}));
  EXPECT_TRUE(Writes(std::string(kSmallSft), {"training.steps=3", "data.prompt_template = x"}));
}

TEST(IsWritten, AnotherKeyOrTableDoesNot) {
  EXPECT_FALSE(Writes(With("[data]", "# prompt_template = \"alpaca\"\n[data]")));
  EXPECT_FALSE(Writes("[other]\nprompt_template = \"alpaca\"\n"));
  EXPECT_FALSE(Writes(std::string(kSmallSft), {"data.prompt_templates=x", "data.path=a=b"}));
  EXPECT_FALSE(Writes(""));
}

}  // namespace
}  // namespace bench::harness
