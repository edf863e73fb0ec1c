// Probes: held-out tasks that a model is asked, by the four requests of evaluation harnesses.
//
// Each metric has the probe's name as its label. Of D documents:
//   log_likelihood  target_log_prob = mean over documents of the best log p(target | context),
//                   greedy_match = fraction of which every token is the most probable one
//   choice          of log p(choice | context), or it / characters of the choice, or it - log
//                   p(choice) without its input (of a decoder that needs marks in every row, behind
//                   the template's prompt of an empty message): accuracy, accuracy_per_character
//                   and accuracy_unconditional, the fraction whose largest is right (the first of
//                   equal ones); chance_accuracy = mean of right choices / choices, and
//                   accuracy_above_chance = (accuracy - chance) / (1 - chance)
//   generate        greedy, up to one of `until`, the model's end or max_new_tokens, through the
//                   filters: exact_match with any target, chrf with the first, unmatched_answers
//   rolling         loss, bits_per_byte = - sum of log p / (ln 2 x bytes), word_perplexity =
//                   exp(- sum of log p / words) over the texts
// Source: lm-evaluation-harness 0.4 (docs/task_guide.md), whose numbers are these
// (scripts/compare_lm_eval.py); above chance: Srivastava et al., arXiv:2206.04615, section 2.2.
// Proportions are recorded with which documents were right, and every document has a row in the
// table "probe_documents"; "probe_prompts" shows the first context of each probe.
// Deterministic. Errors: those of documents.h and answer_filters.h; StoppedError within a batch.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/definition/probe_spec.h"
#include "harness/definition/sft_spec.h"
#include "harness/determinism/seeds.h"
#include "harness/evaluation/probes/answer_filters.h"
#include "harness/evaluation/probes/documents.h"
#include "harness/evaluation/probes/prompts.h"
#include "harness/store/store.h"
#include "harness/tokenizers/tokenizer.h"
#include "models/decoder.h"
#include "results/metric.h"
#include "results/run_writer.h"

namespace bench::harness {

// Who is asked. All must outlive the call.
struct ProbeModel {
  const models::Decoder& decoder;
  const Tokenizer& tokenizer;
  PromptTemplate prompt_template;
};

class Probe {
 public:
  static absl::StatusOr<Probe> Load(const ProbeSpec& spec, const std::string& experiments_root,
                                    const SeedSource& seeds);

  const ProbeSpec& spec() const { return spec_; }
  const std::vector<ProbeDocument>& documents() const { return documents_; }
  const ProbePrompts& prompts() const { return prompts_; }
  const AnswerFilters& filters() const { return filters_; }

 private:
  Probe(ProbeSpec spec, std::vector<ProbeDocument> documents, ProbePrompts prompts,
        AnswerFilters filters);

  ProbeSpec spec_;
  std::vector<ProbeDocument> documents_;
  ProbePrompts prompts_;
  AnswerFilters filters_;
};

// All probes of a definition, read before anything is computed.
class Probes {
 public:
  static absl::StatusOr<Probes> Load(const std::vector<ProbeSpec>& specs,
                                     const std::string& experiments_root, const SeedSource& seeds);

  // UsageError naming a probe that this model cannot be asked, before it is trained (CheckRequest).
  absl::Status Check(const ProbeModel& model) const;

  // Asks, records proportions and tables at `step`, and returns the values for the summary.
  absl::StatusOr<std::vector<results::MetricValue>> Ask(const ProbeModel& model, int64_t step,
                                                        results::RunWriter& writer) const;

 private:
  std::vector<Probe> probes_;
};

// Of the files of all probes, for the recipe key.
absl::Status AddProbeDigests(const std::vector<ProbeSpec>& specs,
                             const std::string& experiments_root, InputDigests& digests);

}  // namespace bench::harness
