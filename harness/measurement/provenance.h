// Where a result comes from: source, build, libraries, machine, accelerator, invocation.
//
// The source is what the build embeds. The tree that it was built from may be another one by now,
// or gone: where it differs, that is said beside (`source_tree_differs`).
// `CollectProvenance` gathers what can be read into one flat map, keyed as FORMAT.md lists it. What
// cannot be read (no git, NVML, GPU, governor, ...) is absent, never 0 or "". Texts are UTF-8 and
// may be long (`source_diff`). Durations never come from here: only `start_time_utc` is wall clock.
// Errors: none; collecting takes well under a second.
// Facts that only the run knows (seeds, threads, definition, digests) are in results::RunHeader;
// LibTorch's own (MKL, oneDNN) come from torch_versions.h.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/measurement/built_source.h"
#include "harness/measurement/gpu.h"
#include "harness/measurement/host.h"
#include "harness/measurement/machine_class.h"
#include "results/record.h"

namespace bench::harness {

using Provenance = std::map<std::string, results::Attribute>;

// Everything that was read about this process's surroundings; plain data, so that tests fill it in.
struct ProvenanceFacts {
  BuiltSource source;
  SourceState tree;  // the folder that the program was built in, now
  HostFacts host;
  GpuInventory gpus;
  Environment environment;
  std::vector<std::string> argv;
  std::chrono::system_clock::time_point start_time;
  std::optional<SourceState> harness;  // this program's, where `source` is that of another
};

// Reads the real ones. `argv` is the command as started.
ProvenanceFacts ReadProvenanceFacts(std::vector<std::string> argv, BuiltSource source);

// The facts of a run that measures a program of others: its source is that program's, as it was
// read now, and this program's is the harness's.
ProvenanceFacts WithMeasuredSource(ProvenanceFacts facts, const SourceState& measured);

// What a person must know about the source: that the tree has changed since, or changed while it
// was compiled. Without an end of line; none: nothing.
std::vector<std::string> SourceNotes(const ProvenanceFacts& facts);

// The map. A pure function of `facts` and of what the build recorded.
Provenance ToAttributes(const ProvenanceFacts& facts);

inline Provenance CollectProvenance(std::vector<std::string> argv, BuiltSource source) {
  return ToAttributes(ReadProvenanceFacts(std::move(argv), std::move(source)));
}

// Whether a variable of the environment is recorded: OMP_*, MKL_*, CUDA_VISIBLE_DEVICES, BENCH_*
// and the others that change speed or results. Everything else may be private and is not.
bool IsRecordedVariable(const std::string& name);

}  // namespace bench::harness
