#include "harness/run/failure.h"

#include <string>

#include "results/notes.h"
#include "results/text.h"

namespace bench::harness {

absl::Status FailRun(const absl::Status& error, results::RunWriter& writer) {
  const std::string message = results::ValidUtf8(std::string(error.message()));
  writer.Note(std::string(results::kFailureNote), message).IgnoreError();
  writer.Finish(results::RunStatus::kFailed).status().IgnoreError();
  return error;
}

}  // namespace bench::harness
