// The documents of a shard after what the phases so far have removed.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "absl/status/status.h"
#include "harness/corpus/phases.h"

namespace bench::corpus {

struct PreparedDocument {
  Document document;            // what is removed within it is cut
  std::string_view removed_by;  // the step that removed it as a whole; empty: none
  int64_t num_line_bytes = 0;   // cut as repeated lines
  int64_t num_substring_bytes = 0;
};

// Calls `visit` for every document that preparation kept, in the order of its file. StoppedError
// once a stop was asked for. `before_cuts` sees each as it was prepared.
absl::Status VisitPrepared(const CorpusPlan& plan, int shard, const Removals& removals,
                           const std::function<absl::Status(PreparedDocument)>& visit,
                           const std::function<void(const Document&)>& before_cuts = nullptr);

}  // namespace bench::corpus
