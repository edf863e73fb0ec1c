// An I/O fault at the k-th call, for every k, while a checkpoint or an artifact is published: the
// error is an EnvironmentError, what was there before stays whole, and the next try succeeds.
// (The journal and the results file: tests/results/{journal,run_writer}_test.cc.)
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "base/status.h"
#include "harness/store/store.h"
#include "harness/training/checkpoint.h"
#include "tests/base/faulty_syscalls.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

// What is published, in a folder where an older one is there already.
struct Publication {
  std::function<void(const std::string& folder)> prepare;
  std::function<absl::Status(const std::string& folder)> publish;
  // Old or new, and whole.
  std::function<void(const std::string& folder)> expect_whole;
  std::function<void(const std::string& folder)> expect_new;
};

Checkpoint CheckpointOf(int64_t step) {
  Checkpoint checkpoint;
  checkpoint.step = step;
  checkpoint.tensors = {{"model/w", at::full({3}, static_cast<double>(step))}};
  return checkpoint;
}

int64_t LoadedStep(const std::string& folder) {
  const auto loaded = LoadLatestCheckpoint(folder);
  EXPECT_TRUE(loaded.ok()) << loaded.status();
  if (!loaded.ok() || !loaded->checkpoint) return -1;
  EXPECT_TRUE(loaded->passed_over.empty()) << loaded->passed_over.front();
  const Checkpoint& checkpoint = *loaded->checkpoint;
  EXPECT_TRUE(checkpoint.tensors[0].tensor.equal(CheckpointOf(checkpoint.step).tensors[0].tensor));
  return checkpoint.step;
}

// The third: the first one is removed after it.
Publication OfACheckpoint() {
  return {[](const std::string& folder) {
            for (const int64_t step : {1, 2}) {
              EXPECT_TRUE(SaveCheckpoint(folder, CheckpointOf(step)).ok());
            }
          },
          [](const std::string& folder) { return SaveCheckpoint(folder, CheckpointOf(3)); },
          [](const std::string& folder) { EXPECT_GE(LoadedStep(folder), 2); },
          [](const std::string& folder) { EXPECT_EQ(LoadedStep(folder), 3); }};
}

absl::Status PublishText(const std::string& folder, const std::string& text) {
  BENCH_ASSIGN_OR_RETURN(const Store store, Store::Open(folder + "/store"));
  BENCH_ASSIGN_OR_RETURN(const std::string staging, store.NewStaging());
  std::filesystem::create_directory(staging + "/sub");
  std::ofstream(staging + "/sub/data.txt") << text;
  BENCH_ASSIGN_OR_RETURN(const Artifact artifact, store.Publish(staging));
  return store.Record({"key", artifact.digest, "e@1", "d"});
}

std::string FoundText(const std::string& folder) {
  const Store store = Store::Open(folder + "/store").value();
  const auto found = store.Find("key");
  EXPECT_TRUE(found.ok() && found->has_value()) << found.status();
  return ReadFile((*found)->File("sub/data.txt")).value_or("");
}

Publication OfAnArtifact() {
  return {[](const std::string& folder) { EXPECT_TRUE(PublishText(folder, "old").ok()); },
          [](const std::string& folder) { return PublishText(folder, "new"); },
          [](const std::string& folder) {
            const std::string text = FoundText(folder);
            EXPECT_TRUE(text == "old" || text == "new") << text;
          },
          [](const std::string& folder) { EXPECT_EQ(FoundText(folder), "new"); }};
}

struct Published {
  const char* name;
  Publication (*make)();

  friend void PrintTo(const Published& published, std::ostream* out) { *out << published.name; }
};

class IoFaults : public ::testing::TestWithParam<Published> {
 protected:
  IoFaults() : publication_(GetParam().make()) {
    publication_.prepare(prepared_.path());
    const TempFolder folder;
    Prepare(folder);
    const FaultySyscalls none(Fault::kNone, 0);
    EXPECT_TRUE(publication_.publish(folder.path()).ok());
    num_calls_ = none.num_calls();
    EXPECT_GE(num_calls_, 15);
  }

  // A copy of what was published before, which is done once and not for every fault.
  void Prepare(const TempFolder& folder) const {
    std::filesystem::copy(prepared_.path(), folder.path(),
                          std::filesystem::copy_options::recursive);
  }

  void ExpectRetryWorks(const std::string& folder) {
    const absl::Status retried = publication_.publish(folder);
    EXPECT_TRUE(retried.ok()) << retried;
    publication_.expect_new(folder);
  }

  const Publication publication_;
  const TempFolder prepared_;
  int num_calls_ = 0;
};

TEST_P(IoFaults, AnErrorAtAnyCallIsReportedAndHarmless) {
  for (const Fault fault : {Fault::kNoSpace, Fault::kIoError}) {
    for (int at = 0; at < num_calls_; ++at) {
      SCOPED_TRACE(at);
      const TempFolder folder;
      Prepare(folder);
      {
        const FaultySyscalls faulty(fault, at);
        const absl::Status status = publication_.publish(folder.path());
        EXPECT_EQ(ExitCodeFor(status), ExitCode::kEnvironment) << status;
        EXPECT_EQ(status.message().find('\n'), absl::string_view::npos);
      }
      publication_.expect_whole(folder.path());
      ExpectRetryWorks(folder.path());
    }
  }
}

TEST_P(IoFaults, InterruptionsAndShortWritesAreResumed) {
  for (int at = 0; at <= num_calls_; ++at) {
    SCOPED_TRACE(at);
    const TempFolder folder;
    Prepare(folder);
    {
      const FaultySyscalls faulty(at == num_calls_ ? Fault::kShortWrites : Fault::kInterrupted, at);
      EXPECT_TRUE(publication_.publish(folder.path()).ok());
    }
    publication_.expect_new(folder.path());
  }
}

TEST_P(IoFaults, DeathBeforeOrAfterAnyCallIsHarmless) {
  for (const Fault fault : {Fault::kDieBefore, Fault::kDieAfter}) {
    for (int at = 0; at < num_calls_; ++at) {
      SCOPED_TRACE(at);
      const TempFolder folder;
      Prepare(folder);
      const pid_t child = ::fork();
      if (child == 0) {
        const FaultySyscalls faulty(fault, at);
        publication_.publish(folder.path()).IgnoreError();
        ::_exit(1);
      }
      int status = 0;
      ASSERT_EQ(::waitpid(child, &status, 0), child);
      ASSERT_EQ(status, 0) << "the child outlived the call";
      publication_.expect_whole(folder.path());
      ExpectRetryWorks(folder.path());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, IoFaults,
                         ::testing::Values(Published{"OfACheckpoint", &OfACheckpoint},
                                           Published{"OfAnArtifact", &OfAnArtifact}),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace bench::harness
