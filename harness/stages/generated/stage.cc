#include "harness/stages/generated/stage.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/data/row_dataset.h"
#include "harness/data/statement_space.h"
#include "harness/generated/grammars.h"
#include "harness/generated/row_source.h"
#include "harness/generated/symbol_model.h"
#include "harness/stages/generated/predictor_losses.h"
#include "harness/stages/generated/records.h"
#include "harness/stages/token_data.h"
#include "harness/tokenizers/tokenizer.h"
#include "results/metrics.h"

namespace bench::harness {
namespace {

using generated::Part;
using generated::Row;
using generated::RowSource;

constexpr int64_t kRowsPerBlock = 8192;
constexpr int64_t kSamplesPerGroup = 3;

struct GroupCount {
  int64_t num_rows = 0;
  int64_t num_tokens = 0;
  int64_t num_targets = 0;
};

DatasetRow StoredRow(const Row& row, const RowSource& source) {
  const uint64_t key = row.key.empty() ? 0 : source.split().Hash(row.key);
  DatasetRow stored{row.tokens, row.marks, row.group, key, {}};
  if (!row.predictor_nll.empty()) {
    stored.reference_nll.assign(row.predictor_nll.front().begin(), row.predictor_nll.front().end());
  }
  return stored;
}

// Writes the rows of a part and keeps what the results say about them.
class PartWriter {
 public:
  PartWriter(Part part, const RowSource& source, const Tokenizer& tokenizer, RunContext& context)
      : part_(part),
        source_(source),
        tokenizer_(tokenizer),
        context_(context),
        counts_(source.grammar().groups().size()),
        losses_(source.grammar().predictors()) {}

  // `records` may be null.
  absl::Status Write(int64_t num_threads, RowDatasetWriter& dataset, InstructionRows* records) {
    const int64_t num_rows = source_.num_rows(part_);
    for (int64_t begin = 0; begin < num_rows; begin += kRowsPerBlock) {
      const int64_t end = std::min(begin + kRowsPerBlock, num_rows);
      BENCH_ASSIGN_OR_RETURN(const std::vector<Row> rows,
                             source_.Rows(part_, begin, end, num_threads));
      for (const Row& row : rows) {
        BENCH_RETURN_IF_ERROR(Add(row));
        BENCH_RETURN_IF_ERROR(dataset.Add(name(), StoredRow(row, source_)));
        if (records == nullptr) continue;
        BENCH_RETURN_IF_ERROR(records->Add(part_, row, GroupName(row.group)));
      }
      context_.progress.Update(name(), end, num_rows, "rows");
    }
    context_.progress.Finish();
    return RecordCounts();
  }

  std::string name() const { return std::string(Name(part_)); }
  const PredictorLosses& losses() const { return losses_; }

 private:
  absl::Status Add(const Row& row) {
    GroupCount& count = counts_.at(static_cast<size_t>(row.group));
    const auto given = std::count(row.marks.begin(), row.marks.end(), TokenMark::kGiven);
    ++count.num_rows;
    count.num_tokens += std::ssize(row.tokens);
    count.num_targets += std::ssize(row.marks) - given;
    losses_.Add(row);
    if (count.num_rows > kSamplesPerGroup) return absl::OkStatus();
    return RecordSample(row);
  }

  absl::Status RecordSample(const Row& row) const {
    const auto target = std::find_if(row.marks.begin(), row.marks.end(),
                                     [](TokenMark mark) { return mark != TokenMark::kGiven; });
    const auto num_given = static_cast<size_t>(target - row.marks.begin());
    const std::span<const int64_t> tokens = row.tokens;
    return context_.writer.TableRow("samples", std::nullopt,
                                    {{"part", name()},
                                     {"group", GroupName(row.group)},
                                     {"input", tokenizer_.Decode(tokens.first(num_given))},
                                     {"target", tokenizer_.Decode(tokens.subspan(num_given))}});
  }

  absl::Status RecordCounts() const {
    for (size_t group = 0; group < counts_.size(); ++group) {
      const GroupCount& count = counts_[group];
      BENCH_RETURN_IF_ERROR(
          context_.writer.TableRow("data", std::nullopt,
                                   {{"group", GroupName(static_cast<int64_t>(group))},
                                    {"part", name()},
                                    {"rows", count.num_rows},
                                    {"tokens", count.num_tokens},
                                    {"targets", count.num_targets}}));
    }
    return absl::OkStatus();
  }

  std::string GroupName(int64_t group) const {
    return source_.grammar().groups()[static_cast<size_t>(group)];
  }

  Part part_;
  const RowSource& source_;
  const Tokenizer& tokenizer_;
  RunContext& context_;
  std::vector<GroupCount> counts_;
  PredictorLosses losses_;
};

absl::StatusOr<Tokenizer> PublishTokenizer(const std::vector<std::string>& symbols,
                                           const std::string& folder) {
  const std::string model = generated::SymbolModel(symbols);
  BENCH_RETURN_IF_ERROR(PublishFile(absl::StrCat(folder, "/tokenizer.model"), model));
  return Tokenizer::FromModelBytes(model, "the tokenizer of the symbols");
}

// What the files say, as they were written.
absl::Status AppendWritten(const std::string& folder, std::vector<results::MetricValue>& summary) {
  BENCH_ASSIGN_OR_RETURN(const RowDataset written, RowDataset::Open(folder));
  for (const std::string part : {"train", "validation"}) {
    summary.push_back(
        {{&results::kTokens, part}, static_cast<double>(NumTokens(written.tokens(), part))});
  }
  if (const std::optional<int64_t> count = written.NumHeldOutKeysInTraining()) {
    summary.push_back({{&results::kHeldOutInTraining, ""}, static_cast<double>(*count)});
  }
  return absl::OkStatus();
}

}  // namespace

GeneratedStage::GeneratedStage(const Definition& definition)
    : definition_(definition), spec_(std::get<GeneratedSpec>(definition.stage)) {}

absl::StatusOr<InputDigests> GeneratedStage::ContentDigests(const std::string&) const {
  const std::string grammar(Name(spec_.grammar));
  return InputDigests{
      {"grammar", Sha256Hex(absl::StrCat(grammar, " ", generated::GrammarVersion(spec_.grammar)))}};
}

absl::StatusOr<DiskNeed> GeneratedStage::Disk(const std::map<std::string, Artifact>&) const {
  constexpr int64_t kSeenRows = 256;
  // Of a token: itself, its mark and its reference. Of a row: its place and its key.
  constexpr int64_t kTokenBytes = 4 + 1 + 4, kRowBytes = 16 + 8;
  BENCH_ASSIGN_OR_RETURN(const RowSource source, RowSource::Create(spec_, definition_.base_seed));
  const int64_t num_train = source.num_rows(Part::kTrain);
  BENCH_ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      source.Rows(Part::kTrain, 0, std::min(num_train, kSeenRows), definition_.run.threads));
  int64_t longest = 0;
  for (const Row& row : rows) longest = std::max(longest, std::ssize(row.tokens));
  const int64_t num_rows = num_train + source.num_rows(Part::kValidation);
  // A record has its symbols as text, and the names of fields.
  constexpr int64_t kRecordBytes = 100;
  size_t symbol_bytes = 1;
  for (const std::string& symbol : source.grammar().symbols()) {
    symbol_bytes = std::max(symbol_bytes, symbol.size());
  }
  const int64_t record =
      spec_.demonstrations > 0 ? longest * static_cast<int64_t>(symbol_bytes) + kRecordBytes : 0;
  return DiskNeed{0, num_rows * (longest * kTokenBytes + kRowBytes + record)};
}

absl::StatusOr<StageOutcome> GeneratedStage::Run(RunContext& context) {
  BENCH_ASSIGN_OR_RETURN(const RowSource source, RowSource::Create(spec_, definition_.base_seed));
  const generated::RowGrammar& grammar = source.grammar();
  const std::string& folder = context.artifact_folder;
  BENCH_ASSIGN_OR_RETURN(const Tokenizer tokenizer, PublishTokenizer(grammar.symbols(), folder));
  RowDatasetWriter dataset(folder, {tokenizer.vocab_size(), tokenizer.digest(), grammar.groups(),
                                    !grammar.predictors().empty()});
  std::optional<InstructionRows> records;
  if (spec_.demonstrations > 0) records.emplace(tokenizer, spec_.demonstrations);
  StageOutcome outcome;
  for (const Part part : {Part::kTrain, Part::kValidation}) {
    PartWriter writer(part, source, tokenizer, context);
    BENCH_RETURN_IF_ERROR(
        writer.Write(definition_.run.threads, dataset, records ? &*records : nullptr));
    outcome.summary.push_back(
        {{&results::kExamples, writer.name()}, static_cast<double>(source.num_rows(part))});
    if (part == Part::kTrain) continue;
    BENCH_RETURN_IF_ERROR(writer.losses().Record(context.writer));
    const auto losses = writer.losses().Summary();
    outcome.summary.insert(outcome.summary.end(), losses.begin(), losses.end());
  }
  BENCH_RETURN_IF_ERROR(dataset.Finish());
  if (records) BENCH_RETURN_IF_ERROR(records->Publish(folder));
  if (const auto statements = grammar.Statements()) {
    BENCH_RETURN_IF_ERROR(WriteStatementSpace(*statements, folder));
  }
  if (const std::optional<double> rate = grammar.MonofactRate()) {
    outcome.summary.push_back({{&results::kMonofactRate, ""}, *rate});
  }
  outcome.summary.push_back(
      {{&results::kVocabSize, ""}, static_cast<double>(tokenizer.vocab_size())});
  BENCH_RETURN_IF_ERROR(AppendWritten(folder, outcome.summary));
  return outcome;
}

}  // namespace bench::harness
