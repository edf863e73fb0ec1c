// The whole geometry of an experiment's model, before anything is trained or made.
//
// Random weights: [model] itself. A folder: its config.json. An artifact: the definition of the
// experiment that makes it, found in the same way, so the artifact need not exist. What [model]
// does not give is taken from there; what it gives must agree (CompletedBy). Reads definitions and
// config.json only. Errors: UsageError for fields that differ, for an experiment whose artifact is
// no decoder, and for rules that only hold with the geometry; those of the readers.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "harness/definition/definition.h"

namespace bench::harness {

// `definition` with [model] complete; as it is for stages that train no model.
absl::StatusOr<Definition> WithGeometry(const Definition& definition,
                                        const std::string& experiments_root);

}  // namespace bench::harness
