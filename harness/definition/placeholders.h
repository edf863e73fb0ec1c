// Words in braces in a program's command, its environment and the paths of its reports, which
// become what a run knows: {seed}, {replicate}, {run} (a folder of its own), {artifact} (what is
// left there is its artifact), {input.NAME}, {python} (that of program.python, else the one whose
// LibTorch bench-run runs on), and {programs} (the folder that bench-run lies in, with the other
// programs of its build).
//
// Only {a-z, digits, '_', '-', '.', a letter first} is such a word, so that JSON in an argument
// stays what it is. UsageError for a word that is none of these, with those that there are.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace bench::harness {

using Placeholders = std::map<std::string, std::string>;  // "seed" -> "1234"

absl::StatusOr<std::string> FillIn(std::string_view text, const Placeholders& values);

}  // namespace bench::harness
