#include "harness/run/run_profile.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/profiling/make_profiler.h"
#include "harness/profiling/profiled_steps.h"
#include "harness/profiling/step_profiler.h"
#include "harness/profiling/tool_program.h"
#include "harness/training/checkpoint.h"

namespace bench::harness {
namespace {

absl::StatusOr<StepProfiler> ProfilerFor(const ProfileRequest& request, RunContext& context) {
  BENCH_ASSIGN_OR_RETURN(const std::optional<ProfiledSteps> steps,
                         StepsToProfile(context.definition.definition, request.steps));
  BENCH_ASSIGN_OR_RETURN(
      std::unique_ptr<Profiler> profiler,
      MakeProfiler(request.tool, {context.ranges, context.folder, context.device}));
  const int64_t next_step = context.checkpoint == nullptr ? 1 : context.checkpoint->step + 1;
  return StepProfiler(std::move(profiler), steps, next_step, context.writer);
}

}  // namespace

absl::StatusOr<StageOutcome> RunProfiled(Stage& stage, const std::optional<ProfileRequest>& request,
                                         RunContext& context) {
  if (!request || !context.ranks.leads()) return stage.Run(context);
  BENCH_ASSIGN_OR_RETURN(StepProfiler profiler, ProfilerFor(*request, context));
  context.profiler = &profiler;
  BENCH_RETURN_IF_ERROR(profiler.Begin(request->tool));
  absl::StatusOr<StageOutcome> outcome = stage.Run(context);
  context.profiler = nullptr;
  if (!outcome.ok()) return outcome;
  BENCH_RETURN_IF_ERROR(profiler.End());
  if (!RunsAroundProcess(request->tool)) {
    context.progress.Note(
        absl::StrCat("profile: ", context.folder, "/", ProfileFile(request->tool)));
  }
  return outcome;
}

}  // namespace bench::harness
