// Faults at the level of everything that a run writes: its journal, checkpoints, results and
// artifact. One run is recorded; each seed cuts it at a random call and takes one of the states
// that the disk may then be in (tests/support/power_loss.h).
#include "tests/support/power_loss.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/status.h"
#include "harness/store/store.h"
#include "harness/training/checkpoint.h"
#include "results/hdf5_file.h"
#include "results/metrics.h"
#include "results/run_writer.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using results::RunStatus;
using results::RunWriter;

constexpr int64_t kStopStep = 6;  // where the first attempt is interrupted
constexpr int64_t kLastStep = 12;
constexpr int64_t kCheckpointEverySteps = 4;
constexpr double kNever = 1e9;
constexpr char kKey[] = "key";
const std::string kWeights(1500, 'w');

double LossOf(int64_t step) { return static_cast<double>(step) + 0.25; }

results::RunHeader Header() {
  results::RunHeader header;
  header.experiment = "test";
  header.definition_sha256 = std::string(64, 'a');
  return header;
}

Checkpoint CheckpointOf(int64_t step) {
  Checkpoint checkpoint;
  checkpoint.step = step;
  checkpoint.task_state = {{"position", step}};
  checkpoint.tensors = {{"model/w", at::full({20, 20}, static_cast<double>(step))}};
  return checkpoint;
}

// What a caller was told is on the disk.
struct Promise {
  int64_t steps = 0;       // rows of the journal
  int64_t checkpoint = 0;  // step of the newest
  size_t result_rows = 0;
  bool journal = false;
  bool artifact = false;
};

// A run that is interrupted, resumed and finished, with an artifact in the store.
class RecordedRun {
 public:
  explicit RecordedRun(const std::string& root) : root_(root), recorder_(root) {
    const Store store = Store::Open(root + "/store").value();
    run_ = store.NewRunFolder("e@1").value();
    auto writer = RunWriter::Create(run_, Header(), kNever).value();
    promise_.journal = true;
    Promised();
    Train(*writer, 1, kStopStep);
    Finish(*writer, RunStatus::kInterrupted, kStopStep);
    promise_.steps = kCheckpointEverySteps;  // resuming drops the rows that it replays
    Promised();
    writer = RunWriter::Resume(run_, Header(), kCheckpointEverySteps, kNever).value();
    Train(*writer, kCheckpointEverySteps + 1, kLastStep);
    PublishArtifact(store);
    Finish(*writer, RunStatus::kComplete, kLastStep);
  }

  size_t num_calls() const { return recorder_.num_calls(); }
  const PowerLossRecorder& recorder() const { return recorder_; }
  // Of the run, below a copy of the root.
  std::string RunIn(const std::string& root) const { return root + run_.substr(root_.size()); }
  // What was promised before the call number `num_calls`.
  Promise PromisedAt(size_t num_calls) const {
    Promise promise;
    for (const auto& [calls, promised] : promises_) {
      if (calls <= num_calls) promise = promised;
    }
    return promise;
  }

 private:
  void Promised() { promises_.emplace_back(recorder_.num_calls(), promise_); }

  void Train(RunWriter& writer, int64_t first, int64_t last) {
    for (int64_t step = first; step <= last; ++step) {
      const results::RowPosition position{step, 10 * step, static_cast<double>(step)};
      writer.Step(position, {{{&results::kLoss, ""}, LossOf(step)}}).IgnoreError();
      if (step % 2 == 1 && step != last) continue;
      EXPECT_TRUE(writer.Flush().ok());
      promise_.steps = step;
      Promised();
      if (step % kCheckpointEverySteps != 0) continue;
      EXPECT_TRUE(SaveCheckpoint(run_, CheckpointOf(step)).ok());
      promise_.checkpoint = step;
      Promised();
    }
  }

  void Finish(RunWriter& writer, RunStatus status, int64_t rows) {
    EXPECT_TRUE(writer.Finish(status).ok());
    promise_.result_rows = static_cast<size_t>(rows);
    Promised();
  }

  // As stages do: files written by anybody, in subfolders too.
  void PublishArtifact(const Store& store) {
    const std::string staging = store.NewStaging().value();
    std::filesystem::create_directories(staging + "/sub/folder");
    std::ofstream(staging + "/sub/folder/weights") << kWeights;
    std::ofstream(staging + "/config") << "{}";
    const Artifact artifact = store.Publish(staging).value();
    EXPECT_TRUE(store.Record({kKey, artifact.digest, "e@1", "d"}).ok());
    promise_.artifact = true;
    Promised();
  }

  std::string root_;
  std::string run_;
  PowerLossRecorder recorder_;
  Promise promise_;
  std::vector<std::pair<size_t, Promise>> promises_;
};

void ExpectRows(const std::vector<int64_t>& steps, const std::vector<double>& losses) {
  ASSERT_EQ(steps.size(), losses.size());
  for (size_t i = 0; i < steps.size(); ++i) {
    ASSERT_EQ(steps[i], static_cast<int64_t>(i) + 1);
    ASSERT_EQ(losses[i], LossOf(steps[i]));
  }
}

// The journal's valid prefix holds what was flushed, and no frame that was never written. Returns
// its number of rows.
int64_t CheckJournal(const std::string& run, const Promise& promise) {
  const auto record = results::RecoverJournal(run);
  if (!record.ok()) {
    EXPECT_FALSE(promise.journal) << record.status();
    return 0;
  }
  const auto loss = record->steps.find("loss");
  if (loss == record->steps.end()) {
    EXPECT_EQ(promise.steps, 0);
    return 0;
  }
  ExpectRows(loss->second.step, loss->second.value);
  const auto rows = static_cast<int64_t>(loss->second.step.size());
  EXPECT_GE(rows, promise.steps);
  EXPECT_LE(rows, kLastStep);
  return rows;
}

void CheckCheckpoints(const std::string& run, const Promise& promise, int64_t journal_rows) {
  const auto loaded = LoadLatestCheckpoint(run);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_TRUE(loaded->passed_over.empty()) << loaded->passed_over.front();
  if (!loaded->checkpoint) {
    EXPECT_EQ(promise.checkpoint, 0);
    return;
  }
  const Checkpoint& checkpoint = *loaded->checkpoint;
  EXPECT_GE(checkpoint.step, promise.checkpoint);
  EXPECT_GE(journal_rows, checkpoint.step) << "the journal is behind the checkpoint";
  EXPECT_EQ(checkpoint.task_state["position"], checkpoint.step);
  ASSERT_EQ(checkpoint.tensors.size(), 1u);
  EXPECT_TRUE(checkpoint.tensors[0].tensor.equal(CheckpointOf(checkpoint.step).tensors[0].tensor));
}

void CheckResults(const std::string& run, const Promise& promise) {
  const std::string path = run + "/results.h5";
  if (!Exists(path)) {
    EXPECT_EQ(promise.result_rows, 0u);
    return;
  }
  const auto record = results::ReadResults(path);
  ASSERT_TRUE(record.ok()) << record.status();
  const auto& loss = record->steps.at("loss");
  ExpectRows(loss.step, loss.value);
  EXPECT_GE(loss.step.size(), promise.result_rows);
  EXPECT_TRUE(loss.step.size() == kStopStep || loss.step.size() == kLastStep);
}

void CheckStore(const std::string& root, const Promise& promise) {
  const Store store = Store::Open(root + "/store").value();
  const auto found = store.Find(kKey);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_TRUE(found->has_value() || !promise.artifact);
  if (found->has_value()) {
    EXPECT_EQ(ReadFile((*found)->File("sub/folder/weights")).value_or(""), kWeights);
  }
}

// Whatever is left, the run can be taken up and finished.
void CheckRetry(const std::string& run) {
  const auto loaded = LoadLatestCheckpoint(run);
  const int64_t from = loaded->checkpoint ? loaded->checkpoint->step : 0;
  auto writer = RunWriter::Resume(run, Header(), from, kNever);
  ASSERT_TRUE(writer.ok()) << writer.status();
  for (int64_t step = from + 1; step <= kLastStep; ++step) {
    const results::RowPosition position{step, 10 * step, static_cast<double>(step)};
    ASSERT_TRUE((*writer)->Step(position, {{{&results::kLoss, ""}, LossOf(step)}}).ok());
  }
  ASSERT_TRUE(SaveCheckpoint(run, CheckpointOf(kLastStep)).ok());
  const auto path = (*writer)->Finish(RunStatus::kComplete);
  ASSERT_TRUE(path.ok()) << path.status();
  EXPECT_EQ(results::ReadResults(*path)->steps.at("loss").value.size(), size_t{kLastStep});
  EXPECT_EQ(LoadLatestCheckpoint(run)->checkpoint->step, kLastStep);
}

TEST(PowerLoss, AtAnyCallEveryPromiseIsKeptAndTheRunCanBeFinished) {
  constexpr uint64_t kSeeds = 1000;
  constexpr uint64_t kRetryEvery = 25;  // it fsyncs for real
  const TempFolder root;
  const RecordedRun run(root.path());
  SetSyscallsForTest(nullptr);
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    std::mt19937_64 random(seed);
    const size_t cut = random() % (run.num_calls() + 1);
    const Promise promise = run.PromisedAt(cut);
    const TempFolder after;
    run.recorder().Crash(cut, random, after.path());
    const std::string folder = run.RunIn(after.path());
    const int64_t rows = CheckJournal(folder, promise);
    CheckCheckpoints(folder, promise, rows);
    CheckResults(folder, promise);
    CheckStore(after.path(), promise);
    if (seed % kRetryEvery == 0) CheckRetry(folder);
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace bench::harness
