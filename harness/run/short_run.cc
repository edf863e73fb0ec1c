#include "harness/run/short_run.h"

#include <algorithm>
#include <type_traits>
#include <variant>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/definition/enum_names.h"

namespace bench::harness {
namespace {

class Scale {
 public:
  Scale(int64_t from, int64_t to) : from_(from), to_(to) {}
  int64_t Down(int64_t count) const { return count * to_ / from_; }
  // To the nearest, and to something where there was something.
  int64_t Kept(int64_t count) const {
    return count == 0 ? 0 : std::max<int64_t>(1, (2 * count * to_ + from_) / (2 * from_));
  }

 private:
  int64_t from_, to_;  // within the bounds of a definition, so that products fit
};

class Overrides {
 public:
  // What stays as it is is not said.
  void Add(std::string_view key, int64_t before, int64_t now) {
    if (before != now) texts_.push_back(absl::StrCat(internal::View(key), "=", now));
  }
  std::vector<std::string> Take() { return std::move(texts_); }

 private:
  std::vector<std::string> texts_;
};

template <typename Spec>
concept Trains = requires(const Spec& spec) {
  spec.training.steps;
  spec.schedule.warmup_steps;
  spec.evaluation.every_steps;
};

}  // namespace

absl::StatusOr<std::vector<std::string>> ShortRunOverrides(const Definition& definition,
                                                           int64_t steps) {
  return std::visit(
      [&](const auto& spec) -> absl::StatusOr<std::vector<std::string>> {
        using Spec = std::decay_t<decltype(spec)>;
        if constexpr (Trains<Spec>) {
          const Scale scale(spec.training.steps, steps);
          Overrides overrides;
          overrides.Add("training.steps", spec.training.steps, steps);
          overrides.Add("schedule.warmup_steps", spec.schedule.warmup_steps,
                        scale.Kept(spec.schedule.warmup_steps));
          overrides.Add("evaluation.every_steps", spec.evaluation.every_steps,
                        scale.Kept(spec.evaluation.every_steps));
          overrides.Add("run.checkpoint_every_steps", definition.run.checkpoint_every_steps,
                        scale.Kept(definition.run.checkpoint_every_steps));
          if constexpr (std::is_same_v<Spec, PpoSpec>) {
            overrides.Add("value.warmup_rollouts", spec.value.warmup_rollouts,
                          scale.Down(spec.value.warmup_rollouts));
          }
          return overrides.Take();
        } else {
          return UsageError(absl::StrCat("--steps: stage ", std::string(Name(definition.kind())),
                                         " trains no steps; leave it out"));
        }
      },
      definition.stage);
}

}  // namespace bench::harness
