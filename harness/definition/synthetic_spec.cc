#include "harness/definition/synthetic_spec.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "harness/definition/field.h"
#include "harness/definition/violations.h"

namespace bench::harness {
namespace {

// A token is written as a character of four bytes, and the text of a document has less than 4 GiB
// (harness/data/token_dataset.h).
constexpr int64_t kMaxSyntheticStreamTokens = std::numeric_limits<uint32_t>::max() / 4;

// A stream is one document of num_rows x row_tokens + 1 tokens.
void ValidateStream(const SyntheticSpec& spec, const Violations& here) {
  const auto check = [&](std::string_view key, int64_t num_rows) {
    // Exact: a product within the fields' bounds is far below 2^53. One beyond them may not fit
    // into 64 bits.
    const double tokens = static_cast<double>(num_rows) * static_cast<double>(spec.row_tokens) + 1;
    if (tokens <= static_cast<double>(kMaxSyntheticStreamTokens)) return;
    here.Add(key, absl::StrCat(num_rows, " rows of ", spec.row_tokens,
                               " tokens are one document of more than ", kMaxSyntheticStreamTokens,
                               " tokens"));
  };
  check("num_rows", spec.num_rows);
  check("num_held_out", spec.num_held_out);
}

}  // namespace

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
  if (spec.rows != SyntheticRows::kStream) return;
  const Violations here = violations.In("synthetic");
  if (spec.lengths) here.Add("lengths", "has no use with rows = \"stream\": give row_tokens");
  ValidateStream(spec, here);
}

}  // namespace bench::harness
