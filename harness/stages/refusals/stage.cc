#include "harness/stages/refusals/stage.h"

#include <algorithm>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/data/row_dataset.h"
#include "harness/model_io/answering_model.h"
#include "harness/model_io/content_digest.h"
#include "harness/stages/clm/right_rows.h"
#include "harness/stages/clm/row_answers.h"
#include "harness/stages/clm/row_symbols.h"
#include "harness/stages/refusals/labels.h"
#include "harness/stages/token_data.h"
#include "results/metrics.h"
#include "results/proportion_items.h"

namespace bench::harness {
namespace {

constexpr char kTokenizerFile[] = "tokenizer.model";
constexpr int64_t kSamplesPerGroup = 3;

// The held-out rows, all of which must end in an answer.
absl::StatusOr<std::vector<DatasetRow>> QuestionsOf(const RowDataset& dataset) {
  std::vector<DatasetRow> questions;
  for (int64_t i = 0; i < dataset.num_rows("validation"); ++i) {
    questions.push_back(dataset.row("validation", i));
    // Rows are trained on without references, which are those of their old answers.
    questions.back().reference_nll.clear();
    if (questions.back().marks.back() == TokenMark::kAnswer) continue;
    return UsageError(absl::StrCat("data.dataset: held-out row ", i, " ends in no answer"));
  }
  return questions;
}

// Numbers of the training rows that ask none of the questions.
absl::StatusOr<std::vector<int64_t>> StatementRows(const RowDataset& dataset,
                                                   const std::vector<DatasetRow>& questions) {
  std::set<std::vector<int64_t>> asked;
  for (const DatasetRow& row : questions) asked.insert(QuestionOf(row));
  std::vector<int64_t> statements;
  for (int64_t i = 0; i < dataset.num_rows("train"); ++i) {
    BENCH_RETURN_IF_ERROR(CheckNotStopped());
    if (!asked.contains(QuestionOf(dataset.row("train", i)))) statements.push_back(i);
  }
  return statements;
}

struct GroupCount {
  int64_t num_questions = 0;
  int64_t num_right = 0;
  int64_t num_refusals = 0;
  int64_t num_rows = 0;  // written, repeated ones among them
};

// A part of the new data set: its questions, and what the results say about them.
struct AskedPart {
  std::string name;
  std::vector<DatasetRow> questions;
  std::vector<bool> right;    // whether the model answers it rightly
  std::vector<bool> refused;  // whether the refusal answers it
  std::vector<size_t> order;  // the questions that are written
};

class PartRecorder {
 public:
  PartRecorder(const AskedPart& part, const std::vector<std::string>& groups,
               const Tokenizer& tokenizer, results::RunWriter& writer)
      : part_(part), groups_(groups), tokenizer_(tokenizer), writer_(writer) {}

  absl::Status RecordCounts() const {
    std::vector<GroupCount> counts(groups_.size());
    for (size_t i = 0; i < part_.questions.size(); ++i) {
      GroupCount& count = counts.at(static_cast<size_t>(part_.questions[i].group));
      ++count.num_questions;
      count.num_right += part_.right[i] ? 1 : 0;
      count.num_refusals += part_.refused[i] ? 1 : 0;
    }
    for (const size_t question : part_.order) {
      ++counts.at(static_cast<size_t>(part_.questions[question].group)).num_rows;
    }
    for (size_t group = 0; group < counts.size(); ++group) {
      const GroupCount& count = counts[group];
      BENCH_RETURN_IF_ERROR(writer_.TableRow("data", std::nullopt,
                                             {{"group", groups_[group]},
                                              {"part", part_.name},
                                              {"questions", count.num_questions},
                                              {"right", count.num_right},
                                              {"refusals", count.num_refusals},
                                              {"rows", count.num_rows}}));
    }
    return absl::OkStatus();
  }

  // `row` is question `index` as it is written.
  absl::Status RecordSample(size_t index, const DatasetRow& row) {
    if (num_samples_[row.group]++ >= kSamplesPerGroup) return absl::OkStatus();
    const std::vector<int64_t> question = QuestionOf(row);
    const std::span<const int64_t> tokens = row.tokens;
    return writer_.TableRow("samples", std::nullopt,
                            {{"part", part_.name},
                             {"group", groups_.at(static_cast<size_t>(row.group))},
                             {"input", tokenizer_.Decode(question)},
                             {"target", tokenizer_.Decode(tokens.subspan(question.size()))},
                             {"right", static_cast<int64_t>(part_.right[index])}});
  }

 private:
  const AskedPart& part_;
  const std::vector<std::string>& groups_;
  const Tokenizer& tokenizer_;
  results::RunWriter& writer_;
  std::map<int64_t, int64_t> num_samples_;  // by group
};

// Makes the rows of the new data set.
class Maker {
 public:
  Maker(const Definition& definition, const RowDataset& dataset, const DecoderArtifact& model,
        RunContext& context)
      : spec_(std::get<RefusalsSpec>(definition.stage)),
        seeds_{definition.base_seed, 0},
        dataset_(dataset),
        model_(model),
        context_(context),
        writer_(context.artifact_folder, {dataset.tokens().vocab_size(),
                                          dataset.tokens().tokenizer_sha256(), dataset.groups()}) {}

  absl::StatusOr<StageOutcome> Make() {
    BENCH_ASSIGN_OR_RETURN(refusal_,
                           SymbolToken(model_.tokenizer, spec_.refusal, "refusals.refusal"));
    BENCH_ASSIGN_OR_RETURN(const std::vector<DatasetRow> questions, QuestionsOf(dataset_));
    QuestionParts parts = SplitQuestions(questions);
    if (parts.tested.empty()) {
      return DataError("data.dataset: has too few held-out rows to tune on some and test others");
    }
    StageOutcome outcome;
    BENCH_ASSIGN_OR_RETURN(AskedPart train, Ask("train", std::move(parts.tuned), outcome));
    Random labels = Stream("refusals/labels");
    train.refused = RefusedQuestions(train.right, spec_.labels, labels);
    if (spec_.balanced) train.order = BalancedQuestions(train.refused);
    BENCH_RETURN_IF_ERROR(Write(train));
    BENCH_ASSIGN_OR_RETURN(const int64_t num_statements,
                           WriteStatements(questions, std::ssize(train.order)));
    BENCH_ASSIGN_OR_RETURN(const AskedPart test,
                           Ask("validation", std::move(parts.tested), outcome));
    BENCH_RETURN_IF_ERROR(Write(test));
    BENCH_RETURN_IF_ERROR(writer_.Finish());
    const int64_t num_train = std::ssize(train.order) + num_statements;
    outcome.summary.push_back({{&results::kExamples, "train"}, static_cast<double>(num_train)});
    outcome.summary.push_back(
        {{&results::kExamples, "statements"}, static_cast<double>(num_statements)});
    const auto num_refusals = std::count_if(train.order.begin(), train.order.end(),
                                            [&](size_t i) { return train.refused[i]; });
    outcome.summary.push_back(
        {{&results::kExamples, "refusals"}, static_cast<double>(num_refusals)});
    outcome.summary.push_back(
        {{&results::kExamples, "validation"}, static_cast<double>(test.order.size())});
    return outcome;
  }

 private:
  Random Stream(std::string_view name) const {
    return Random(seeds_.For(SeedPurpose::kRows, name));
  }

  // Asks the model; as long as nothing else is said each question is written with its answer.
  absl::StatusOr<AskedPart> Ask(const std::string& name, std::vector<DatasetRow> questions,
                                StageOutcome& outcome) const {
    AskedPart part{name, std::move(questions), {}, {}, {}};
    BENCH_ASSIGN_OR_RETURN(part.right, AnsweredRightly(*model_.decoder, part.questions));
    part.refused.assign(part.questions.size(), false);
    for (size_t i = 0; i < part.questions.size(); ++i) part.order.push_back(i);
    const auto matches = results::CountedProportion::Of({&results::kGreedyMatch, name}, part.right);
    BENCH_RETURN_IF_ERROR(RecordProportion(context_.writer, /*step=*/0, matches));
    outcome.summary.push_back({matches.metric, static_cast<double>(matches.successes) /
                                                   static_cast<double>(matches.trials)});
    return part;
  }

  absl::Status Write(const AskedPart& part) {
    PartRecorder recorder(part, dataset_.groups(), model_.tokenizer, context_.writer);
    BENCH_RETURN_IF_ERROR(recorder.RecordCounts());
    for (const size_t index : part.order) {
      const DatasetRow& question = part.questions[index];
      const DatasetRow row = part.refused[index]
                                 ? WithRefusal(question, refusal_, model_.tokenizer.eos_id())
                                 : question;
      BENCH_RETURN_IF_ERROR(recorder.RecordSample(index, row));
      BENCH_RETURN_IF_ERROR(writer_.Add(part.name, row));
    }
    return absl::OkStatus();
  }

  // The number of rows written.
  absl::StatusOr<int64_t> WriteStatements(const std::vector<DatasetRow>& questions,
                                          int64_t num_questions) {
    const int64_t count = NumStatements(num_questions, spec_.statements);
    if (count == 0) return 0;
    BENCH_ASSIGN_OR_RETURN(const std::vector<int64_t> rows, StatementRows(dataset_, questions));
    if (std::ssize(rows) < count) {
      return UsageError(absl::StrCat("refusals.statements: of the training rows ", rows.size(),
                                     " ask no question, fewer than the ", count,
                                     " that are wanted"));
    }
    std::vector<int64_t> order = Stream("refusals/statements").Permutation(std::ssize(rows));
    order.resize(static_cast<size_t>(count));
    for (const int64_t place : order) {
      DatasetRow row = dataset_.row("train", rows[static_cast<size_t>(place)]);
      row.reference_nll.clear();
      BENCH_RETURN_IF_ERROR(writer_.Add("train", row));
    }
    return count;
  }

  const RefusalsSpec& spec_;
  const SeedSource seeds_;
  const RowDataset& dataset_;
  const DecoderArtifact& model_;
  RunContext& context_;
  RowDatasetWriter writer_;
  int64_t refusal_ = 0;
};

}  // namespace

RefusalsStage::RefusalsStage(const Definition& definition)
    : definition_(definition), spec_(std::get<RefusalsSpec>(definition.stage)) {}

std::vector<InputNeed> RefusalsStage::Inputs() const {
  std::vector<InputNeed> needs = {{"dataset", spec_.dataset, {StageKind::kGenerated}}};
  const std::vector<InputNeed> of_model = AnsweringModelInputs(spec_.model);
  needs.insert(needs.end(), of_model.begin(), of_model.end());
  return needs;
}

absl::StatusOr<InputDigests> RefusalsStage::ContentDigests(const std::string&) const {
  return ContentDigestsOf({{"model", spec_.model.folder, ContentKind::kModel}});
}

absl::StatusOr<DiskNeed> RefusalsStage::Disk(const std::map<std::string, Artifact>& inputs) const {
  // No more questions than twice the held-out rows, and as many training rows at most.
  BENCH_ASSIGN_OR_RETURN(const TokenDataset rows, TokenDataset::Open(inputs.at("dataset").folder));
  constexpr int64_t kTokenBytes = 4 + 1;
  const int64_t num_tokens = NumTokens(rows, "train") + 3 * NumTokens(rows, "validation");
  return DiskNeed{0, num_tokens * (kTokenBytes + 24)};  // of a row: its place and its key
}

absl::StatusOr<StageOutcome> RefusalsStage::Run(RunContext& context) {
  const std::string& folder = context.inputs.at("dataset").folder;
  BENCH_ASSIGN_OR_RETURN(const RowDataset dataset, RowDataset::Open(folder));
  BENCH_ASSIGN_OR_RETURN(const DecoderArtifact model, LoadAnsweringModel(spec_.model, context));
  if (model.tokenizer.digest() != dataset.tokens().tokenizer_sha256()) {
    return UsageError(absl::StrCat("model: was trained on other symbols than those of ",
                                   ToString(spec_.dataset)));
  }
  BENCH_RETURN_IF_ERROR(PublishCopy(absl::StrCat(folder, "/", kTokenizerFile),
                                    absl::StrCat(context.artifact_folder, "/", kTokenizerFile)));
  return Maker(definition_, dataset, model, context).Make();
}

}  // namespace bench::harness
