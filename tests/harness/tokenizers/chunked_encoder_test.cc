#include "harness/tokenizers/chunked_encoder.h"

#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "harness/tokenizers/sentencepiece_model.h"
#include "tests/harness/tokenizers/test_tokenizer.h"

namespace bench::harness {
namespace {

// The library's own encoding, and ours around it.
class ChunkedEncoderTest : public ::testing::Test {
 protected:
  ChunkedEncoderTest() {
    // Whole pieces that share beginnings with each other, and with what is joined.
    const auto bytes =
        TrainTokenizer(TextsOf(TestTexts()), TestSpec(),
                       {"the cat", "the cat sat", "e f", "\n\n### Response:", "文件"});
    EXPECT_TRUE(bytes.ok()) << bytes.status();
    std::string error;
    model_ = internal::SentencePieceModel::Load(*bytes, error);
    EXPECT_NE(model_, nullptr) << error;
    encoder_ =
        ChunkedEncoder::Create(*DescribeSentencePiece(*bytes), [this](std::string_view text) {
          ++num_calls_;
          return model_->Encode(text);
        });
    EXPECT_NE(encoder_, nullptr);
  }

  std::vector<int64_t> Whole(std::string_view text) const {
    const std::vector<int> ids = model_->Encode(text);
    return {ids.begin(), ids.end()};
  }

  std::unique_ptr<internal::SentencePieceModel> model_;
  std::unique_ptr<ChunkedEncoder> encoder_;
  std::atomic<int> num_calls_ = 0;
};

// Texts of parts that meet in every way: words, whole pieces and their beginnings, spaces, marks,
// characters that are unknown, bytes that are none.
std::string RandomText(std::mt19937& random) {
  static const std::vector<std::string> parts = {
      "the",     "cat",     "the cat", "the cat sat", "e f",  "file",    " ",      "  ",
      "\n",      "\n\n###", "### ",    "打开",        "文件", "文",      "件",     "窗口",
      "a",       "b",       "Ω",       "0123",        "🙂", "\t",      "\u2581", "é",
      "e\u0301", "\u3000",  "<s>",     "<0x41>",      "\xff", "\xe6\x96"};
  std::string text;
  const size_t count = random() % 12;
  for (size_t i = 0; i < count; ++i) {
    // The last six are rare, since they end what is cut.
    const size_t size = random() % 8 == 0 ? parts.size() : parts.size() - 2;
    text += parts[random() % size];
  }
  return text;
}

TEST_F(ChunkedEncoderTest, TokensAreThoseOfTheModelForAnyText) {
  std::mt19937 random(5);
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = RandomText(random);
    ASSERT_EQ(encoder_->Encode(text), Whole(text)) << text;
  }
  for (const std::string& text : TestTexts()) EXPECT_EQ(encoder_->Encode(text), Whole(text));
  EXPECT_TRUE(encoder_->Encode("").empty());
  const std::string long_word(10'000, 'a');
  EXPECT_EQ(encoder_->Encode(long_word), Whole(long_word));
}

TEST_F(ChunkedEncoderTest, APartIsEncodedOnce) {
  encoder_->Encode("打开 the mat");
  const int calls = num_calls_;
  EXPECT_GT(calls, 1);
  encoder_->Encode("打开 the mat打开 the mat");
  EXPECT_EQ(num_calls_, calls);
}

TEST_F(ChunkedEncoderTest, ThreadsShareIt) {
  const std::string text = "the cat sat on the mat 打开文件 0123456789";
  const std::vector<int64_t> expected = Whole(text);
  std::atomic<int> num_wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) num_wrong += encoder_->Encode(text) != expected;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(num_wrong, 0);
}

}  // namespace
}  // namespace bench::harness
