// In what an attempt differs from the one that it continues, so that their bits are no longer those
// of one build on one machine.
#pragma once

#include <string>
#include <vector>

#include "results/record.h"

namespace bench::harness {

// A sentence a change, for people: another number of ranks (but of stage corpus, which is a
// function of its inputs on any), machine class, device, or build (the program's digest, and the
// source where a digest is not known). None: what was strict stays so.
std::vector<std::string> ChangesSince(const results::RunHeader& begun,
                                      const results::RunHeader& now);

}  // namespace bench::harness
