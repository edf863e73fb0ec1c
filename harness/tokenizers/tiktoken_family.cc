#include "harness/tokenizers/tiktoken_family.h"

#include "absl/strings/str_cat.h"

namespace bench::harness {
namespace {

constexpr int kNumQwenExtras = 205;

std::vector<std::string> QwenControlTokens() {
  std::vector<std::string> tokens = {"<|endoftext|>", "<|im_start|>", "<|im_end|>"};
  for (int i = 0; i < kNumQwenExtras; ++i) tokens.push_back(absl::StrCat("<|extra_", i, "|>"));
  return tokens;
}

}  // namespace

const std::vector<TiktokenFamily>& TiktokenFamilies() {
  static const std::vector<TiktokenFamily> families = {{.tokenizer_class = "QWenTokenizer",
                                                        .pattern = SplitPattern::kQwen2,
                                                        .form = TextForm::kNewestNfc,
                                                        .num_ranks = 151643,
                                                        .control_tokens = QwenControlTokens(),
                                                        .eos = "<|endoftext|>"}};
  return families;
}

const TiktokenFamily* FindTiktokenFamily(std::string_view tokenizer_class) {
  for (const TiktokenFamily& family : TiktokenFamilies()) {
    if (family.tokenizer_class == tokenizer_class) return &family;
  }
  return nullptr;
}

}  // namespace bench::harness
