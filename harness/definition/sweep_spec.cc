#include "harness/definition/sweep_spec.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "absl/algorithm/container.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/number_text.h"
#include "base/status.h"
#include "harness/definition/field.h"
#include "harness/definition/sweep_points.h"
#include "harness/definition/violations.h"

namespace bench::harness {
namespace {

constexpr size_t kMostChildren = 10000;

bool Has(const std::vector<std::string>& list, const std::string& text) {
  return absl::c_linear_search(list, text);
}

// "key=value", whatever they are: the experiment's own fields judge them when it is loaded.
bool IsSetting(const std::string& text) {
  const size_t equals = text.find('=');
  return equals != std::string::npos && equals > 0;
}

void ValidateArms(const SweepSpec& spec, const Violations& here) {
  std::set<std::string> names;
  for (size_t i = 0; i < spec.arms.size(); ++i) {
    const SweepArmSpec& arm = spec.arms[i];
    const Violations at = here.In(absl::StrCat("arms[", i, "]"));
    if (!names.insert(arm.name).second) at.Add("name", "another arm has this name already");
    for (const std::string& setting : arm.set) {
      if (!IsSetting(setting)) at.Add("set", absl::StrCat("\"", setting, "\" is not key=value"));
    }
  }
}

void ValidateAxes(const SweepSpec& spec, const Violations& here) {
  std::set<std::string> keys;
  for (size_t i = 0; i < spec.axes.size(); ++i) {
    const SweepAxisSpec& axis = spec.axes[i];
    const Violations at = here.In(absl::StrCat("axes[", i, "]"));
    if (axis.key.empty()) at.Add("key", "names no field");
    if (!keys.insert(axis.key).second) at.Add("key", "another axis has this key already");
    if (axis.values.empty()) at.Add("values", "there is none");
    std::set<std::string> seen;
    for (const std::string& value : axis.values) {
      if (value.empty()) at.Add("values", "one is empty");
      if (!seen.insert(SameNumber(value)).second) {
        at.Add("values", absl::StrCat("\"", value, "\" is there twice"));
      }
    }
  }
}

void ValidateMetrics(const std::vector<std::string>& metrics, const Violations& here) {
  if (metrics.empty()) here.Add("metrics", "names no metric");
  std::set<std::string> seen;
  for (const std::string& metric : metrics) {
    if (metric.empty()) here.Add("metrics", "one is empty");
    if (!seen.insert(metric).second) {
      here.Add("metrics", absl::StrCat("\"", metric, "\" is there twice"));
    }
  }
}

void CheckMetric(const std::string& key, const std::string& metric, const SweepSpec& spec,
                 const Violations& at) {
  if (Has(spec.metrics, metric)) return;
  at.Add(key, absl::StrCat("\"", metric, "\" is none of sweep.metrics"));
}

bool IsPositiveNumber(const std::string& text) {
  double number = 0;
  return absl::SimpleAtod(text, &number) && std::isfinite(number) && number > 0;
}

// How many arms have points in a fit.
size_t NumArms(const SweepFitSpec& fit, const SweepSpec& spec) {
  if (!fit.arm.empty() || spec.arms.empty()) return 1;
  return static_cast<size_t>(absl::c_count_if(
      spec.arms, [](const SweepArmSpec& arm) { return arm.role != SweepRole::kControl; }));
}

// Of a fit whose x is an axis.
void ValidateAxisOfFit(const SweepFitSpec& fit, const SweepAxisSpec& axis, const SweepSpec& spec,
                       const Violations& at) {
  for (const std::string& value : axis.values) {
    if (IsPositiveNumber(value)) continue;
    at.Add("x",
           absl::StrCat("\"", value, "\" of the axis ", axis.key, " is no number greater than 0"));
  }
  const bool has_several = spec.axes.size() > 1 || NumArms(fit, spec) > 1;
  if (fit.held_out == SweepHeldOut::kLargest && has_several) {
    at.Add("held_out", absl::StrCat("several points have the largest ", axis.key,
                                    ": none can be held out; take one axis and one arm"));
  }
}

void ValidateFit(const SweepFitSpec& fit, const SweepSpec& spec, const Violations& at) {
  CheckMetric("y", fit.y, spec, at);
  const auto axis = absl::c_find_if(
      spec.axes, [&](const SweepAxisSpec& one) { return one.key == fit.x && !fit.x.empty(); });
  const bool is_axis = axis != spec.axes.end();
  if (is_axis) {
    ValidateAxisOfFit(fit, *axis, spec, at);
  } else {
    CheckMetric("x", fit.x, spec, at);
  }
  const auto is_arm = [&](const SweepArmSpec& arm) { return arm.name == fit.arm; };
  if (!fit.arm.empty() && absl::c_none_of(spec.arms, is_arm)) {
    at.Add("arm", absl::StrCat("there is no arm \"", fit.arm, "\""));
  }
  // A curve is determined by points of different x.
  const size_t num_points =
      is_axis ? axis->values.size() : NumArms(fit, spec) * GridPoints(spec.axes).size();
  const size_t held_out = fit.held_out == SweepHeldOut::kLargest ? 1 : 0;
  const size_t num_parameters = fit.kind == SweepFitKind::kPowerLaw ? 3 : 2;
  if (num_points < num_parameters + held_out) {
    at.Add("kind", absl::StrCat("needs ", num_parameters,
                                " points of different x beside those that are held out; there are ",
                                num_points));
  }
}

void CheckPoint(const std::string& key, const std::string& name,
                const std::vector<std::string>& points, const Violations& at) {
  if (Has(points, name)) return;
  at.Add(key, absl::StrCat("there is no arm \"", name, "\""));
}

void ValidateDifference(const SweepDifferenceSpec& difference, const SweepSpec& spec,
                        const std::vector<std::string>& points, const Violations& at) {
  CheckMetric("metric", difference.metric, spec, at);
  CheckPoint("arm", difference.arm, points, at);
  CheckPoint("than", difference.than, points, at);
  if (difference.arm == difference.than) at.Add("than", "is the arm itself");
  if (!difference.min) at.Add("min", "missing key, the smallest accepted difference");
}

void ValidateChance(const SweepChanceSpec& chance, const SweepSpec& spec,
                    const std::vector<std::string>& points, const Violations& at) {
  CheckMetric("metric", chance.metric, spec, at);
  CheckPoint("arm", chance.arm, points, at);
  if (!chance.value) at.Add("value", "missing key, what chance gives");
}

// Of the sweep's own summary: METRIC/POINT.
void ValidateOwnMetric(const SweepBoundSpec& bound, const SweepSpec& spec,
                       const std::vector<std::string>& points, const Violations& at) {
  const bool known = absl::c_any_of(spec.metrics, [&](const std::string& metric) {
    return absl::c_any_of(points, [&](const std::string& point) {
      return bound.metric == absl::StrCat(metric, "/", point);
    });
  });
  if (!known) {
    at.Add("metric", absl::StrCat("\"", bound.metric, "\" is no METRIC/ARM of this sweep"));
  }
  if (!bound.min && !bound.max) at.Add("metric", "needs min, max or both");
  if (bound.min && bound.max && *bound.min > *bound.max) {
    at.Add("min",
           absl::StrCat(NumberText(*bound.min), " is more than max ", NumberText(*bound.max)));
  }
}

void ValidateBounds(const SweepSpec& spec, const Violations& violations) {
  std::vector<std::string> points;
  for (const ArmPoint& point : PointsOf(spec)) points.push_back(point.name);
  for (size_t i = 0; i < spec.bounds.size(); ++i) {
    const SweepBoundSpec& bound = spec.bounds[i];
    const Violations at = violations.In(absl::StrCat("acceptance[", i, "]"));
    const bool of_own = !bound.metric.empty();
    const bool of_difference = !bound.difference.metric.empty();
    const bool of_chance = !bound.chance.metric.empty();
    if (int{of_own} + int{of_difference} + int{of_chance} != 1) {
      at.Add("metric", "needs exactly one of metric, difference.metric and chance.metric");
      continue;
    }
    if (!of_own && (bound.min || bound.max)) at.Add("min", "min and max belong to metric");
    if (of_own) ValidateOwnMetric(bound, spec, points, at);
    if (of_difference) ValidateDifference(bound.difference, spec, points, at.In("difference"));
    if (of_chance) ValidateChance(bound.chance, spec, points, at.In("chance"));
  }
}

}  // namespace

std::vector<AcceptanceBound> SweepSpec::summary_bounds() const {
  std::vector<AcceptanceBound> own;
  for (const SweepBoundSpec& bound : bounds) {
    if (!bound.metric.empty()) own.push_back({bound.metric, bound.min, bound.max});
  }
  return own;
}

void Describe(SweepArmSpec& spec, FieldList& fields) {
  fields.Leaf("name", spec.name,
              {.doc = "what figures of the arm are labelled with",
               .presence = Presence::kRequired,
               .role = TextRole::kName});
  fields.Leaf("role", spec.role,
              {.doc = "a baseline is another way to do the same, a control must fail"});
  fields.Leaf("set", spec.set,
              {.doc = "settings of the experiment, \"key=value\" each; none: as it is defined"});
}

void Describe(SweepAxisSpec& spec, FieldList& fields) {
  fields.Leaf(
      "key", spec.key,
      {.doc = "field of the experiment, \"model.hidden_size\"", .presence = Presence::kRequired});
  fields.Leaf("values", spec.values,
              {.doc = "its values, each as a text", .presence = Presence::kRequired});
}

void Describe(SweepFitSpec& spec, FieldList& fields) {
  fields.Leaf("kind", spec.kind,
              {.doc = "power_law: y = E + A x^-a; logistic: y = 1 / (1 + exp(-k (ln x - ln m)))",
               .presence = Presence::kRequired});
  fields.Leaf("x", spec.x,
              {.doc = "key of an axis of numbers, or one of sweep.metrics; greater than 0",
               .presence = Presence::kRequired});
  fields.Leaf("y", spec.y, {.doc = "one of sweep.metrics", .presence = Presence::kRequired});
  fields.Leaf("arm", spec.arm,
              {.doc = "whose points are fitted; empty: of all arms that are no controls"});
  fields.Leaf("held_out", spec.held_out,
              {.doc = "largest: the point of the largest x is predicted, not fitted"});
}

void Describe(SweepDifferenceSpec& spec, FieldList& fields) {
  fields.Leaf("metric", spec.metric, {.doc = "one of sweep.metrics"});
  fields.Leaf("arm", spec.arm, {.doc = "whose value is to be the greater one"});
  fields.Leaf("than", spec.than, {.doc = "the arm that it is compared with"});
  fields.Leaf("min", spec.min, {.doc = "smallest accepted difference in the worst replicate"});
}

void Describe(SweepChanceSpec& spec, FieldList& fields) {
  fields.Leaf("metric", spec.metric, {.doc = "one of sweep.metrics"});
  fields.Leaf("arm", spec.arm, {.doc = "which is to be no better than chance"});
  fields.Leaf("value", spec.value, {.doc = "what chance gives"});
  fields.Leaf(
      "standard_errors", spec.standard_errors,
      {.doc = "by how many a replicate may be better; where items are not counted, the mean",
       .bounds = AtLeast(0)});
}

void Describe(SweepBoundSpec& spec, FieldList& fields) {
  fields.Leaf("metric", spec.metric, {.doc = "METRIC/ARM, a mean over replicates"});
  fields.Leaf("min", spec.min, {.doc = "smallest accepted value of metric"});
  fields.Leaf("max", spec.max, {.doc = "largest accepted value of metric"});
  fields.Table("difference", spec.difference, "or: between two arms, in every replicate");
  fields.Table("chance", spec.chance, "or: that a control is no better than chance");
}

void Describe(SweepSpec& spec, FieldList& fields) {
  FieldList& table = fields.Group("sweep", "the runs that belong together");
  table.Leaf("experiment", spec.experiment,
             {.doc = "whose runs the children are", .presence = Presence::kRequired});
  table.Leaf("replicates", spec.replicates,
             {.doc = "of each point, with numbers from 0", .bounds = Between(1, 1000)});
  table.Leaf("metrics", spec.metrics,
             {.doc = "paths of the experiment's final metrics; the first is the question's",
              .presence = Presence::kRequired});
  table.Leaf("at_once", spec.at_once,
             {.doc = "most children that run together; 0: as many as the cores have threads for; "
                     "1 where times are asked for",
              .bounds = Between(0, 1024)});
  table.Leaf("reuse", spec.reuse,
             {.doc = "recipe: complete runs of the store stand for children of the same recipe; "
                     "program: only those that this state of the program made"});
  table.Tables("arms", spec.arms, "what is compared: the experiment with some settings each");
  table.Tables("axes", spec.axes, "settings of which every arm takes every combination");
  table.Tables("fits", spec.fits, "curves through the points of an arm, or of several");
  fields.Tables("acceptance", spec.bounds, "outside these bounds the run exits 1");
}

void Validate(const SweepSpec& spec, const Violations& violations) {
  const Violations here = violations.In("sweep");
  if (spec.arms.empty() && spec.axes.empty()) here.Add("arms", "needs arms, axes or both");
  ValidateArms(spec, here);
  ValidateAxes(spec, here);
  ValidateMetrics(spec.metrics, here);
  size_t num_children = std::max<size_t>(spec.arms.size(), 1);
  for (const SweepAxisSpec& axis : spec.axes) {
    num_children =
        std::min(num_children * std::max<size_t>(axis.values.size(), 1), kMostChildren + 1);
  }
  num_children *= static_cast<size_t>(spec.replicates);
  if (num_children > kMostChildren) {
    return here.Add("axes", absl::StrCat("make more than ", kMostChildren, " children"));
  }
  for (size_t i = 0; i < spec.fits.size(); ++i) {
    ValidateFit(spec.fits[i], spec, here.In(absl::StrCat("fits[", i, "]")));
  }
  ValidateBounds(spec, violations);
}

}  // namespace bench::harness
