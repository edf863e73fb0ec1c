// stage = "sweep": runs of another experiment, once for each arm, setting and replicate, and what
// follows of them together.
//
// The children are the product arms x values of the axes x replicates. Each is a run of its own of
// sweep.experiment with the settings of its point (harness/definition/sweep_points.h). Metrics of
// children are named by their path ("exact_match/unseen"), those of the sweep by that path and the
// point ("exact_match/unseen/chain").
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/definition/artifact_ref.h"
#include "harness/definition/training_spec.h"

namespace bench::harness {

class FieldList;
class Violations;

// What an arm is there for. A baseline is another way to do the same, a control must fail.
enum class SweepRole { kTreatment, kBaseline, kControl };
constexpr std::array<std::string_view, 3> EnumNames(SweepRole) {
  return {"treatment", "baseline", "control"};
}

struct SweepArmSpec {
  std::string name;
  SweepRole role = SweepRole::kTreatment;
  std::vector<std::string> set;  // "key=value", as --set has it; none: as the experiment is defined
};

struct SweepAxisSpec {
  std::string key;
  std::vector<std::string> values;  // as --set has them
};

// kPowerLaw: y = limit + scale x^-exponent. kLogistic: y = 1 / (1 + exp(-steepness (ln x - ln
// midpoint))). By least squares of the means over replicates (results/statistics/curve_fit.h).
enum class SweepFitKind { kPowerLaw, kLogistic };
constexpr std::array<std::string_view, 2> EnumNames(SweepFitKind) {
  return {"power_law", "logistic"};
}

// Which point is left out of a fit and predicted by it. There must be one largest x.
enum class SweepHeldOut { kNone, kLargest };
constexpr std::array<std::string_view, 2> EnumNames(SweepHeldOut) { return {"none", "largest"}; }

struct SweepFitSpec {
  SweepFitKind kind = SweepFitKind::kPowerLaw;
  std::string x;    // the key of an axis, or one of sweep.metrics
  std::string y;    // one of sweep.metrics
  std::string arm;  // whose points are fitted; empty: of all arms that are no controls
  SweepHeldOut held_out = SweepHeldOut::kNone;
};

// In every replicate: value(arm) - value(than) >= min. Where less is better the arms change places.
struct SweepDifferenceSpec {
  std::string metric;
  std::string arm;
  std::string than;
  std::optional<double> min;
};

// That an arm is no better than chance: in no replicate by more than standard_errors standard
// errors of its counted items, else in the mean over replicates (harness/run/sweep_acceptance.h).
struct SweepChanceSpec {
  std::string metric;
  std::string arm;
  std::optional<double> value;
  double standard_errors = 2;
};

// Exactly one of: metric (of the sweep, a mean over replicates) with min, max or both; difference;
// chance.
struct SweepBoundSpec {
  std::string metric;
  std::optional<double> min;
  std::optional<double> max;
  SweepDifferenceSpec difference;
  SweepChanceSpec chance;
};

// Which complete runs of the store stand for a child: those of its recipe, as what an experiment
// needs first is found; or of them only those that this state of the program made.
enum class SweepReuse { kRecipe, kProgram };
constexpr std::array<std::string_view, 2> EnumNames(SweepReuse) { return {"recipe", "program"}; }

struct SweepSpec {
  ArtifactRef experiment;  // required
  int64_t replicates = 3;
  std::vector<std::string> metrics;  // required; the first is the question's
  int64_t at_once = 0;               // children that run together; 0: as many as have cores
  SweepReuse reuse = SweepReuse::kRecipe;
  std::vector<SweepArmSpec> arms;
  std::vector<SweepAxisSpec> axes;
  std::vector<SweepFitSpec> fits;
  std::vector<SweepBoundSpec> bounds;  // [[acceptance]]

  // Those on metrics of the sweep's summary.
  std::vector<AcceptanceBound> summary_bounds() const;
};

void Describe(SweepArmSpec& spec, FieldList& fields);
void Describe(SweepAxisSpec& spec, FieldList& fields);
void Describe(SweepFitSpec& spec, FieldList& fields);
void Describe(SweepDifferenceSpec& spec, FieldList& fields);
void Describe(SweepChanceSpec& spec, FieldList& fields);
void Describe(SweepBoundSpec& spec, FieldList& fields);
void Describe(SweepSpec& spec, FieldList& fields);
void Validate(const SweepSpec& spec, const Violations& violations);

}  // namespace bench::harness
