// What a model says to the documents of a probe, for each kind of request (probe.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/evaluation/probes/probe.h"
#include "results/metric.h"
#include "results/proportion_items.h"

namespace bench::harness {

// What the model made of one document.
struct ProbeAnswer {
  std::string context;
  std::string target;   // the right one that counted
  std::string answer;   // what was chosen or said; "" where nothing is
  double log_prob = 0;  // of the target, nats; 0 where it is not asked
  bool right = false;
};

struct ProbeFindings {
  std::vector<results::MetricValue> values;
  std::vector<results::CountedProportion> proportions;
  std::vector<ProbeAnswer> answers;  // in the order of the documents
};

// UsageError naming a probe that this model cannot be asked, and what to set: where positions
// follow marks in every row (ChatGLM-6B), one whose rows have none, or no place for them. To be
// asked before training, since AskProbe comes behind it and relies on the marks (TORCH_CHECK).
absl::Status CheckRequest(const Probe& probe, const ProbeModel& model);

absl::StatusOr<ProbeFindings> AskProbe(const Probe& probe, const ProbeModel& model);

}  // namespace bench::harness
