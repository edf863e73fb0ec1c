#include "harness/stages/clm/row_symbols.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "harness/generated/symbol_model.h"

namespace bench::harness {
namespace {

TEST(RowSymbols, AreOneTokenEach) {
  const auto tokenizer =
      Tokenizer::FromModelBytes(generated::SymbolModel({"v1 ", "v10 ", "unknown "}), "symbols");
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  const auto token = SymbolToken(*tokenizer, "unknown ", "evaluation.refusal");
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_EQ(*token, generated::kFirstSymbol + 2);
  for (const std::string text : {"unknown", "v2 ", "v1 v10 ", ""}) {
    const auto refused = SymbolToken(*tokenizer, text, "evaluation.refusal");
    EXPECT_THAT(
        std::string(refused.status().message()),
        testing::StartsWith(absl::StrCat("evaluation.refusal: \"", text, "\" is no symbol")))
        << text;
  }
}

}  // namespace
}  // namespace bench::harness
