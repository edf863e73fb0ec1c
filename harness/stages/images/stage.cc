#include "harness/stages/images/stage.h"

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/data/row_dataset.h"
#include "harness/generated/symbol_model.h"
#include "harness/images/image_rows.h"
#include "harness/images/labelled_images.h"
#include "harness/model_io/content_digest.h"
#include "harness/stages/fetch.h"
#include "harness/stages/images/predictors.h"
#include "harness/stages/token_data.h"
#include "harness/tokenizers/tokenizer.h"
#include "results/metrics.h"

namespace bench::harness {
namespace {

using images::ImageRow;
using images::ImageRows;
using images::Part;

constexpr char kGroup[] = "images";  // all rows are of one
constexpr int64_t kSamples = 3;      // rows of a part in the table
constexpr int64_t kRowsPerUpdate = 1024;

absl::StatusOr<images::LabelledImages> ReadImages(const ImagesSpec& spec, RunContext& context) {
  if (spec.path) return images::ReadLabelledImages(*spec.path, spec);
  const auto archive = DebianArchive();
  BENCH_ASSIGN_OR_RETURN(const FetchedSource source,
                         FetchAndRecord(*spec.source, *archive, context));
  return images::ReadLabelledImages(source.path, spec);
}

absl::StatusOr<Tokenizer> PublishTokenizer(const std::vector<std::string>& symbols,
                                           const std::string& folder) {
  const std::string model = generated::SymbolModel(symbols);
  BENCH_RETURN_IF_ERROR(PublishFile(absl::StrCat(folder, "/tokenizer.model"), model));
  return Tokenizer::FromModelBytes(model, "the tokenizer of the characters");
}

// Writes the rows of a part and keeps what the results say about them.
class PartWriter {
 public:
  PartWriter(Part part, const ImageRows& rows, const Tokenizer& tokenizer, RunContext& context)
      : part_(part), rows_(rows), tokenizer_(tokenizer), context_(context) {}

  absl::Status Write(RowDatasetWriter& dataset) {
    const int64_t num_rows = rows_.num_rows(part_);
    for (int64_t i = 0; i < num_rows; ++i) {
      if (i % kRowsPerUpdate == 0) {
        BENCH_RETURN_IF_ERROR(CheckNotStopped());
        context_.progress.Update(name(), i, num_rows, "rows");
      }
      BENCH_ASSIGN_OR_RETURN(ImageRow made, rows_.RowAt(part_, i));
      BENCH_RETURN_IF_ERROR(
          Annotate(dataset.Add(name(), made.row), absl::StrCat("row ", i, " of part ", name())));
      num_tokens_ += std::ssize(made.row.tokens);
      num_vectors_ += made.row.vectors.count();
      if (i < kSamples) BENCH_RETURN_IF_ERROR(RecordSample(made.row));
      images_.insert(made.images.begin(), made.images.end());
      if (part_ == Part::kValidation) row_images_.push_back(std::move(made.images));
    }
    context_.progress.Finish();
    return context_.writer.TableRow("data", std::nullopt,
                                    {{"group", std::string(kGroup)},
                                     {"part", name()},
                                     {"images", std::ssize(rows_.images(part_))},
                                     {"rows", num_rows},
                                     {"tokens", num_tokens_},
                                     {"vectors", num_vectors_}});
  }

  std::string name() const { return std::string(Name(part_)); }
  // Those that the rows are made of.
  const std::set<int64_t>& images() const { return images_; }
  // Of each held-out row the images that it is made of.
  const std::vector<std::vector<int64_t>>& row_images() const { return row_images_; }

 private:
  absl::Status RecordSample(const DatasetRow& row) const {
    const auto num_given = static_cast<size_t>(row.vectors.count()) + 1;
    return context_.writer.TableRow(
        "samples", std::nullopt,
        {{"part", name()},
         {"vectors", row.vectors.count()},
         {"target", tokenizer_.Decode(std::span(row.tokens).subspan(num_given))}});
  }

  Part part_;
  const ImageRows& rows_;
  const Tokenizer& tokenizer_;
  RunContext& context_;
  int64_t num_tokens_ = 0;
  int64_t num_vectors_ = 0;
  std::set<int64_t> images_;
  std::vector<std::vector<int64_t>> row_images_;
};

}  // namespace

ImagesStage::ImagesStage(const Definition& definition)
    : definition_(definition), spec_(std::get<ImagesSpec>(definition.stage)) {}

absl::StatusOr<InputDigests> ImagesStage::ContentDigests(
    const std::string& experiments_root) const {
  InputDigests digests = {{"rows", Sha256Hex(absl::StrCat("images ", images::kRowsVersion))}};
  if (spec_.path) {
    BENCH_ASSIGN_OR_RETURN(digests["data"], TreeSha256(*spec_.path));
    return digests;
  }
  BENCH_ASSIGN_OR_RETURN(const SourceManifest manifest,
                         LoadSourceManifest(experiments_root, *spec_.source));
  if (manifest.kind != SourceKind::kFiles) {
    return UsageError(absl::StrCat("images.source: ", manifest.path, " is not of kind \"files\""));
  }
  digests[absl::StrCat("source/", manifest.name)] = manifest.sha256;
  return digests;
}

absl::StatusOr<DiskNeed> ImagesStage::Disk(const std::map<std::string, Artifact>&) const {
  if (!spec_.source) return DiskNeed{};
  // Of an image: its values and, as tokens, their places; of a row: its ends in the columns.
  constexpr int64_t kTokenBytes = 4 + 1, kRowBytes = 16 + 8 + 8 + 2 * kTokenBytes;
  const int64_t num_values = spec_.table.width * spec_.table.height;
  const int64_t num_tokens = num_values / spec_.vector_size() + 1;
  const int64_t num_rows = spec_.train_rows + spec_.validation_rows;
  return DiskNeed{
      0, num_rows * (spec_.images_per_row * (num_values + num_tokens * kTokenBytes) + kRowBytes)};
}

absl::StatusOr<StageOutcome> ImagesStage::Run(RunContext& context) {
  BENCH_ASSIGN_OR_RETURN(images::LabelledImages labelled, ReadImages(spec_, context));
  BENCH_ASSIGN_OR_RETURN(const ImageRows rows,
                         ImageRows::Create(spec_, definition_.base_seed, std::move(labelled)));
  const std::string& folder = context.artifact_folder;
  BENCH_ASSIGN_OR_RETURN(const Tokenizer tokenizer, PublishTokenizer(rows.symbols(), folder));
  RowDatasetOptions options{tokenizer.vocab_size(), tokenizer.digest(), {kGroup}};
  options.vectors = {spec_.vector_size(), rows.labelled().white};
  RowDatasetWriter dataset(folder, std::move(options));
  StageOutcome outcome;
  std::map<Part, std::set<int64_t>> used;
  for (const Part part : {Part::kTrain, Part::kValidation}) {
    PartWriter writer(part, rows, tokenizer, context);
    BENCH_RETURN_IF_ERROR(writer.Write(dataset));
    used[part] = writer.images();
    outcome.summary.push_back(
        {{&results::kExamples, writer.name()}, static_cast<double>(rows.num_rows(part))});
    if (part == Part::kTrain || !spec_.nearest_neighbour) continue;
    BENCH_ASSIGN_OR_RETURN(const std::vector<ImagePredictor> predictors,
                           ComputePredictors(rows, spec_.max_shift, definition_.run.threads));
    const auto scores = PredictorScores(predictors, rows, writer.row_images());
    outcome.summary.insert(outcome.summary.end(), scores.begin(), scores.end());
  }
  BENCH_RETURN_IF_ERROR(dataset.Finish());
  outcome.summary.push_back(
      {{&results::kHeldOutInTraining, ""},
       static_cast<double>(rows.NumInBoth(used[Part::kValidation], used[Part::kTrain]))});
  outcome.summary.push_back(
      {{&results::kVocabSize, ""}, static_cast<double>(tokenizer.vocab_size())});
  // What the files say, as they were written.
  BENCH_ASSIGN_OR_RETURN(const RowDataset written, RowDataset::Open(folder));
  for (const std::string part : {"train", "validation"}) {
    outcome.summary.push_back(
        {{&results::kTokens, part}, static_cast<double>(NumTokens(written.tokens(), part))});
  }
  return outcome;
}

}  // namespace bench::harness
