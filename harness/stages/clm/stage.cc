#include "harness/stages/clm/stage.h"

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/data/row_alternatives.h"
#include "harness/data/row_dataset.h"
#include "harness/model_io/content_digest.h"
#include "harness/model_io/decoder_artifact.h"
#include "harness/model_io/decoder_inputs.h"
#include "harness/stages/clm/evaluation.h"
#include "harness/stages/clm/row_batch.h"
#include "harness/stages/clm/row_evaluation.h"
#include "harness/stages/clm/row_folder.h"
#include "harness/stages/clm/row_measures.h"
#include "harness/stages/clm/row_mixture.h"
#include "harness/stages/clm/row_task.h"
#include "harness/stages/clm/task.h"
#include "harness/stages/clm/text_data.h"
#include "harness/stages/clm/vector_batch.h"
#include "harness/stages/token_data.h"
#include "harness/stages/training_disk.h"

namespace bench::harness {
namespace {

absl::StatusOr<Tokenizer> TokenizerOf(const ClmSpec& spec, const ClmText& text,
                                      const RunContext& context) {
  if (spec.tokenizer.characters) return TrainCharacterTokenizer(text);
  return LoadTokenizer(spec.tokenizer.ref, context.inputs);
}

// The token data set in the corpus' artifact, which must have been made with this tokenizer.
absl::StatusOr<TokenDataset> OpenCorpus(const ClmDataSpec& data, const Tokenizer& tokenizer,
                                        const RunContext& context) {
  BENCH_ASSIGN_OR_RETURN(TokenDataset dataset,
                         TokenDataset::Open(context.inputs.at("dataset").folder));
  if (dataset.tokenizer_sha256() == tokenizer.digest()) return dataset;
  return UsageError(absl::StrCat("tokenizer: ", tokenizer.files().where, " has the digest ",
                                 tokenizer.digest(), ", but ", ToString(*data.dataset),
                                 " was tokenised with ", dataset.tokenizer_sha256(),
                                 "; name the tokenizer of the corpus"));
}

// The text, tokenised in the run's folder.
absl::StatusOr<TokenDataset> TokeniseData(const ClmSpec& spec, const ClmText& text,
                                          const Tokenizer& tokenizer, const RunContext& context) {
  const std::string folder = context.folder + "/tokens";
  if (!context.ranks.leads()) return TokenDataset::Open(folder);
  BENCH_RETURN_IF_ERROR(TokeniseText(text, tokenizer, spec.data.validation_fraction, folder));
  return TokenDataset::Open(folder);
}

// Of the data set of rows that is trained on.
absl::StatusOr<std::string> RowFolder(const ClmDataSpec& data,
                                      const std::map<std::string, Artifact>& inputs) {
  if (data.path) return OwnRowFolder(*data.path);
  return inputs.at("dataset").folder;
}

struct ClmInputs {
  Tokenizer tokenizer;
  TokenDataset dataset;
};
absl::StatusOr<ClmInputs> ReadInputs(const ClmSpec& spec, RunContext& context) {
  if (spec.data.dataset) {
    BENCH_ASSIGN_OR_RETURN(Tokenizer tokenizer, LoadTokenizer(spec.tokenizer.ref, context.inputs));
    BENCH_ASSIGN_OR_RETURN(TokenDataset dataset, OpenCorpus(spec.data, tokenizer, context));
    return ClmInputs{std::move(tokenizer), std::move(dataset)};
  }
  BENCH_ASSIGN_OR_RETURN(const ClmText text, ReadTextData(spec.data, context));
  BENCH_ASSIGN_OR_RETURN(Tokenizer tokenizer, TokenizerOf(spec, text, context));
  BENCH_ASSIGN_OR_RETURN(TokenDataset dataset, TokeniseData(spec, text, tokenizer, context));
  return ClmInputs{std::move(tokenizer), std::move(dataset)};
}

absl::Status CheckNotEmpty(const TokenDataset& dataset) {
  for (const char* part : {"train", "validation"}) {
    if (!dataset.part(part).empty()) continue;
    return DataError(absl::StrCat("the data set has no documents in part \"", part, "\""));
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<InputNeed> ClmStage::Inputs() const {
  std::vector<InputNeed> needs = DecoderInputs(spec().tokenizer.ref, spec().init);
  if (spec().data.dataset) {
    const std::vector<StageKind> makers =
        spec().tokenizer.symbols
            ? std::vector<StageKind>(kRowStages.begin(), kRowStages.end())
            : std::vector<StageKind>{StageKind::kCorpus, StageKind::kSynthetic};
    needs.push_back({"dataset", *spec().data.dataset, makers});
  }
  return needs;
}

absl::StatusOr<InputDigests> ClmStage::ContentDigests(const std::string& experiments_root) const {
  BENCH_ASSIGN_OR_RETURN(
      InputDigests digests,
      ContentDigestsOf({{"initial_weights", spec().init.folder, ContentKind::kWeights}}));
  if (spec().tokenizer.symbols && spec().data.path) {
    BENCH_ASSIGN_OR_RETURN(const std::string folder, OwnRowFolder(*spec().data.path));
    BENCH_ASSIGN_OR_RETURN(digests["data"], TreeSha256(folder));
  } else {
    BENCH_RETURN_IF_ERROR(AddTextDigests({"data", spec().data}, experiments_root, digests));
  }
  BENCH_RETURN_IF_ERROR(AddTokenizerDigest(spec().tokenizer.ref, digests));
  BENCH_RETURN_IF_ERROR(AddProbeDigests(spec().probes, experiments_root, digests));
  return digests;
}

absl::StatusOr<DiskNeed> ClmStage::Disk(const std::map<std::string, Artifact>& inputs) const {
  int64_t vocab_size = kMaxCharacters;
  if (spec().tokenizer.symbols) {
    BENCH_ASSIGN_OR_RETURN(const std::string folder, RowFolder(spec().data, inputs));
    BENCH_ASSIGN_OR_RETURN(const TokenDataset rows, TokenDataset::Open(folder));
    vocab_size = rows.vocab_size();
  } else if (!spec().tokenizer.characters) {
    BENCH_ASSIGN_OR_RETURN(vocab_size, VocabSizeOf(spec().tokenizer.ref, inputs));
  }
  return DecoderDisk({spec().model, spec().init, vocab_size, spec().training.precision},
                     spec().optimizer, inputs);
}

// With the evaluations that only this stage has; the first of a curve is the untrained model's.
LoopSpec ClmStage::ClmLoop() const {
  LoopSpec loop = Loop();
  loop.evaluations_per_doubling = spec().evaluation.log_spaced;
  if (loop.evaluations_per_doubling > 0) loop.first_evaluation = FirstEvaluation::kBeforeTraining;
  return loop;
}

absl::StatusOr<StageOutcome> ClmStage::Run(RunContext& context) {
  BENCH_ASSIGN_OR_RETURN(const Probes probes,
                         Probes::Load(spec().probes, context.experiments_root, context.seeds));
  return spec().tokenizer.symbols ? RunOnRows(probes, context) : RunOnText(probes, context);
}

absl::StatusOr<StageOutcome> ClmStage::RunOnRows(const Probes& probes, RunContext& context) {
  BENCH_ASSIGN_OR_RETURN(const std::string folder, RowFolder(spec().data, context.inputs));
  BENCH_ASSIGN_OR_RETURN(TokenizerFiles files, ReadTokenizerFiles(folder));
  BENCH_ASSIGN_OR_RETURN(const Tokenizer tokenizer, Tokenizer::FromFiles(std::move(files)));
  BENCH_ASSIGN_OR_RETURN(const RowDataset dataset, RowDataset::Open(folder));
  BENCH_RETURN_IF_ERROR(
      Annotate(CheckRows(dataset, spec().training.max_tokens),
               spec().data.dataset ? ToString(*spec().data.dataset) : *spec().data.path));
  BENCH_ASSIGN_OR_RETURN(const RowMixture mixture,
                         MakeRowMixture(dataset, spec().sampling, spec().training.batch_size));
  BENCH_ASSIGN_OR_RETURN(const RowAlternatives alternatives,
                         RowAlternatives::Open(folder, dataset.groups()));
  BENCH_RETURN_IF_ERROR(RecordTokenData(dataset.tokens(), context.writer));
  BENCH_ASSIGN_OR_RETURN(const auto decoder, InitialDecoder(spec().model, spec().init, tokenizer,
                                                            context, spec().training.precision));
  BENCH_RETURN_IF_ERROR(CheckVectorSize(dataset.vectors(), decoder->config().vector_size));
  if (!spec().probes.empty()) {  // which are prompts of text
    BENCH_RETURN_IF_ERROR(
        Annotate(CheckPrompts(tokenizer, PromptTemplate::kPlain, decoder->config()), "probes"));
  }
  RowEvaluator evaluator(
      {spec(), dataset, tokenizer, *decoder, context.writer, context.ranges, &alternatives});
  BENCH_ASSIGN_OR_RETURN(
      RowMeasures measures,
      RowMeasures::Create({spec(), dataset, folder, tokenizer, *decoder, context.writer}));
  const Evaluator evaluate = measures.With(
      [&evaluator](EvaluationPoint point, int64_t step) { return evaluator.Run(point, step); });
  RowTask task(
      {spec(), dataset, *decoder, context.ranks, &measures}, mixture, context.seeds,
      WithProbes(evaluate, probes, {*decoder, tokenizer, PromptTemplate::kPlain}, context));
  return TrainAndSave(ClmLoop(), task, context, [&] {
    return SaveDecoderArtifact(*decoder, tokenizer, PromptTemplate::kPlain,
                               context.artifact_folder);
  });
}

absl::StatusOr<StageOutcome> ClmStage::RunOnText(const Probes& probes, RunContext& context) {
  absl::StatusOr<ClmInputs> inputs;
  BENCH_RETURN_IF_ERROR(context.ranks.LeaderFirst([&] {
    inputs = ReadInputs(spec(), context);
    return inputs.status();
  }));
  const Tokenizer& tokenizer = inputs->tokenizer;
  const TokenDataset& dataset = inputs->dataset;
  BENCH_RETURN_IF_ERROR(CheckNotEmpty(dataset));
  BENCH_RETURN_IF_ERROR(RecordTokenData(dataset, context.writer));
  BENCH_ASSIGN_OR_RETURN(const auto decoder, InitialDecoder(spec().model, spec().init, tokenizer,
                                                            context, spec().training.precision));
  BENCH_RETURN_IF_ERROR(CheckPrompts(tokenizer, PromptTemplate::kPlain, decoder->config()));

  const ClmSequences sequences(dataset.part("train"), spec().training.max_tokens);
  ClmEvaluator evaluator(
      {spec(), dataset, tokenizer, *decoder, context.seeds, context.writer, context.ranges});
  ClmTask task({spec(), sequences, *decoder, context.ranks}, context.seeds,
               WithProbes([&evaluator](EvaluationPoint point,
                                       int64_t step) { return evaluator.Run(point, step); },
                          probes, {*decoder, tokenizer, PromptTemplate::kPlain}, context));
  return TrainAndSave(ClmLoop(), task, context, [&] {
    return SaveDecoderArtifact(*decoder, tokenizer, PromptTemplate::kPlain,
                               context.artifact_folder);
  });
}

}  // namespace bench::harness
