// OpenMP threads that wait for work spin, by default for milliseconds, which starves a machine that
// is shared (GOMP_SPINCOUNT of GNU libgomp: 300,000 turns). A few turns bridge the gap between two
// loops as well.
#pragma once

namespace bench::harness {

// The limit that LimitSpinning sets, in turns.
inline constexpr char kSpinCount[] = "10000";

// libgomp reads GOMP_SPINCOUNT while it is initialised, so the program has to begin again with it:
// the same process, arguments and open files. Does nothing where the environment `envp` says how
// threads wait (GOMP_SPINCOUNT or OMP_WAIT_POLICY), which is also so after the second begin; where
// the system refuses that, the program goes on as it is. Needs neither the C library's environment
// nor any initialised object: a program calls it from .preinit_array, before the initialisers of
// its shared libraries, since LibTorch's take half a second and would all run twice.
void LimitSpinning(char* const* argv, char* const* envp);

}  // namespace bench::harness
