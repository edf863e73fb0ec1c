// Rows of symbols small enough to check by hand: two groups, and a two-layer decoder.
#pragma once

#include <ATen/CPUGeneratorImpl.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "harness/data/row_dataset.h"
#include "harness/definition/clm_spec.h"
#include "harness/generated/symbol_model.h"
#include "harness/tokenizers/tokenizer.h"
#include "models/decoder.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {

// "given" tokens, then targets, then the answer with its end.
inline DatasetRow TinyRow(const std::vector<int64_t>& given, const std::vector<int64_t>& targets,
                          const std::vector<int64_t>& answer, int64_t group) {
  DatasetRow row;
  const auto add = [&row](const std::vector<int64_t>& tokens, TokenMark mark) {
    for (const int64_t token : tokens) {
      row.tokens.push_back(token);
      row.marks.push_back(mark);
    }
  };
  add(given, TokenMark::kGiven);
  add(targets, TokenMark::kTarget);
  add(answer, TokenMark::kAnswer);
  row.group = group;
  row.key = static_cast<uint64_t>(given.front());
  return row;
}

class TinyRows {
 public:
  TinyRows()
      : tokenizer_(*Tokenizer::FromModelBytes(
            generated::SymbolModel({"a ", "b ", "c ", "d ", "e ", "f "}), "symbols")) {
    spec_.training.batch_size = 4;
    spec_.training.micro_batch_size = 2;
    spec_.training.max_tokens = 8;
    spec_.evaluation.num_samples = 1;
    RowDatasetWriter writer(
        folder_.path(),
        {tokenizer_.vocab_size(), tokenizer_.digest(), {"chain", "direct", "none"}});
    const std::pair<const char*, DatasetRow> rows[] = {
        {"train", TinyRow({4, 5}, {6, 7}, {8, 2}, 0)},
        {"train", TinyRow({5}, {}, {6, 2}, 1)},
        {"train", TinyRow({6, 7, 8}, {9}, {4, 2}, 0)},
        {"train", TinyRow({7, 9}, {}, {5, 2}, 1)},
        {"validation", TinyRow({8, 4}, {5}, {6, 2}, 0)},
        {"validation", TinyRow({9, 8, 7}, {}, {4, 2}, 1)},
        {"validation", TinyRow({6, 6}, {7, 7}, {8, 2}, 0)}};
    for (const auto& [part, row] : rows) EXPECT_TRUE(writer.Add(part, row).ok());
    EXPECT_TRUE(writer.Finish().ok());
    dataset_.emplace(*RowDataset::Open(folder_.path()));
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
  }

  ClmSpec& spec() { return spec_; }
  const RowDataset& dataset() const { return *dataset_; }
  const std::string& folder() const { return folder_.path(); }
  const Tokenizer& tokenizer() const { return tokenizer_; }
  const models::Decoder& decoder() const { return *decoder_; }

  // Log-probabilities [tokens, vocabulary] of what follows each of `tokens`, from full logits.
  at::Tensor LogProbs(const std::vector<int64_t>& tokens) const {
    const auto inputs = models::MakeRaggedBatch({tokens}, at::kCPU);
    return decoder_->Logits(decoder_->Hidden(inputs)).to(at::kDouble).log_softmax(-1);
  }

 private:
  TempFolder folder_;
  const Tokenizer tokenizer_;
  ClmSpec spec_;
  std::optional<RowDataset> dataset_;
  std::unique_ptr<models::Decoder> decoder_;
};

}  // namespace bench::harness
