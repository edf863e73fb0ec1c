// The source that this program was built from. The build embeds it: what the folder holds later, or
// whose machine the program runs on, does not change it.
//
// cmake/BenchSourceState.cmake has the program `source_state` (source_state_main.cc) write a source
// file with the definition of EmbeddedSource at each build, when everything else is compiled; it
// changes, and is compiled and linked anew, only when the state does. Programs that record results
// link it; libraries and tests do not, and are not linked again for a commit.
#pragma once

#include <optional>
#include <string>

#include "harness/measurement/source_state.h"

namespace bench::harness {

struct BuiltSource {
  SourceState state;  // at the end of the build
  // Whether a file was changed after the build had begun: what was compiled may then be another
  // state. Absent without a repository.
  std::optional<bool> changed_in_build;

  bool operator==(const BuiltSource&) const = default;
};

// Defined in the generated source, in programs only.
BuiltSource EmbeddedSource();

// The generated source that defines EmbeddedSource as `source`. Any bytes; absent is absent.
std::string EmbeddedSourceCode(const BuiltSource& source);

}  // namespace bench::harness
