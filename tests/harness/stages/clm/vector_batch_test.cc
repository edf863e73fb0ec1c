// Rows that begin with vectors: in batches, in training and in evaluation.
#include "harness/stages/clm/vector_batch.h"

#include <ATen/CPUGeneratorImpl.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>

#include "harness/generated/symbol_model.h"
#include "harness/stages/clm/row_batch.h"
#include "harness/stages/clm/row_evaluation.h"
#include "harness/stages/clm/vector_controls.h"
#include "models/decoder.h"
#include "tests/harness/run_fixture.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;
using Tokens = std::vector<int64_t>;
using Values = std::map<std::string, double>;

constexpr VectorForm kForm = {2, 4};
constexpr int64_t kEnd = 2;

DatasetRow Row(const std::vector<uint8_t>& values, const Tokens& answer) {
  DatasetRow row;
  row.vectors = {kForm, values};
  row.tokens.assign(static_cast<size_t>(row.vectors.count()), 3);
  row.tokens.push_back(1);
  row.marks.assign(row.tokens.size(), TokenMark::kGiven);
  row.tokens.insert(row.tokens.end(), answer.begin(), answer.end());
  row.tokens.push_back(kEnd);
  row.marks.resize(row.tokens.size(), TokenMark::kAnswer);
  return row;
}

models::DecoderConfig Config(int64_t vocab_size) {
  models::DecoderConfig config;
  config.vocab_size = vocab_size;
  config.hidden_size = 8;
  config.num_layers = 2;
  config.num_heads = 2;
  config.num_kv_heads = 1;
  config.head_dim = 4;
  config.intermediate_size = 12;
  config.max_positions = 16;
  config.initializer_std = 0.4;
  config.vector_size = kForm.size;
  return config;
}

class RowsWithVectors : public ::testing::Test {
 protected:
  RowsWithVectors()
      : tokenizer_(*Tokenizer::FromModelBytes(generated::SymbolModel({"a", "b", "c"}), "symbols")) {
    spec_.training.max_tokens = 8;
    spec_.evaluation.num_samples = 1;
    spec_.evaluation.tokens_per_language = 0;
    RowDatasetOptions options{tokenizer_.vocab_size(), tokenizer_.digest(), {"images"}};
    options.vectors = kForm;
    RowDatasetWriter writer(folder_.path(), options);
    rows_ = {Row({4, 0, 1, 2}, {4, 5}), Row({0, 4, 4, 4}, {6, 6}), Row({2, 2, 0, 1}, {5, 4})};
    for (const char* part : {"train", "validation"}) {
      for (const DatasetRow& row : rows_) EXPECT_TRUE(writer.Add(part, row).ok());
    }
    EXPECT_TRUE(writer.Finish().ok());
    dataset_.emplace(*RowDataset::Open(folder_.path()));
    decoder_ = *models::Decoder::Create(Config(tokenizer_.vocab_size()),
                                        at::detail::createCPUGenerator(7), at::kCPU, at::kFloat);
  }

  // Log-probabilities of what follows each token, of a row by itself.
  at::Tensor LogProbs(const DatasetRow& row, const Tokens& tokens) const {
    const at::NoGradGuard no_grad;
    models::RaggedBatch batch = models::MakeRaggedBatch({tokens}, at::kCPU);
    const at::Tensor bytes =
        at::tensor(std::vector<int64_t>(row.vectors.values.begin(), row.vectors.values.end()));
    models::PutVectors({bytes.to(at::kFloat).div(4).view({-1, kForm.size}), {row.vectors.count()}},
                       batch);
    return decoder_->Logits(decoder_->Hidden(batch)).to(at::kDouble).log_softmax(-1);
  }
  double Nll(const DatasetRow& row) const {
    const at::Tensor log_probs = LogProbs(row, row.tokens);
    double nll = 0;
    for (size_t t = 1; t < row.tokens.size(); ++t) {
      if (row.marks[t] == TokenMark::kGiven) continue;
      nll -= log_probs[static_cast<int64_t>(t) - 1][row.tokens[t]].item<double>();
    }
    return nll;
  }
  // Token by token, without a cache.
  Tokens Greedy(const DatasetRow& row) const {
    const RowParts parts = PartsOf(row);
    Tokens tokens(parts.given.begin(), parts.given.end()), written;
    while (written.size() < parts.written.size() && (written.empty() || written.back() != kEnd)) {
      const at::Tensor log_probs = LogProbs(row, tokens);
      written.push_back(log_probs[std::ssize(tokens) - 1].argmax().item<int64_t>());
      tokens.push_back(written.back());
    }
    return written;
  }
  Values Summary() {
    RunContext context = fixture_.Start("run");
    RowEvaluator evaluator(
        {spec_, *dataset_, tokenizer_, *decoder_, context.writer, context.ranges});
    const auto evaluation = evaluator.Run(EvaluationPoint::kFinal, 5);
    EXPECT_TRUE(evaluation.ok()) << evaluation.status();
    Values values;
    for (const auto& value : evaluation->summary) values[value.key.Path()] = value.value;
    return values;
  }

  TempFolder folder_;
  RunFixture fixture_;
  const Tokenizer tokenizer_;
  ClmSpec spec_;
  std::vector<DatasetRow> rows_;
  std::optional<RowDataset> dataset_;
  std::unique_ptr<models::Decoder> decoder_;
};

TEST_F(RowsWithVectors, BytesAreFractionsOfWhite) {
  const models::SequenceVectors vectors = VectorsOf(rows_);
  EXPECT_EQ(vectors.counts_B, (Tokens{2, 2, 2}));
  const at::Tensor first = at::tensor({1.0, 0.0, 0.25, 0.5}, at::kFloat).view({2, 2});
  EXPECT_TRUE(at::equal(vectors.vectors_KP.slice(0, 0, 2), first));
  EXPECT_FALSE(VectorsOf(std::vector<DatasetRow>(2)).vectors_KP.defined());
}

// Two vectors, begin, and three targets, of which the input lacks the last: five places a row.
TEST_F(RowsWithVectors, ABatchHasThemAtTheFirstPlacesAndTargetsBehind) {
  const CausalBatch batch = MakeRowBatch(rows_, at::kCPU);
  EXPECT_TRUE(at::equal(batch.inputs.vector_rows_K, at::tensor({0, 1, 5, 6, 10, 11}, at::kLong)));
  EXPECT_TRUE(
      at::equal(batch.target_rows_M, at::tensor({2, 3, 4, 7, 8, 9, 12, 13, 14}, at::kLong)));
  EXPECT_TRUE(at::equal(batch.targets_M, at::tensor({4, 5, 2, 6, 6, 2, 5, 4, 2}, at::kLong)));
}

TEST_F(RowsWithVectors, TheLossIsThatOfEachRowByItselfAndTrainsTheProjection) {
  const at::AutoGradMode grad(true);
  const at::Tensor loss =
      CausalLossSum(*decoder_, MakeRowBatch(rows_, at::kCPU), models::Activations::kKept);
  double expected = 0;
  for (const DatasetRow& row : rows_) expected += Nll(row);
  EXPECT_NEAR(loss.item<double>(), expected, 3e-5);  // nine terms of about 2.5 from fp32 logits
  loss.backward();
  for (const models::NamedTensor& p : decoder_->parameters()) {
    ASSERT_TRUE(p.tensor.grad().defined()) << p.name;
    EXPECT_GT(p.tensor.grad().abs().max().item<double>(), 0) << p.name;
  }
}

TEST_F(RowsWithVectors, EvaluationReadsThemAndHasControls) {
  const Values summary = Summary();
  for (const std::string arm : {"", "zero", "shuffled"}) {
    const std::vector<DatasetRow> rows =
        arm.empty()
            ? rows_
            : ControlRows(arm == "zero" ? VectorControl::kZero : VectorControl::kShuffled, rows_);
    double nll = 0;
    RowAnswers answers;
    for (const DatasetRow& row : rows) {
      nll += Nll(row);
      answers.Add(row, Greedy(row), kEnd);
    }
    const auto path = [&](const std::string& metric) {
      return arm.empty() ? metric : metric + "/" + arm;
    };
    EXPECT_NEAR(summary.at(path("loss")), nll / 9, 1e-5) << arm;
    std::vector<results::MetricValue> expected;
    answers.AppendTo(arm, expected);
    for (const results::MetricValue& value : expected) {
      EXPECT_EQ(summary.at(value.key.Path()), value.value) << value.key.Path();
    }
    EXPECT_TRUE(summary.contains(path("answer_symbol_accuracy")));
  }
  // The vectors do matter to this decoder.
  EXPECT_NE(summary.at("loss"), summary.at("loss/zero"));
  EXPECT_NE(summary.at("loss"), summary.at("loss/shuffled"));
}

TEST_F(RowsWithVectors, ADecoderOfOtherVectorsIsRefused) {
  EXPECT_TRUE(CheckVectorSize(kForm, 2).ok());
  EXPECT_TRUE(CheckVectorSize({}, 0).ok());
  EXPECT_THAT(
      std::string(CheckVectorSize(kForm, 0).message()),
      HasSubstr("model.vector_size is 0, but rows of data.dataset begin with vectors of 2"));
  EXPECT_THAT(std::string(CheckVectorSize({}, 3).message()), HasSubstr("begin with no vectors"));
}

TEST_F(RowsWithVectors, ARowWithoutAnyIsRefused) {
  EXPECT_TRUE(CheckRows(*dataset_, 8).ok());
  EXPECT_THAT(std::string(CheckVectors(Row({}, {4})).message()), HasSubstr("no vectors"));
  EXPECT_TRUE(CheckVectors(DatasetRow()).ok());
}

}  // namespace
}  // namespace bench::harness
