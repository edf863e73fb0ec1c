// Records a token data set (harness/data/token_dataset.h) in the table "data": documents, tokens
// and bytes of text, by part and language.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "harness/data/token_dataset.h"
#include "results/run_writer.h"

namespace bench::harness {

absl::Status RecordTokenData(const TokenDataset& dataset, results::RunWriter& writer);

// Tokens of all shards of a part.
int64_t NumTokens(const TokenDataset& dataset, const std::string& part);

}  // namespace bench::harness
