#include "harness/definition/run_spec.h"

#include "harness/definition/field.h"

namespace bench::harness {

void Describe(RunSpec& spec, FieldList& fields) {
  fields.Leaf(
      "threads", spec.threads,
      {.doc = "CPU threads of the tensor library, shared by the ranks of a machine; fixed, because "
              "results depend on it",
       .bounds = Between(1, 1024)});
  fields.Leaf("determinism", spec.determinism,
              {.doc = "strict: bitwise equal runs on one machine class"});
  fields.Leaf("flush_interval_s", spec.flush_interval_s,
              {.doc = "results are safe on disk at least this often",
               .units = "s",
               .bounds = AboveUpTo(0, 3600)});
  fields.Leaf("checkpoint_every_steps", spec.checkpoint_every_steps,
              {.doc = "optimizer steps between checkpoints; 0: only when stopping and at the end",
               .units = "steps",
               .bounds = Between(0, 1e9)});
}

}  // namespace bench::harness
