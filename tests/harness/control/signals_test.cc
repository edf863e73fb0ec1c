#include "harness/control/signals.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "base/status.h"
#include "gtest/gtest.h"

namespace bench::harness {
namespace {

[[noreturn]] void ExitWithSignal() { ::_exit(StopSignal().value_or(0)); }

// Comes a signal twice, it is: 0 when it was merged, itself when it killed.
void ExpectSecondOne(int signal, bool ends_the_process) {
  const auto twice = [signal] {
    InstallSignalHandlers();
    std::raise(signal);
    std::raise(signal);
    ExitWithSignal();
  };
  if (ends_the_process) {
    EXPECT_EXIT(twice(), testing::KilledBySignal(signal), "");
  } else {
    EXPECT_EXIT(twice(), testing::ExitedWithCode(signal), "");
  }
}

TEST(StopSignalDeathTest, TheFirstIsKeptAndTheSecondEndsTheProcess) {
  EXPECT_EXIT(
      {
        InstallSignalHandlers();
        std::raise(SIGTERM);
        ExitWithSignal();
      },
      testing::ExitedWithCode(SIGTERM), "");
  ExpectSecondOne(SIGTERM, true);
  ExpectSecondOne(SIGINT, true);
}

// A terminal that closes sends it from the kernel and from the shell; the limit of processor time
// every second.
TEST(StopSignalDeathTest, RepeatsOfWhatNobodyTypesAreOne) {
  ExpectSecondOne(SIGHUP, false);
  ExpectSecondOne(SIGXCPU, false);
}

TEST(StopSignalDeathTest, TheFirstInterruptAfterAHangUpIsNoSecondOne) {
  EXPECT_EXIT(
      {
        InstallSignalHandlers();
        std::raise(SIGHUP);
        std::raise(SIGTERM);
        ExitWithSignal();
      },
      testing::ExitedWithCode(SIGHUP), "");
}

TEST(StopSignalDeathTest, IgnoredAtTheStartStaysIgnored) {
  for (const int signal : {SIGHUP, SIGTERM, SIGUSR1}) {
    EXPECT_EXIT(
        {
          std::signal(signal, SIG_IGN);
          InstallSignalHandlers();
          std::raise(signal);
          ::_exit(StopSignal() || TakeCheckpointRequest() ? 1 : 0);
        },
        testing::ExitedWithCode(0), "");
  }
}

TEST(StopSignalDeathTest, HeldBackUntilTheHandlersAreThereItIsNotLost) {
  EXPECT_EXIT(
      {
        const sigset_t handled = HandledSignals();
        ::sigprocmask(SIG_BLOCK, &handled, nullptr);
        std::raise(SIGTERM);
        std::raise(SIGUSR1);
        InstallSignalHandlers();
        ::_exit(StopSignal() == SIGTERM && TakeCheckpointRequest() ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

// Nobody reads what is written to `fd`.
void WriteTwiceToABrokenPipe(int fd) {
  int pipe[2];
  if (::pipe(pipe) != 0 || ::dup2(pipe[1], fd) != fd) ::_exit(99);
  ::close(pipe[0]);
  ::close(pipe[1]);
  for (int i = 0; i < 2; ++i) {
    if (::write(fd, "x", 1) != -1) ::_exit(98);
  }
}

TEST(StopSignalDeathTest, ABrokenPipeAtStandardOutputAsksToStopHoweverOftenItIsWrittenTo) {
  EXPECT_EXIT(
      {
        InstallSignalHandlers();
        WriteTwiceToABrokenPipe(STDOUT_FILENO);
        ExitWithSignal();
      },
      testing::ExitedWithCode(SIGPIPE), "");
}

// Of c10d's sockets, say: that a rank is gone is found by their errors.
TEST(StopSignalDeathTest, AnotherBrokenPipeAsksForNothing) {
  EXPECT_EXIT(
      {
        InstallSignalHandlers();
        WriteTwiceToABrokenPipe(::dup(STDOUT_FILENO));
        ExitWithSignal();
      },
      testing::ExitedWithCode(0), "");
}

TEST(StopSignalDeathTest, ABrokenPipesSignalFromOutsideAsksToStop) {
  EXPECT_EXIT(
      {
        InstallSignalHandlers();
        const pid_t self = ::getpid();
        const pid_t sender = ::fork();
        if (sender == 0) ::_exit(::kill(self, SIGPIPE));
        while (::waitpid(sender, nullptr, 0) != sender) {
        }
        ExitWithSignal();
      },
      testing::ExitedWithCode(SIGPIPE), "");
}

// All ranks are signalled, and tell each other, in any order.
TEST(StopSignalDeathTest, TheFirstAfterAnotherRanksIsNoSecondOne) {
  EXPECT_EXIT(
      {
        InstallSignalHandlers();
        AdoptStopSignal(SIGINT);
        std::raise(SIGTERM);
        ExitWithSignal();
      },
      testing::ExitedWithCode(SIGTERM), "");
  EXPECT_EXIT(
      {
        InstallSignalHandlers();
        AdoptStopSignal(SIGINT);
        std::raise(SIGTERM);
        std::raise(SIGTERM);
        ExitWithSignal();
      },
      testing::KilledBySignal(SIGTERM), "");
}

// A process manager signals the launcher and its ranks, and the launcher its ranks.
TEST(StopSignalDeathTest, OnePassedOnIsNoSecondOneUnlessItsSenderSaysSo) {
  for (const PassedOn how : {PassedOn::kOnce, PassedOn::kAtOnce}) {
    const auto both = [how] {
      InstallSignalHandlers();
      std::raise(SIGTERM);
      PassOnSignal(::getpid(), SIGTERM, how);
      ExitWithSignal();
    };
    if (how == PassedOn::kOnce) {
      EXPECT_EXIT(both(), testing::ExitedWithCode(SIGTERM), "");
    } else {
      EXPECT_EXIT(both(), testing::KilledBySignal(SIGTERM), "");
    }
  }
}

TEST(StopSignalDeathTest, WhoHasChildrenIsToldOfTheSecondOneInstead) {
  EXPECT_EXIT(
      {
        InstallSignalHandlers();
        const ChildrenEndFirst children;
        std::raise(SIGTERM);
        const bool early = StopAtOnce();
        std::raise(SIGINT);
        ::_exit(!early && StopAtOnce() && StopSignal() == SIGTERM ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

TEST(AdoptStopSignal, LeavesOneThatHasComeHere) {
  SetStopSignalForTest(SIGINT);
  AdoptStopSignal(SIGTERM);
  EXPECT_EQ(StopSignal(), SIGINT);
  SetStopSignalForTest(std::nullopt);
  AdoptStopSignal(0);
  EXPECT_EQ(StopSignal(), std::nullopt);
  AdoptStopSignal(SIGTERM);
  EXPECT_EQ(StopSignal(), SIGTERM);
  EXPECT_TRUE(IsStopped(CheckNotStopped()));
  SetStopSignalForTest(std::nullopt);
}

TEST(CheckpointRequestDeathTest, BothSignalsAskForOneAndStopNothing) {
  for (const int signal : {SIGUSR1, SIGUSR2}) {
    EXPECT_EXIT(
        {
          InstallSignalHandlers();
          std::raise(signal);
          std::raise(signal);
          const bool taken = TakeCheckpointRequest();
          const bool again = TakeCheckpointRequest();
          ::_exit(taken && !again && !StopSignal() ? 0 : 1);
        },
        testing::ExitedWithCode(0), "");
  }
}

TEST(CheckpointRequestDeathTest, DeclinedItIsAnsweredAndNotTakenAlsoOneThatCameBefore) {
  EXPECT_EXIT(
      {
        InstallSignalHandlers();
        std::raise(SIGUSR1);
        DeclineCheckpoints("nothing to save here");
        std::raise(SIGUSR2);
        ::_exit(TakeCheckpointRequest() ? 1 : 0);
      },
      testing::ExitedWithCode(0), "^nothing to save here\nnothing to save here\n$");
}

}  // namespace
}  // namespace bench::harness
