#include "harness/stages/tokenizer/stage.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/control/abandonable.h"
#include "harness/control/signals.h"
#include "harness/data/alpaca.h"
#include "harness/data/prompt.h"
#include "harness/text/text.h"
#include "harness/tokenizers/tokenizer.h"
#include "results/metrics.h"

namespace bench::harness {
namespace {

// Instructions repeat, a few wordings over all records: each distinct text counts once, so that the
// pieces are spent on the texts.
std::vector<std::string> DistinctTexts(const std::vector<SftExample>& examples) {
  std::vector<std::string> texts;
  for (const SftExample& example : examples) {
    texts.push_back(example.instruction);
    if (!example.input.empty()) texts.push_back(example.input);
    texts.push_back(example.output);
  }
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  return texts;
}

std::vector<std::string> TrainingTexts(const std::vector<std::string>& texts, bool split_han) {
  if (!split_han) return texts;
  std::vector<std::string> parts;
  for (const std::string& text : texts) {
    for (std::string& part : SplitHan(text)) parts.push_back(std::move(part));
  }
  return parts;
}

// Instructions that at least `min_count` records share.
std::vector<std::string> FrequentInstructions(const std::vector<SftExample>& examples,
                                              int64_t min_count) {
  std::map<std::string, int64_t> counts;
  for (const SftExample& example : examples) ++counts[example.instruction];
  std::vector<std::string> frequent;
  for (const auto& [instruction, count] : counts) {
    if (count >= min_count) frequent.push_back(instruction);
  }
  return frequent;
}

std::vector<std::string> WholePieces(const TokenizerSpec& spec,
                                     const std::vector<SftExample>& examples) {
  std::vector<std::string> pieces;
  if (spec.template_pieces == TemplatePieces::kAlpaca) pieces = FixedTexts(PromptTemplate::kAlpaca);
  if (spec.instruction_piece_min_count > 0) {
    for (std::string& text : FrequentInstructions(examples, spec.instruction_piece_min_count)) {
      pieces.push_back(std::move(text));
    }
  }
  return pieces;
}

NextText Iterate(const std::vector<std::string>& texts) {
  return [&texts, next = size_t{0}]() mutable -> std::optional<std::string> {
    if (next == texts.size()) return std::nullopt;
    return texts[next++];
  };
}

}  // namespace

absl::StatusOr<StageOutcome> TokenizerStage::Run(RunContext& context) {
  const std::string path =
      context.inputs.at("dataset").File(absl::StrCat(spec_.dataset_part, ".jsonl"));
  BENCH_ASSIGN_OR_RETURN(const AlpacaData data, ReadAlpaca(path));
  const std::vector<std::string> texts = DistinctTexts(data.examples);
  // SentencePiece trains in one call that nothing interrupts.
  BENCH_ASSIGN_OR_RETURN(const std::string model,
                         RunAbandonable([training_texts = TrainingTexts(texts, spec_.split_han),
                                         spec = spec_, pieces = WholePieces(spec_, data.examples)] {
                           return TrainTokenizer(Iterate(training_texts), spec, pieces);
                         }));
  BENCH_RETURN_IF_ERROR(PublishFile(context.artifact_folder + "/tokenizer.model", model));
  BENCH_ASSIGN_OR_RETURN(const Tokenizer tokenizer,
                         Tokenizer::FromModelBytes(model, "the trained tokenizer"));
  int64_t num_characters = 0;
  int64_t num_tokens = 0;
  for (const std::string& text : texts) {
    BENCH_RETURN_IF_ERROR(CheckNotStopped());
    num_characters += NumCharacters(text);
    num_tokens += static_cast<int64_t>(tokenizer.Encode(text).size());
  }
  StageOutcome outcome;
  outcome.summary = {{{&results::kVocabSize, ""}, static_cast<double>(tokenizer.vocab_size())},
                     {{&results::kCharactersPerToken, ""},
                      static_cast<double>(num_characters) / static_cast<double>(num_tokens)}};
  return outcome;
}

}  // namespace bench::harness
