// --inspect PATH: what a file or folder is, how it would be read, and what of it would be refused.
//
// A Hugging Face folder: geometry, weights against config.json, tokenizer, chat template. A
// tokenizer: kind, special tokens, ids of a sample. A data file: format, fields, layout, counts,
// lengths, and the first record as the model would see it (with --tokenizer PATH as ids). Anything
// else by its documents, as a corpus reads them. Nothing is trained or written; weights are mapped,
// not loaded; data are read once, from beginning to end.
// What is refused as a whole is an error, as a run would give it; what is refused in part is said.
//
// Exit codes: 0 where something of it can be used, whatever else is refused; 4 for a file or folder
// that is known and of which nothing can be used: an empty one, one whose records are all refused,
// a part of a model (unread_file.h), with what is found on stdout before; 2 for a path that is not
// there, is neither a file nor a folder, or is of no kind that is known.
#pragma once

#include "absl/status/statusor.h"
#include "harness/run/options.h"

namespace bench::harness {

absl::StatusOr<int> InspectCommand(const Options& options);

}  // namespace bench::harness
