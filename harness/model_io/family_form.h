// What the published form of a model family asks of those who train a decoder of it.
#pragma once

#include "absl/status/status.h"
#include "harness/definition/sft_spec.h"
#include "models/config.h"

namespace bench::harness {

// UsageError for a family whose every row needs marks (ChatGLM-6B: [gMASK] and the beginning of
// sequence) that the template does not write: a stage that trained it without them would train
// another model. Which ids they have, CheckPrompts (decoder_artifact.h) compares.
absl::Status CheckRowsOf(const models::DecoderConfig& config, PromptTemplate prompt_template);

// UsageError naming every field of [model] that config.json of the family has no room for, and what
// would be read in its place (Baichuan's has no key/value heads, BLOOM's no width of the MLP): the
// trained artifact could not be read again. Rules of the decoder itself come first.
absl::Status CheckFilesHold(const models::DecoderConfig& config);

}  // namespace bench::harness
