// One list of the fields of a header and of a metric's description, for all that encodes or decodes
// them: the journal and the results file.
//
// A visitor is called as visitor(name, field) and overloads on the field's type.
#pragma once

#include "results/record.h"

namespace bench::results {

// What may change from one attempt of a run to the next.
template <typename HeaderOrAttempt, typename Visitor>
void VisitAttempt(HeaderOrAttempt& attempt, Visitor&& visit) {
  visit("machine_class", attempt.machine_class);
  visit("device", attempt.device);
  visit("threads", attempt.threads);
  visit("world_size", attempt.world_size);
}

// All but the definition's texts and the two maps, which have places of their own.
template <typename Header, typename Visitor>
void VisitHeader(Header& header, Visitor&& visit) {
  visit("experiment", header.experiment);
  visit("version", header.version);
  visit("stage", header.stage);
  visit("definition_sha256", header.definition_sha256);
  visit("recipe_key", header.recipe_key);
  visit("run_id", header.run_id);
  visit("replicate", header.replicate);
  visit("ad_hoc", header.ad_hoc);
  visit("strict", header.strict);
  VisitAttempt(header, visit);
}

template <typename Info, typename Visitor>
void VisitMetric(Info& metric, Visitor&& visit) {
  visit("metric", metric.name);
  visit("label", metric.label);
  visit("units", metric.units);
  visit("better", metric.better);
  visit("deterministic", metric.deterministic);
  visit("threshold", metric.threshold);
  visit("description", metric.description);
  visit("kind", metric.kind);
  visit("floor", metric.floor);
}

}  // namespace bench::results
