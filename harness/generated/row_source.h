// The rows of a definition of stage "generated".
//
// Row i of a part is drawn from the stream "GRAMMAR/PART/i" (key_split.h), again and again until
// its key belongs to the part; what a control draws besides comes from "GRAMMAR/PART/i/control". A
// row is a function of the definition, its base seed and the grammar's version, whatever the number
// of threads and the order of the calls.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/definition/generated_spec.h"
#include "harness/generated/grammar.h"
#include "harness/generated/key_split.h"

namespace bench::harness::generated {

class RowSource {
 public:
  static absl::StatusOr<RowSource> Create(const GeneratedSpec& spec, int64_t base_seed);

  const RowGrammar& grammar() const { return *grammar_; }
  const KeySplit& split() const { return split_; }
  int64_t num_rows(Part part) const;
  // Rows [begin, end) of the part. DataError where no key of the part is found; StoppedError.
  absl::StatusOr<std::vector<Row>> Rows(Part part, int64_t begin, int64_t end,
                                        int64_t num_threads) const;

 private:
  RowSource(const GeneratedSpec& spec, const KeySplit& split, std::unique_ptr<RowGrammar> grammar)
      : spec_(spec), split_(split), grammar_(std::move(grammar)) {}
  absl::StatusOr<Row> RowAt(Part part, int64_t index) const;

  GeneratedSpec spec_;
  KeySplit split_;
  std::unique_ptr<RowGrammar> grammar_;
};

}  // namespace bench::harness::generated
