// What a corpus is made from: the files of its sources, and the texts it must not contain.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/context/run_context.h"
#include "harness/corpus/corpus_report.h"
#include "harness/corpus/evaluation_texts.h"
#include "harness/corpus/source_files.h"
#include "harness/definition/corpus_spec.h"
#include "harness/store/store.h"

namespace bench::harness {

struct CorpusFiles {
  std::vector<corpus::SourceFile> files;
  corpus::RejectionReport unread;  // files whose format no name's ending tells, and links to files
};
// Finds the files of all sources, fetched if need be, then those of the user's own path, whose
// source is called "path".
// DataError for one of `unread` where the specification says so.
absl::StatusOr<CorpusFiles> FindCorpusFiles(const CorpusSpec& spec, RunContext& context);

// Inputs and outputs of the examples of exclude.parts; nullptr without exclude.dataset. UsageError
// for a part that the data set does not have.
absl::StatusOr<std::unique_ptr<corpus::EvaluationTexts>> ReadEvaluationTexts(
    const CorpusSpec& spec, const std::map<std::string, Artifact>& inputs);

}  // namespace bench::harness
