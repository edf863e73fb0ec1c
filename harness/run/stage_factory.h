// The one place that knows every stage.
#pragma once

#include <memory>

#include "harness/definition/definition.h"
#include "harness/stages/stage.h"

namespace bench::harness {

// The stage of a definition, which must outlive it.
std::unique_ptr<Stage> MakeStage(const Definition& definition);

}  // namespace bench::harness
