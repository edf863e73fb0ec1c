// Causal language modelling small enough to check by hand: three documents, a two-layer decoder.
#pragma once

#include <ATen/CPUGeneratorImpl.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "harness/data/document_tokens.h"
#include "harness/stages/clm/task.h"
#include "tests/harness/model_io/tiny_tokenizer.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {

class TinyClm {
 public:
  explicit TinyClm(int64_t micro_batch_size = 4, Tokenizer tokenizer = TinyTokenizer())
      : tokenizer_(std::move(tokenizer)) {
    spec_.training.batch_size = 4;
    spec_.training.micro_batch_size = micro_batch_size;
    spec_.training.max_tokens = 8;
    spec_.evaluation.sample_prompt_tokens = 3;
    spec_.evaluation.sample_new_tokens = 5;
    TokenDatasetWriter writer(folder_.path(),
                              {tokenizer_.vocab_size(), tokenizer_.digest(), {"en", "zh", "none"}});
    const std::pair<const char*, std::string> documents[] = {
        {"train", "say number 1 it is"}, {"train", "say 2"},      {"train", "number 3 it is 3"},
        {"validation", "say it is 4"},   {"validation", "it is"}, {"validation", "\u4e2d"}};
    for (const auto& [part, text] : documents) {
      EXPECT_TRUE(writer
                      .Add(part, *DocumentTokens(tokenizer_, text), std::ssize(text),
                           text == "\u4e2d" ? 1 : 0)
                      .ok());
    }
    EXPECT_TRUE(writer.Finish().ok());
    dataset_.emplace(*TokenDataset::Open(folder_.path()));
    models::DecoderConfig config;
    config.vocab_size = tokenizer_.vocab_size();
    config.hidden_size = 8;
    config.num_layers = 2;
    config.num_heads = 2;
    config.num_kv_heads = 1;
    config.head_dim = 4;
    config.intermediate_size = 12;
    config.max_positions = 16;
    config.initializer_std = 0.3;
    decoder_ =
        *models::Decoder::Create(config, at::detail::createCPUGenerator(7), at::kCPU, at::kFloat);
    sequences_.emplace(dataset_->part("train"), spec_.training.max_tokens);
    task_.emplace(ClmTask::Parts{spec_, *sequences_, *decoder_, *alone_}, SeedSource{1, 0},
                  nullptr);
  }

  ClmTask& task() { return *task_; }
  const ClmSpec& spec() const { return spec_; }
  ClmSpec& spec() { return spec_; }
  const TokenDataset& dataset() const { return *dataset_; }
  const Tokenizer& tokenizer() const { return tokenizer_; }
  const ClmSequences& sequences() const { return *sequences_; }
  const models::Decoder& decoder() const { return *decoder_; }

 private:
  TempFolder folder_;
  const Tokenizer tokenizer_;
  ClmSpec spec_;
  std::optional<TokenDataset> dataset_;
  std::unique_ptr<models::Decoder> decoder_;
  std::optional<ClmSequences> sequences_;
  const std::unique_ptr<Ranks> alone_ = Ranks::Alone();
  std::optional<ClmTask> task_;
};

}  // namespace bench::harness
