#include "harness/stages/names/stage.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/data/row_alternatives.h"
#include "harness/data/row_dataset.h"
#include "harness/data/source.h"
#include "harness/definition/enum_names.h"
#include "harness/generated/symbol_model.h"
#include "harness/stages/fetch.h"
#include "harness/stages/names/copies.h"
#include "harness/stages/names/name_rows.h"
#include "harness/stages/names/names.h"
#include "harness/stages/token_data.h"
#include "harness/tokenizers/tokenizer.h"
#include "results/metrics.h"

namespace bench::harness {
namespace {

// To be raised when the rows of the same records become others.
constexpr char kRowsVersion[] = "names 1";
constexpr size_t kSamplesPerLanguage = 3;

absl::StatusOr<std::vector<CatalogueRecord>> FetchRecords(const NamesSpec& spec,
                                                          RunContext& context) {
  const auto archive = DebianArchive();
  std::vector<CatalogueRecord> records;
  for (const std::string& name : spec.sources) {
    BENCH_RETURN_IF_ERROR(CheckNotStopped());
    BENCH_ASSIGN_OR_RETURN(const FetchedSource source, FetchAndRecord(name, *archive, context));
    BENCH_ASSIGN_OR_RETURN(std::vector<CatalogueRecord> read, ReadCatalogueRecords(source));
    std::move(read.begin(), read.end(), std::back_inserter(records));
  }
  return records;
}

absl::Status RecordLeftOut(const Names& names, results::RunWriter& writer) {
  for (const auto& [language, counts] : names.left_out) {
    for (size_t i = 0; i < counts.size(); ++i) {
      BENCH_RETURN_IF_ERROR(
          writer.TableRow("dropped", std::nullopt,
                          {{"language", language},
                           {"reason", std::string(Name(static_cast<NameDrop>(i)))},
                           {"count", counts.at(i)}}));
    }
  }
  return absl::OkStatus();
}

// Writes the rows of a part and records what they are.
class PartWriter {
 public:
  PartWriter(std::string part, const std::vector<std::string>& languages,
             const Tokenizer& tokenizer, RunContext& context)
      : part_(std::move(part)),
        languages_(languages),
        tokenizer_(tokenizer),
        context_(context),
        counts_(languages.size()) {}

  absl::Status Write(const std::vector<DatasetRow>& rows, RowDatasetWriter& dataset) {
    for (const DatasetRow& row : rows) {
      BENCH_RETURN_IF_ERROR(dataset.Add(part_, row));
      Count& count = counts_.at(static_cast<size_t>(row.group));
      ++count.rows;
      count.tokens += std::ssize(row.tokens);
      count.targets += std::ssize(PartsOf(row).written);
      if (count.rows > static_cast<int64_t>(kSamplesPerLanguage)) continue;
      BENCH_RETURN_IF_ERROR(RecordSample(row));
    }
    return RecordCounts();
  }

 private:
  struct Count {
    int64_t rows = 0, tokens = 0, targets = 0;
  };

  absl::Status RecordSample(const DatasetRow& row) const {
    const RowParts parts = PartsOf(row);
    return context_.writer.TableRow("samples", std::nullopt,
                                    {{"part", part_},
                                     {"group", languages_.at(static_cast<size_t>(row.group))},
                                     {"input", tokenizer_.Decode(parts.given)},
                                     {"target", tokenizer_.Decode(parts.written)}});
  }

  absl::Status RecordCounts() const {
    for (size_t i = 0; i < counts_.size(); ++i) {
      const Count& count = counts_[i];
      BENCH_RETURN_IF_ERROR(context_.writer.TableRow("data", std::nullopt,
                                                     {{"group", languages_[i]},
                                                      {"part", part_},
                                                      {"rows", count.rows},
                                                      {"tokens", count.tokens},
                                                      {"targets", count.targets}}));
    }
    return absl::OkStatus();
  }

  const std::string part_;
  const std::vector<std::string>& languages_;
  const Tokenizer& tokenizer_;
  RunContext& context_;
  std::vector<Count> counts_;  // by language
};

absl::StatusOr<Tokenizer> PublishTokenizer(const std::vector<std::string>& symbols,
                                           const std::string& folder) {
  const std::string model = generated::SymbolModel(symbols);
  BENCH_RETURN_IF_ERROR(PublishFile(absl::StrCat(folder, "/tokenizer.model"), model));
  return Tokenizer::FromModelBytes(model, "the tokenizer of the symbols");
}

absl::Status RecordCopies(const std::vector<Copy>& copies, results::RunWriter& writer,
                          std::vector<results::MetricValue>& summary) {
  for (const Copy& copy : copies) {
    const RowAnswers& answers = copy.answers;
    BENCH_RETURN_IF_ERROR(writer.TableRow("copies", std::nullopt,
                                          {{"of", copy.of},
                                           {"rows", std::ssize(answers.exact())},
                                           {"exact_match", answers.exact_match()},
                                           {"symbol_error_rate", answers.symbol_error_rate()}}));
  }
  const auto append = [&summary](const std::string& label, const RowAnswers& answers) {
    summary.push_back({{&results::kExactMatch, label}, answers.exact_match()});
    summary.push_back({{&results::kSymbolErrorRate, label}, answers.symbol_error_rate()});
  };
  append("copy_en", copies.front().answers);
  if (const Copy* nearest = NearestCopy(copies)) append("copy_nearest", nearest->answers);
  return absl::OkStatus();
}

std::set<uint64_t> KeysOf(const RowDataset& dataset, const std::string& part, int64_t group) {
  std::set<uint64_t> keys;
  for (int64_t i = 0; i < dataset.num_rows(part); ++i) {
    const DatasetRow row = dataset.row(part, i);
    if (row.group == group) keys.insert(row.key);
  }
  return keys;
}

// What the files say, as they were written.
absl::Status AppendWritten(const std::string& folder, std::vector<results::MetricValue>& summary) {
  BENCH_ASSIGN_OR_RETURN(const RowDataset written, RowDataset::Open(folder));
  for (const std::string part : {"train", "validation"}) {
    summary.push_back({{&results::kExamples, part}, static_cast<double>(written.num_rows(part))});
    summary.push_back(
        {{&results::kTokens, part}, static_cast<double>(NumTokens(written.tokens(), part))});
  }
  const int64_t anywhere = written.NumHeldOutKeysInTraining().value_or(0);
  summary.push_back({{&results::kHeldOutInTraining, ""}, static_cast<double>(anywhere)});
  for (int64_t group = 0; group < std::ssize(written.groups()); ++group) {
    const std::set<uint64_t> held_out = KeysOf(written, "validation", group);
    if (held_out.empty()) continue;
    const std::set<uint64_t> trained = KeysOf(written, "train", group);
    const auto count = std::count_if(held_out.begin(), held_out.end(),
                                     [&](uint64_t key) { return trained.contains(key); });
    const std::string& language = written.groups()[static_cast<size_t>(group)];
    summary.push_back({{&results::kHeldOutInTraining, language}, static_cast<double>(count)});
  }
  return absl::OkStatus();
}

}  // namespace

NamesStage::NamesStage(const Definition& definition)
    : definition_(definition), spec_(std::get<NamesSpec>(definition.stage)) {}

absl::StatusOr<InputDigests> NamesStage::ContentDigests(const std::string& experiments_root) const {
  InputDigests digests = {{"rows", Sha256Hex(kRowsVersion)}};
  for (const std::string& name : spec_.sources) {
    BENCH_ASSIGN_OR_RETURN(const SourceManifest manifest,
                           LoadSourceManifest(experiments_root, name));
    if (manifest.kind != SourceKind::kGettext) {
      return UsageError(
          absl::StrCat("names.sources: ", manifest.path, " is not of kind \"gettext\""));
    }
    digests.emplace(absl::StrCat("source/", name), manifest.sha256);
  }
  return digests;
}

absl::StatusOr<StageOutcome> NamesStage::Run(RunContext& context) {
  BENCH_ASSIGN_OR_RETURN(const std::vector<CatalogueRecord> records, FetchRecords(spec_, context));
  BENCH_ASSIGN_OR_RETURN(const Names names, ReadNames(records, spec_));
  BENCH_RETURN_IF_ERROR(RecordLeftOut(names, context.writer));
  BENCH_ASSIGN_OR_RETURN(const NameRows rows, MakeNameRows(names, spec_, definition_.base_seed));
  const std::string& folder = context.artifact_folder;
  BENCH_ASSIGN_OR_RETURN(const Tokenizer tokenizer, PublishTokenizer(rows.symbols, folder));
  const RowDatasetOptions options{tokenizer.vocab_size(), tokenizer.digest(), spec_.languages};
  RowDatasetWriter dataset(folder, options);
  for (const auto& [part, of_part] :
       {std::pair("train", &rows.train), std::pair("validation", &rows.validation)}) {
    PartWriter writer(part, spec_.languages, tokenizer, context);
    BENCH_RETURN_IF_ERROR(writer.Write(*of_part, dataset));
  }
  BENCH_RETURN_IF_ERROR(dataset.Finish());
  BENCH_RETURN_IF_ERROR(WriteAlternatives(folder, options, rows.alternatives));
  StageOutcome outcome;
  BENCH_RETURN_IF_ERROR(
      RecordCopies(ScoreCopies(rows, spec_.languages), context.writer, outcome.summary));
  BENCH_RETURN_IF_ERROR(AppendWritten(folder, outcome.summary));
  outcome.summary.push_back(
      {{&results::kVocabSize, ""}, static_cast<double>(tokenizer.vocab_size())});
  return outcome;
}

}  // namespace bench::harness
