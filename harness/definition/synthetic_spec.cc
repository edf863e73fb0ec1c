#include "harness/definition/synthetic_spec.h"

#include "harness/definition/field.h"
#include "harness/definition/violations.h"

namespace bench::harness {

void Describe(SyntheticSpec& spec, FieldList& fields) {
  FieldList& table = fields.Group("synthetic", "random tokens, drawn from base_seed");
  table.Leaf("rows", spec.rows,
             {.doc = "what they are for: stream for stage clm, instructions for sft and ppo, "
                     "preferences for reward",
              .presence = Presence::kRequired});
  table.Leaf("vocab_size", spec.vocab_size,
             {.doc = "tokens of the vocabulary, the four control tokens included",
              .units = "tokens",
              .presence = Presence::kRequired,
              .bounds = Between(kSyntheticControlTokens + 2, kMaxSyntheticVocabSize)});
  table.Leaf("num_rows", spec.num_rows,
             {.doc = "rows of each part that is trained on",
              .units = "rows",
              .presence = Presence::kRequired,
              .bounds = Between(1, 1e7)});
  table.Leaf(
      "num_held_out", spec.num_held_out,
      {.doc = "rows of each part that is held out", .units = "rows", .bounds = Between(1, 1e6)});
  table.Leaf("row_tokens", spec.row_tokens,
             {.doc = "of a stream", .units = "tokens", .bounds = Between(2, 1 << 20)});
  table.Leaf("prompt_tokens", spec.prompt_tokens,
             {.doc = "of a prompt, its begin token included",
              .units = "tokens",
              .bounds = Between(2, 1 << 20)});
  table.Leaf("response_tokens", spec.response_tokens,
             {.doc = "of a response, its end token included",
              .units = "tokens",
              .bounds = Between(2, 1 << 20)});
  table.Leaf("lengths", spec.lengths,
             {.doc = "JSON file of the rows' lengths, from the definition's folder on, instead of "
                     "prompt_tokens and response_tokens",
              .role = TextRole::kNearPath,
              .replaces = {"prompt_tokens", "response_tokens"}});
}

void Validate(const SyntheticSpec& spec, const Violations& violations) {
  if (spec.rows == SyntheticRows::kStream && spec.lengths) {
    violations.Add("synthetic.lengths", "has no use with rows = \"stream\": give row_tokens");
  }
}

}  // namespace bench::harness
