// A run context over a temporary store, for tests of stages and of the training loop.
#pragma once

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "harness/context/device.h"
#include "harness/context/run_context.h"
#include "harness/training/checkpoint.h"
#include "results/record.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {

class RunFixture {
 public:
  RunFixture() : RunFixture(nullptr, nullptr) {}
  // One rank's, in a folder that is all ranks'.
  RunFixture(const TempFolder& folder, Ranks& ranks) : RunFixture(&folder, &ranks) {}

  // A context for the run in <folder>/<name>; a resumed one continues after `from_step`.
  RunContext Start(const std::string& name) {
    const std::string path = folder_ / name;
    writer_ = ranks_.leads() ? *results::RunWriter::Create(path, header_, 5)
                             : results::RunWriter::Discarding();
    return Context(path, nullptr);
  }
  RunContext Resume(const std::string& name, int64_t from_step) {
    const std::string path = folder_ / name;
    writer_ = ranks_.leads() ? *results::RunWriter::Resume(path, header_, from_step, 5)
                             : results::RunWriter::Discarding();
    auto loaded = LoadLatestCheckpoint(path);
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    if (!loaded->checkpoint) return Context(path, nullptr);
    return Context(path, std::make_unique<Checkpoint>(*std::move(loaded->checkpoint)));
  }

  results::RunRecord Record(const std::string& name) {
    EXPECT_TRUE(writer_->Flush().ok());
    auto record = results::RecoverJournal(folder_ / name);
    EXPECT_TRUE(record.ok()) << record.status();
    return *record;
  }

  const TempFolder& folder() const { return folder_; }
  RunClock& clock() { return clock_; }
  std::map<std::string, Artifact>& inputs() { return inputs_; }

 private:
  // A null pointer stands for one of its own.
  RunFixture(const TempFolder* folder, Ranks* ranks)
      : own_(folder == nullptr ? std::make_unique<TempFolder>() : nullptr),
        folder_(folder == nullptr ? *own_ : *folder),
        alone_(ranks == nullptr ? Ranks::Alone() : nullptr),
        ranks_(ranks == nullptr ? *alone_ : *ranks),
        store_(*Store::Open(folder_ / "store")) {
    definition_.name = "test";
    header_.experiment = "test";
    header_.definition_sha256 = std::string(64, 'a');
    header_.world_size = ranks_.size();
  }

  RunContext Context(const std::string& path, std::unique_ptr<Checkpoint> checkpoint) {
    return {definition_,
            SeedSource{1, 0},
            inputs_,
            store_,
            "",
            path,
            folder_ / "artifact",
            *writer_,
            ranges_,
            progress_,
            clock_,
            ranks_,
            DeviceKind::kCpu,
            std::move(checkpoint),
            std::nullopt};
  }

  const std::unique_ptr<TempFolder> own_;
  const TempFolder& folder_;
  const std::unique_ptr<Ranks> alone_;
  Ranks& ranks_;
  Store store_;
  LoadedDefinition definition_;
  results::RunHeader header_;
  std::map<std::string, Artifact> inputs_;
  RangeTable ranges_;
  Progress progress_;
  RunClock clock_ = RunClock::Start();
  std::unique_ptr<results::RunWriter> writer_;
};

}  // namespace bench::harness
