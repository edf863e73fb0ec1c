// What is known of a run before its first step, as its results' header.
#pragma once

#include <optional>
#include <string>

#include "harness/context/device.h"
#include "harness/definition/load.h"
#include "harness/measurement/provenance.h"
#include "harness/store/store.h"
#include "results/record.h"

namespace bench::harness {

struct HeaderFacts {
  const LoadedDefinition& loaded;
  const InputDigests& inputs;
  const ProvenanceFacts& provenance;
  std::optional<std::string> program_sha256;  // of the program's file
  int64_t replicate = 0;
  DeviceKind device = DeviceKind::kCpu;
  int64_t threads = 1;  // a rank
  int64_t num_ranks = 1;
};

// The run id is SHA-256 over recipe key, source, machine class, device, ranks, threads and
// replicate: runs of equal ids should give equal deterministic results. The source is what was
// built; a build during which it changed may be of any, which is part of the id.
results::RunHeader MakeHeader(const HeaderFacts& facts);

}  // namespace bench::harness
