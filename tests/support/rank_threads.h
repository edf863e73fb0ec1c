// Ranks as threads of the test's process, over real sockets.
#pragma once

#include <functional>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "harness/distributed/rank_store.h"
#include "harness/distributed/ranks.h"

namespace bench::harness {

inline RankEnvironment ThreadRank(int64_t rank, int64_t size, uint16_t port) {
  return {rank, size, rank, size, "127.0.0.1", port, /*launcher_holds_store=*/true, "test"};
}

inline void RunOnRanks(int64_t size, const std::function<void(Ranks&)>& body) {
  const auto store = RankStore::Open();
  ASSERT_TRUE(store.ok()) << store.status();
  std::vector<std::thread> threads;
  for (int64_t rank = 0; rank < size; ++rank) {
    threads.emplace_back([&, rank] {
      const auto ranks = Ranks::Join(ThreadRank(rank, size, store->port()), {});
      ASSERT_TRUE(ranks.ok()) << ranks.status();
      body(**ranks);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace bench::harness
