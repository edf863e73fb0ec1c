// Which rows of a user's own file are held out: a function of their prompt alone, so that equal
// prompts stay together whatever the order of records, and the same prompt is held out in
// fine-tuning and in reward modelling.
//
// held out iff u < fraction, u = the first 52 bits of
// SHA-256("bench-split\n" instruction "\n" input) / 2^52.
#pragma once

#include <string_view>

namespace bench::harness {

bool IsHeldOut(std::string_view instruction, std::string_view input, double fraction);

}  // namespace bench::harness
