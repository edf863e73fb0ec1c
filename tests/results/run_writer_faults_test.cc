#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/status.h"
#include "results/hdf5_file.h"
#include "results/record_journal.h"
#include "results/results_recovery.h"
#include "results/run_writer.h"
#include "tests/base/faulty_syscalls.h"
#include "tests/results/run_writer_steps.h"
#include "tests/support/temp_folder.h"

namespace bench::results {
namespace {

// Faults 2 and 6: an earlier results file stays as it was or is replaced whole; the journal stays
// readable; once the fault is gone the results can be recovered.
class FinishUnderFaults : public ::testing::Test {
 protected:
  // A folder that holds a finished first attempt, and a second one about to finish.
  static std::unique_ptr<RunWriter> Prepare(const std::string& folder) {
    auto first = Start(folder);
    Steps(*first, 1, 3);
    EXPECT_TRUE(first->Finish(RunStatus::kInterrupted).ok());
    auto second = Resume(folder, 3);
    Steps(*second, 4, 5);
    return second;
  }
  static void ExpectOldOrNew(const std::string& folder, int at) {
    const auto read = ReadResults(folder + "/results.h5");
    ASSERT_TRUE(read.ok()) << at << ": " << read.status();
    const size_t rows = read->steps.at("loss").value.size();
    EXPECT_TRUE(rows == 3 || rows == 5) << at;
    const auto journal = RecoverJournal(folder);
    ASSERT_TRUE(journal.ok()) << at << ": " << journal.status();
    EXPECT_EQ(journal->torn_bytes, 0) << at;
    ASSERT_TRUE(RecoverResults(folder).ok()) << at;
    EXPECT_EQ(*ReadResults(folder + "/results.h5"), *journal) << at;
  }
  static int NumCalls() {
    TempFolder folder;
    auto writer = Prepare(folder.path());
    const FaultySyscalls none(Fault::kNone, 0);
    EXPECT_TRUE(writer->Finish(RunStatus::kComplete).ok());
    return none.num_calls();
  }
};

TEST_F(FinishUnderFaults, AnErrorAtAnyCallIsReportedAndHarmless) {
  const int num_calls = NumCalls();
  ASSERT_GE(num_calls, 20);
  for (const Fault fault : {Fault::kNoSpace, Fault::kIoError}) {
    for (int at = 0; at < num_calls; ++at) {
      TempFolder folder;
      auto writer = Prepare(folder.path());
      {
        const FaultySyscalls faulty(fault, at);
        const auto path = writer->Finish(RunStatus::kComplete);
        EXPECT_EQ(ExitCodeFor(path.status()), ExitCode::kEnvironment) << at;
      }
      ExpectOldOrNew(folder.path(), at);
    }
  }
}

TEST_F(FinishUnderFaults, DeathBeforeOrAfterAnyCallIsHarmless) {
  const int num_calls = NumCalls();
  for (const Fault fault : {Fault::kDieBefore, Fault::kDieAfter}) {
    for (int at = 0; at < num_calls; ++at) {
      TempFolder folder;
      auto writer = Prepare(folder.path());
      const pid_t child = ::fork();
      if (child == 0) {
        const FaultySyscalls faulty(fault, at);
        (void)writer->Finish(RunStatus::kComplete);
        ::_exit(1);
      }
      int status = 0;
      ASSERT_EQ(::waitpid(child, &status, 0), child);
      ASSERT_EQ(status, 0) << "the child outlived call " << at;
      ExpectOldOrNew(folder.path(), at);
    }
  }
}

TEST_F(FinishUnderFaults, ShortWritesAndInterruptionsAreResumed) {
  const int num_calls = NumCalls();
  for (int at = 0; at <= num_calls; ++at) {
    TempFolder folder;
    auto writer = Prepare(folder.path());
    const FaultySyscalls faulty(at == num_calls ? Fault::kShortWrites : Fault::kInterrupted, at);
    const auto path = writer->Finish(RunStatus::kComplete);
    ASSERT_TRUE(path.ok()) << at << ": " << path.status();
    EXPECT_EQ(ReadResults(*path)->steps.at("loss").value.size(), 5u);
  }
}

TEST(RunWriter, AnErrorAtAnyCallOfResumeLeavesTheJournalReadable) {
  for (int at = 0; at < 5; ++at) {
    TempFolder folder;
    {
      auto writer = Start(folder.path());
      Steps(*writer, 1, 3);
      ASSERT_TRUE(writer->Flush().ok());
    }
    {
      const FaultySyscalls faulty(Fault::kIoError, at);
      EXPECT_EQ(ExitCodeFor(RunWriter::Resume(folder.path(), SampleHeader(), 2, 1).status()),
                ExitCode::kEnvironment)
          << at;
    }
    ASSERT_TRUE(RecoverJournal(folder.path()).ok()) << at;
    EXPECT_GE(RecoverJournal(folder.path())->steps.at("loss").value.size(), 2u) << at;
  }
}

}  // namespace
}  // namespace bench::results
