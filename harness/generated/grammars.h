// The table of grammars.
#pragma once

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "harness/definition/generated_spec.h"
#include "harness/generated/grammar.h"
#include "harness/generated/key_split.h"

namespace bench::harness::generated {

// The version of what the grammar draws from a definition; it is part of the recipe key.
int64_t GrammarVersion(Grammar grammar);

// DataError where the grammar cannot be had with these fields (replace.h).
absl::StatusOr<std::unique_ptr<RowGrammar>> MakeGrammar(const GeneratedSpec& spec,
                                                        const KeySplit& split);

}  // namespace bench::harness::generated
