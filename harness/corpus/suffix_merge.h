// The windows that occur more than once in blocks of text: a merge of their suffix arrays, whose
// comparisons stop at the length of a window.
//
// Everything is mapped, so that no file stays open, however many blocks there are (three mappings
// each); the kernel drops pages as it needs to, and none is counted against a budget. Time: for N
// suffixes in B blocks N log B comparisons of at most `min_bytes`. Errors: those of record_file.h.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "harness/corpus/digest.h"

namespace bench::corpus {

// A suffix: the offset of its first byte in its block.
struct SuffixRecord {
  static constexpr uint32_t kKind = 8;
  uint32_t offset = 0;
};

// Where a window stands. `group` numbers the different windows, in byte order.
struct WindowPlace {
  uint64_t group = 0;
  Digest128 document;
  uint64_t offset = 0;  // in the document
};

// Of a block at `path`: the text is `path`, its tables `path`.suffixes and `path`.documents.
// Calls `visit` for each place of every window with at least two places, group after group.
absl::Status VisitRepeatedWindows(const std::vector<std::string>& blocks, int64_t min_bytes,
                                  const std::function<absl::Status(const WindowPlace&)>& visit);

}  // namespace bench::corpus
