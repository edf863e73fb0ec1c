#include "harness/distributed/ranks.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <future>

#include "absl/strings/str_cat.h"
#include "base/reported.h"
#include "base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/control/signals.h"
#include "harness/distributed/rank_meeting.h"
#include "tests/support/rank_threads.h"

namespace bench::harness {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

class OfEachSize : public ::testing::TestWithParam<int64_t> {};
INSTANTIATE_TEST_SUITE_P(Ranks, OfEachSize, ::testing::Values(2, 3, 4));

TEST_P(OfEachSize, ScatterPiecesGivesEveryRankItsPieceOfTheOthers) {
  RunOnRanks(GetParam(), [](Ranks& ranks) {
    const int64_t n = ranks.size();
    // Piece j of rank r holds 10 r + j, twice.
    const at::Tensor input =
        (at::arange(n).to(at::kFloat) + 10.0 * static_cast<double>(ranks.rank()))
            .repeat_interleave(2);
    const at::Tensor received = at::full({2 * (n - 1)}, -1, at::kFloat);
    ranks.ScatterPieces(received, input)->Wait();
    std::vector<float> expected;
    for (int64_t r = 0; r < n; ++r) {
      if (r != ranks.rank())
        expected.insert(expected.end(), 2, static_cast<float>(10 * r + ranks.rank()));
    }
    EXPECT_TRUE(received.equal(at::tensor(expected)));
  });
}

// In the order of the calls, whatever is waited for first.
TEST_P(OfEachSize, TransfersUnderWayTogetherDoNotMix) {
  RunOnRanks(GetParam(), [](Ranks& ranks) {
    std::vector<at::Tensor> wholes;
    std::vector<std::unique_ptr<Transfer>> transfers;
    for (int64_t i = 0; i < 8; ++i) {
      wholes.push_back(at::full({ranks.size()}, -1, at::kLong));
      const at::Tensor shard = wholes.back().narrow(0, ranks.rank(), 1);
      shard.fill_(100 * i + ranks.rank());
      transfers.push_back(ranks.AllGather(wholes.back(), shard));
    }
    for (size_t i = 8; i-- > 0;) {
      transfers[i]->Wait();
      EXPECT_TRUE(wholes[i].equal(at::arange(ranks.size()) + 100 * static_cast<int64_t>(i)));
    }
  });
}

TEST_P(OfEachSize, AllGatherFillsAWholeFromItsOwnPieces) {
  RunOnRanks(GetParam(), [](Ranks& ranks) {
    at::Tensor full = at::full({2 * ranks.size()}, -1, at::kBFloat16);
    at::Tensor shard = full.narrow(0, 2 * ranks.rank(), 2);
    shard.fill_(static_cast<double>(ranks.rank()));
    ranks.AllGather(full, shard)->Wait();
    EXPECT_TRUE(full.equal(at::arange(ranks.size()).repeat_interleave(2).to(at::kBFloat16)));
  });
}

TEST_P(OfEachSize, GatherRowsKeepsRankOrder) {
  RunOnRanks(GetParam(), [](Ranks& ranks) {
    const at::Tensor rows = at::full({3, 2}, ranks.rank(), at::kLong);
    const at::Tensor expected = at::arange(ranks.size()).repeat_interleave(3).view({-1, 1});
    EXPECT_TRUE(ranks.GatherRows(rows).equal(expected.expand({-1, 2})));
    EXPECT_EQ(ranks.GatherRows(at::empty({0, 2})).sizes(), (at::IntArrayRef{0, 2}));
  });
}

TEST_P(OfEachSize, GatherToLeaderGivesRankZeroAllRowsAndTheOthersNone) {
  RunOnRanks(GetParam(), [](Ranks& ranks) {
    // Rank r has r rows of r, so the leader itself has none.
    std::vector<int64_t> counts, expected;
    for (int64_t r = 0; r < ranks.size(); ++r) {
      counts.push_back(r);
      expected.insert(expected.end(), 2 * r, r);
    }
    const at::Tensor rows = at::full({ranks.rank(), 2}, ranks.rank(), at::kLong);
    const at::Tensor all = ranks.GatherToLeader(rows, counts);
    if (!ranks.leads()) expected.clear();
    EXPECT_TRUE(all.equal(at::tensor(expected, at::kLong).view({-1, 2})));
  });
}

TEST_P(OfEachSize, GatherUnequalRowsKeepsRankOrder) {
  RunOnRanks(GetParam(), [](Ranks& ranks) {
    // Rank r has r rows of r: none of rank 0.
    const at::Tensor rows = at::full({ranks.rank(), 2}, ranks.rank(), at::kLong);
    std::vector<int64_t> expected;
    for (int64_t r = 0; r < ranks.size(); ++r) expected.insert(expected.end(), 2 * r, r);
    EXPECT_TRUE(ranks.GatherUnequalRows(rows).equal(at::tensor(expected, at::kLong).view({-1, 2})));
  });
}

TEST_P(OfEachSize, TextOfTheLeaderReachesAllInOrder) {
  RunOnRanks(GetParam(), [](Ranks& ranks) {
    for (const std::string text : {"one", "", "three"}) {
      const auto got = ranks.FromLeader(ranks.leads() ? text : "not this");
      ASSERT_TRUE(got.ok()) << got.status();
      EXPECT_EQ(*got, text);
    }
  });
}

TEST(Ranks, AgreeToStopWhenOneIsStopped) {
  RunOnRanks(3, [](Ranks& ranks) {
    EXPECT_TRUE(ranks.Agree(absl::OkStatus()).ok());
    EXPECT_TRUE(IsStopped(ranks.Agree(ranks.rank() == 1 ? StoppedError() : absl::OkStatus())));
  });
}

TEST(Ranks, OneProcessNeedsNoTransport) {
  const std::unique_ptr<Ranks> alone = Ranks::Alone();
  EXPECT_TRUE(alone->alone());
  EXPECT_TRUE(alone->leads());
  const at::Tensor rows = at::ones({2, 3});
  EXPECT_TRUE(alone->GatherRows(rows).is_same(rows));
  EXPECT_TRUE(alone->GatherToLeader(rows, {2}).is_same(rows));
  EXPECT_EQ(*alone->FromLeader("x"), "x");
}

TEST(Ranks, NamesTheRankThatDoesNotCome) {
  const auto store = *RankStore::Open();
  std::vector<std::thread> threads;
  std::atomic<int> reports{0};
  for (const int64_t rank : {0, 2}) {
    threads.emplace_back([&, rank] {
      const auto ranks =
          Ranks::Join(ThreadRank(rank, 3, store.port()), {std::chrono::seconds(1), {}});
      reports += !IsReported(ranks.status());
      EXPECT_EQ(ExitCodeFor(ranks.status()), ExitCode::kEnvironment);
      EXPECT_THAT(ranks.status().message(), HasSubstr("rank 1 of 3 did not come within 1 s"));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(reports, 1);
}

TEST(Ranks, NamesWhatDiffersAndWhere) {
  const auto store = *RankStore::Open();
  std::vector<std::thread> threads;
  std::atomic<int> reports{0};
  for (const int64_t rank : {0, 1, 2}) {
    threads.emplace_back([&, rank] {
      const auto ranks =
          Ranks::Join(ThreadRank(rank, 3, store.port()),
                      {std::chrono::seconds(30),
                       {{"definition", rank == 2 ? "bbb" : "aaa"}, {"program", "p"}}});
      reports += !IsReported(ranks.status());
      EXPECT_EQ(ExitCodeFor(ranks.status()), ExitCode::kUsage);
      EXPECT_THAT(ranks.status().message(), HasSubstr("ranks 0 and 2 differ in definition"));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(reports, 1);
}

TEST(Ranks, SaysThatThePortIsInUse) {
  const auto store = *RankStore::Open();
  RankEnvironment environment = ThreadRank(0, 2, store.port());
  environment.launcher_holds_store = false;  // rank 0 would offer the store there itself
  const auto ranks = Ranks::Join(environment, {std::chrono::seconds(2), {}});
  EXPECT_EQ(ExitCodeFor(ranks.status()), ExitCode::kEnvironment);
  EXPECT_THAT(ranks.status().message(), HasSubstr(absl::StrCat("port ", store.port())));
  EXPECT_THAT(ranks.status().message(), HasSubstr("in use"));
}

// The rank that ends says why; a rank that waits for it learns the reason.
TEST(Ranks, ALostRankIsNamedWithItsReason) {
  RunOnRanks(2, [](Ranks& ranks) {
    if (ranks.rank() == 1) {
      EXPECT_FALSE(ranks.LeaveBecause(EnvironmentError("no space left on device")).ok());
      return;
    }
    try {
      ranks.GatherRows(at::ones({1}));
      ADD_FAILURE() << "rank 1 took part";
    } catch (const RankLost& lost) {
      EXPECT_THAT(lost.what(), HasSubstr("rank 1: no space left on device"));
    }
  });
}

// A program that listens, takes connections into its queue, and never says a word.
class SilentServer {
 public:
  SilentServer() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(socket_, 8), 0);
    EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~SilentServer() { ::close(socket_); }
  uint16_t port() const { return port_; }

 private:
  const int socket_;
  uint16_t port_ = 0;
};

TEST(Ranks, AServerThatNeverAnswersIsAnErrorAtTheTimeout) {
  const SilentServer server;
  const auto ranks = Ranks::Join(ThreadRank(1, 2, server.port()), {std::chrono::seconds(1), {}});
  EXPECT_EQ(ExitCodeFor(ranks.status()), ExitCode::kEnvironment);
  EXPECT_THAT(ranks.status().message(),
              HasSubstr(absl::StrCat("cannot reach the ranks' store at 127.0.0.1:", server.port(),
                                     " within 1 s: ")));
}

// It would wait for an hour.
TEST(Ranks, AStopSignalEndsTheWaitForAServerThatNeverAnswers) {
  const SilentServer server;
  SetStopSignalForTest(SIGTERM);
  const auto ranks = Ranks::Join(ThreadRank(1, 2, server.port()), {std::chrono::hours(1), {}});
  SetStopSignalForTest(std::nullopt);
  EXPECT_TRUE(IsStopped(ranks.status())) << ranks.status();
  EXPECT_TRUE(IsReported(ranks.status()));
}

// c10d would wait for 300 s. Rank 1 has come to the store, and then connects to nobody.
void JoinWithARankThatOnlyCameToTheStore(std::chrono::seconds timeout,
                                         const std::function<void(const absl::Status&)>& check) {
  const auto store = *RankStore::Open();
  const Ranks::JoinOptions options = {timeout, {}};
  std::promise<void> done;
  std::thread silent([&] {
    const auto met = MeetRanks(ThreadRank(1, 2, store.port()), options);
    EXPECT_TRUE(met.ok()) << met.status();
    done.get_future().wait();
  });
  check(Ranks::Join(ThreadRank(0, 2, store.port()), options).status());
  done.set_value();
  silent.join();
}

TEST(Ranks, ARankThatCannotBeConnectedToIsAnErrorAtTheTimeout) {
  JoinWithARankThatOnlyCameToTheStore(std::chrono::seconds(1), [](const absl::Status& status) {
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kEnvironment);
    // On a machine that was too busy to see the timeout in time, the watch's word for it.
    EXPECT_THAT(status.message(),
                AnyOf(HasSubstr("rank 0 has no connection to all others after 1 s"),
                      HasSubstr("rank 1 is gone")));
  });
}

}  // namespace
}  // namespace bench::harness
