// Versions and settings that only LibTorch itself can report: MKL, oneDNN, OpenMP, and the CPU
// capability that its kernels were chosen for. Keys and rules as in provenance.h.
#pragma once

#include "harness/measurement/provenance.h"

namespace bench::harness {

Provenance TorchVersions();

}  // namespace bench::harness
