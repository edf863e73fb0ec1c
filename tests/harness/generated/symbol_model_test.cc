#include "harness/generated/symbol_model.h"

#include <gtest/gtest.h>

#include "harness/tokenizers/tokenizer.h"

namespace bench::harness::generated {
namespace {

// Read by SentencePiece itself.
TEST(SymbolModel, IsATokenizerOfTheSymbols) {
  const auto tokenizer = Tokenizer::FromModelBytes(
      SymbolModel({"p0 ", "p11 ", "p1 ", "= ", "?", "a", " "}), "symbols");
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  EXPECT_EQ(tokenizer->vocab_size(), kFirstSymbol + 7);
  EXPECT_EQ(tokenizer->bos_id(), kBeginToken);
  EXPECT_EQ(tokenizer->eos_id(), kEndToken);
  EXPECT_EQ(tokenizer->pad_id(), 3);
  const std::vector<int64_t> ids = {5, 6, 4, 7, 8, 9, 10, 9};
  EXPECT_EQ(tokenizer->Decode(ids), "p11 p1 p0 = ?a a");
  EXPECT_EQ(tokenizer->Encode("p11 p1 p0 = ?a a"), ids);
  EXPECT_EQ(tokenizer->Encode("z"), (std::vector<int64_t>{0}));  // no symbol
  EXPECT_EQ(tokenizer->Decode(std::vector<int64_t>{1, 4, 2}), "p0 ");
}

}  // namespace
}  // namespace bench::harness::generated
