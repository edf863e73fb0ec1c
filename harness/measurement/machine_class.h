// The machine class: which machines' timings and strict results may be compared.
//
//   class = first 16 hexadecimal digits of SHA-256 over the CPU model, the ISA capability in use,
//           the effective cores (host.h: affinity and quota) in thousandths, and the distinct GPU
//           models, in a canonical text
// Identical over restarts, kernel and driver updates, memory sizes and limits, governors, load and
// host names: those are provenance. A change of any of the four changes the class.
// Errors: none; a trait that could not be read is a value of its own ("absent"), not a wildcard.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/measurement/gpu.h"
#include "harness/measurement/host.h"

namespace bench::harness {

struct MachineTraits {
  std::optional<std::string> cpu_model;
  // Instruction set extensions that decide which kernel the libraries choose, and the environment's
  // overrides of that choice ("ATEN_CPU_CAPABILITY=avx2"); order does not matter.
  std::vector<std::string> isa;
  std::optional<double> cores;
  std::vector<std::string> gpu_models;  // order and repetition do not matter
};

std::string MachineClass(const MachineTraits& traits);

using Environment = std::map<std::string, std::string>;

// The environment of this process.
Environment ReadEnvironment();

// Extensions of this processor by cpuid (with operating system support), in a fixed order.
std::vector<std::string> CpuExtensions();

MachineTraits TraitsOf(const HostFacts& host, const GpuInventory& gpus,
                       const Environment& environment);

}  // namespace bench::harness
