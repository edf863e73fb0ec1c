#include "harness/stages/program/program_run.h"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/measurement/memory_group.h"
#include "harness/stages/program/program_log.h"
#include "harness/stages/program/program_meter.h"

namespace bench::harness {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLook{20};
constexpr std::chrono::seconds kNoteInterval{30};
constexpr size_t kLinesShown = 5;
constexpr size_t kLineBytesShown = 300;

class Run {
 public:
  Run(const ProgramPlan& plan, MetricSink& sink, Progress& progress, ProgramLog log)
      : plan_(plan), sink_(sink), progress_(progress), log_(std::move(log)) {}

  // Before the program starts, so that what it writes is younger.
  absl::Status Prepare() {
    BENCH_RETURN_IF_ERROR(RemoveTree(plan_.metrics_path));
    BENCH_RETURN_IF_ERROR(PublishFile(plan_.metrics_path, ""));
    BENCH_ASSIGN_OR_RETURN(intake_, ReportIntake::Open(plan_.reports, plan_.metrics_path, sink_));
    began_ = std::filesystem::last_write_time(plan_.metrics_path);
    group_ = MemoryGroup::Make();
    BENCH_ASSIGN_OR_RETURN(process_, ProgramProcess::Start(plan_.command, group_.get()));
    if (!process_->in_group()) group_.reset();
    if (group_) meter_.CountIn(*group_);
    return absl::OkStatus();
  }

  absl::StatusOr<ProgramEnd> UntilItEnds(const std::function<absl::Status()>& each_look) {
    const ChildrenEndFirst end_first;
    const auto on_output = [this](OutputStream stream, std::string_view bytes) {
      return Output(stream, bytes);
    };
    while (!process_->exit_code()) {
      absl::Status status = process_->Poll(kLook, on_output);
      if (status.ok() && ending_.ok()) status = intake_->Follow();
      if (status.ok()) status = each_look();
      EndFor(status);
      if (StopSignal()) EndFor(StoppedError());
      if (ending_.ok() && process_->seconds() > static_cast<double>(plan_.timeout.count())) {
        EndFor(EnvironmentError(absl::StrCat("the program did not end in ", plan_.timeout.count(),
                                             " s (program.timeout_s); ", SaidLast())));
      }
      GoOnEnding();
      meter_.LookIfDue();
      ShowProgress();
    }
    end_.seconds = process_->seconds();
    end_.num_left_running = process_->EndAll();
    EndFor(process_->DrainAll(on_output));
    EndFor(log_.End());
    if (StopSignal()) EndFor(StoppedError());
    BENCH_RETURN_IF_ERROR(Judge());
    return Measured();
  }

 private:
  // A line that cannot be read ends the program; what it prints until it has ended is kept all the
  // same.
  absl::Status Output(OutputStream stream, std::string_view bytes) {
    BENCH_RETURN_IF_ERROR(log_.Add(bytes));
    return ending_.ok() ? intake_->Output(stream, bytes) : absl::OkStatus();
  }

  // The first reason counts.
  void EndFor(const absl::Status& reason) {
    if (!reason.ok() && ending_.ok()) ending_ = reason;
  }

  void GoOnEnding() {
    if (ending_.ok()) return;
    if (!kill_at_) {
      kill_at_ = Clock::now() + plan_.grace;
      process_->Signal(SIGTERM);
    }
    if (Clock::now() >= *kill_at_ || StopAtOnce()) process_->EndAll();
  }

  std::string SaidLast() const {
    const std::string lines = log_.LastLines(kLinesShown, kLineBytesShown);
    return absl::StrCat(
        lines.empty() ? "it printed nothing" : absl::StrCat("its last lines: ", lines), " (",
        log_.path(), ")");
  }

  // How it ended says more than what of its reports is missing.
  absl::Status Judge() {
    BENCH_RETURN_IF_ERROR(ending_);
    if (const auto signal = process_->end_signal()) {
      return EnvironmentError(
          absl::StrCat("the program died by signal ", *signal, "; ", SaidLast()));
    }
    if (*process_->exit_code() == 0) return intake_->End(began_);
    intake_->Follow().IgnoreError();  // what it reported until then is recorded
    return EnvironmentError(absl::StrCat("the program ended with exit code ",
                                         *process_->exit_code(), "; ", SaidLast()));
  }

  ProgramEnd Measured() {
    end_.usage = process_->usage();
    end_.peak_resident_bytes =
        std::max(meter_.peak_resident_bytes(), end_.usage.max_resident_bytes);
    if (group_) {
      end_.memory_basis = MemoryBasis::kControlGroup;
      end_.charged_peak_bytes = group_->ChargedPeakBytes();
    }
    end_.peak_device_bytes = meter_.gpu().peak_bytes();
    end_.device_basis = meter_.gpu().basis();
    return end_;
  }

  void ShowProgress() {
    const int64_t total = plan_.steps > 0 ? plan_.steps : sink_.total_steps().value_or(0);
    const int64_t done = std::max<int64_t>(sink_.last_step(), 0);
    if (total > 0) {
      if (done >= total && shown_ == done) return;  // a complete line is drawn whenever it is asked
      shown_ = done;
      return progress_.Update("step", std::min(done, total), total, "");
    }
    if (Clock::now() < next_note_) return;
    next_note_ = Clock::now() + kNoteInterval;
    progress_.Note(sink_.has_rows()
                       ? absl::StrFormat("%.0f s, step %d", process_->seconds(), done)
                       : absl::StrFormat("%.0f s, no step reported yet", process_->seconds()));
  }

  const ProgramPlan& plan_;
  MetricSink& sink_;
  Progress& progress_;
  ProgramLog log_;
  std::unique_ptr<ReportIntake> intake_;
  std::filesystem::file_time_type began_;
  std::unique_ptr<MemoryGroup> group_;  // removed when the process is gone
  std::unique_ptr<ProgramProcess> process_;
  ProgramMeter meter_;
  absl::Status ending_;  // why it is being ended
  std::optional<Clock::time_point> kill_at_;
  int64_t shown_ = -1;  // step
  Clock::time_point next_note_ = Clock::now() + kNoteInterval;
  ProgramEnd end_;
};

}  // namespace

absl::StatusOr<ProgramEnd> RunProgramOnce(const ProgramPlan& plan, MetricSink& sink,
                                          Progress& progress,
                                          const std::function<absl::Status()>& each_look) {
  BENCH_ASSIGN_OR_RETURN(ProgramLog log, ProgramLog::Create(plan.log_path));
  Run run(plan, sink, progress, std::move(log));
  BENCH_RETURN_IF_ERROR(run.Prepare());
  absl::StatusOr<ProgramEnd> end = run.UntilItEnds(each_look);
  progress.Finish();
  return end;
}

}  // namespace bench::harness
