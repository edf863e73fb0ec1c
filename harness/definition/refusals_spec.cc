#include "harness/definition/refusals_spec.h"

#include "harness/definition/field.h"
#include "harness/definition/violations.h"

namespace bench::harness {

void Describe(RefusalsSpec& spec, FieldList& fields) {
  FieldList& data = fields.Group("data", "");
  data.Leaf("dataset", spec.dataset,
            {.doc = "experiment that makes the rows: its held-out rows are the questions",
             .presence = Presence::kRequired});
  fields.Table("model", spec.model, "that is asked the questions; exactly one source");
  FieldList& table = fields.Group("refusals", "");
  table.Leaf(
      "labels", spec.labels,
      {.doc = "which questions the refusal answers; own_errors: those that the model answers "
              "wrongly; none: no question; shuffled: as many as of own_errors, drawn, a "
              "control"});
  table.Leaf("refusal", spec.refusal, {.doc = "the symbol that stands for no answer"});
  table.Leaf("balanced", spec.balanced,
             {.doc = "rows with the rarer of answers and refusals are repeated until both are "
                     "equally frequent; of no use with labels = \"none\""});
  table.Leaf("statements", spec.statements,
             {.doc = "share of the training rows that are training rows of the data set and no "
                     "questions, so that what was learnt from them is kept",
              .bounds = Between(0, 0.9)});
}

void Validate(const RefusalsSpec& spec, const Violations& violations) {
  Validate(spec.model, violations.In("model"));
  if (spec.refusal.empty()) violations.In("refusals").Add("refusal", "is no symbol");
}

}  // namespace bench::harness
