// Stage "names": names of things in several languages, from gettext catalogues (names.h), as a data
// set of rows with targets (name_rows.h) and, beside it as tokenizer.model, the tokenizer of the
// symbols.
//
// The artifact depends on the definition and the sources, not on the replicate. Tables: sources,
// dropped (pairs that are left out, by language and reason), data (rows and tokens by part and
// language), samples, copies (what copying would score on the first language's held-out rows;
// exact_match and symbol_error_rate of copy_en, and of copy_nearest, the other language whose
// names have the fewest edits, are in the summary). held_out_in_training counts the held-out
// English names that training rows of any language have, held_out_in_training/LANGUAGE those that
// training rows of the same language have, which must be 0.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "harness/definition/definition.h"
#include "harness/stages/stage.h"

namespace bench::harness {

class NamesStage : public Stage {
 public:
  // `definition` must outlive it.
  explicit NamesStage(const Definition& definition);
  // The sources, and the version of the rows under the role "rows".
  absl::StatusOr<InputDigests> ContentDigests(const std::string& experiments_root) const override;
  absl::StatusOr<StageOutcome> Run(RunContext& context) override;

 private:
  const Definition& definition_;
  const NamesSpec& spec_;
};

}  // namespace bench::harness
