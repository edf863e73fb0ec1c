#include "harness/stages/preferences/stage.h"

#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/data/disjoint_prompts.h"
#include "harness/model_io/answering_model.h"
#include "harness/model_io/content_digest.h"
#include "harness/model_io/decoder_artifact.h"
#include "harness/model_io/decoder_inputs.h"
#include "harness/stages/preferences/data.h"
#include "harness/stages/preferences/pairs.h"
#include "results/metrics.h"

namespace bench::harness {
namespace {

// Pairs of each kind in the results.
constexpr int64_t kSamplesPerKind = 8;

// The pairs of one part, made and recorded.
class PartMaker {
 public:
  PartMaker(const PreferencesSpec& spec, const RightAnswers& right, const DecoderArtifact& model,
            RunContext& context)
      : spec_(spec), right_(right), model_(model), context_(context) {}

  absl::StatusOr<std::vector<Preference>> Make(const std::string& part,
                                               const std::vector<SftExample>& examples) const {
    BENCH_ASSIGN_OR_RETURN(const auto answers, AnswersOf(model_, examples, spec_.negatives,
                                                         context_.seeds, context_.progress));
    std::map<std::string, AnswerCounts> counts;  // by the examples' task
    const SimilarOutputs similar(examples);
    std::vector<Preference> pairs;
    for (size_t i = 0; i < examples.size(); ++i) {
      BENCH_RETURN_IF_ERROR(CheckNotStopped());
      const std::set<std::string>& right = right_.To(examples[i]);
      for (Preference& pair :
           ModelPairs(examples[i], right, answers[i], counts[examples[i].task])) {
        pairs.push_back(std::move(pair));
      }
      for (Preference& pair :
           similar.PairsOf(examples[i], right, spec_.negatives.similar_per_prompt)) {
        pairs.push_back(std::move(pair));
      }
    }
    BENCH_RETURN_IF_ERROR(RecordAnswers(part, counts));
    BENCH_RETURN_IF_ERROR(RecordPairs(part, pairs));
    return pairs;
  }

 private:
  absl::Status RecordAnswers(const std::string& part,
                             const std::map<std::string, AnswerCounts>& by_task) const {
    for (const auto& [task, counts] : by_task) {
      BENCH_RETURN_IF_ERROR(
          context_.writer.TableRow("answers", std::nullopt,
                                   {{"part", part},
                                    {"task", task},
                                    {"answers", counts.num_answers},
                                    {"right", counts.num_right},
                                    {"repeated", counts.num_repeated},
                                    {"unreadable", counts.num_unreadable},
                                    {"pairs", counts.num_pairs},
                                    {"cut_off", counts.num_cut_off},
                                    {"prompts_too_long", counts.num_prompts_too_long}}));
    }
    return absl::OkStatus();
  }

  absl::Status RecordPairs(const std::string& part, const std::vector<Preference>& pairs) const {
    std::map<std::string, int64_t> counts;
    std::map<std::string, std::set<std::string>> prompts;  // of the samples, one pair of each
    for (const Preference& pair : pairs) {
      ++counts[pair.task];
      std::set<std::string>& seen = prompts[pair.task];
      if (std::ssize(seen) == kSamplesPerKind) continue;
      if (!seen.insert(PromptSha256(pair.prompt, pair.input, pair.earlier)).second) continue;
      BENCH_RETURN_IF_ERROR(context_.writer.TableRow("samples", std::nullopt,
                                                     {{"part", part},
                                                      {"kind", pair.task},
                                                      {"prompt", pair.prompt},
                                                      {"input", pair.input},
                                                      {"chosen", pair.chosen},
                                                      {"rejected", pair.rejected}}));
    }
    for (const auto& [kind, count] : counts) {
      BENCH_RETURN_IF_ERROR(context_.writer.TableRow(
          "pairs", std::nullopt, {{"part", part}, {"kind", kind}, {"pairs", count}}));
    }
    return absl::OkStatus();
  }

  const PreferencesSpec& spec_;
  const RightAnswers& right_;
  const DecoderArtifact& model_;
  RunContext& context_;
};

absl::Status RecordParts(const PreferenceRecords& records, RunContext& context) {
  for (const auto& [part, count] : records.parts) {
    BENCH_RETURN_IF_ERROR(context.writer.TableRow(
        "parts", std::nullopt,
        {{"part", part}, {"records", count.num_records}, {"prompts", count.num_prompts}}));
  }
  return RecordLeftOut(records.left_out, context);
}

std::string Lines(const std::vector<Preference>& pairs) {
  std::string lines;
  for (const Preference& pair : pairs) absl::StrAppend(&lines, PreferenceLine(pair), "\n");
  return lines;
}

}  // namespace

std::vector<InputNeed> PreferencesStage::Inputs() const {
  std::vector<InputNeed> needs;
  if (spec_.data.dataset) {
    needs.push_back({"dataset", *spec_.data.dataset, {StageKind::kTranslations}});
  }
  const std::vector<InputNeed> of_model = AnsweringModelInputs(spec_.model);
  needs.insert(needs.end(), of_model.begin(), of_model.end());
  return needs;
}

absl::StatusOr<InputDigests> PreferencesStage::ContentDigests(const std::string&) const {
  return ContentDigestsOf(
      {{"data", spec_.data.path}, {"model", spec_.model.folder, ContentKind::kModel}});
}

absl::StatusOr<StageOutcome> PreferencesStage::Run(RunContext& context) {
  BENCH_ASSIGN_OR_RETURN(const PreferenceRecords records,
                         LoadPreferenceRecords(spec_.data, context.inputs));
  BENCH_RETURN_IF_ERROR(RecordParts(records, context));
  BENCH_ASSIGN_OR_RETURN(const DecoderArtifact model, LoadAnsweringModel(spec_.model, context));
  const PartMaker maker(spec_, records.right_answers, model, context);
  StageOutcome outcome;
  const std::pair<const char*, const std::vector<SftExample>&> parts[] = {
      {"train", records.train}, {"validation", records.validation}};
  for (const auto& [part, examples] : parts) {
    BENCH_ASSIGN_OR_RETURN(const std::vector<Preference> pairs, maker.Make(part, examples));
    if (pairs.empty()) {
      return DataError(absl::StrCat("no pair could be made for the part \"", part,
                                    "\": the model's answers are all right, and no record is "
                                    "similar to another"));
    }
    BENCH_RETURN_IF_ERROR(
        PublishFile(absl::StrCat(context.artifact_folder, "/", part, ".jsonl"), Lines(pairs)));
    outcome.summary.push_back({{&results::kExamples, part}, static_cast<double>(pairs.size())});
  }
  return outcome;
}

}  // namespace bench::harness
