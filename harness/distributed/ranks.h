// The processes that train one model together, and what they say to each other.
//
// Rank 0 leads: it writes the results, checkpoints and artifacts. One process on its own is a group
// of one, for which every operation here is free. Collective operations must be called by all ranks
// in the same order; they throw RankLost when a rank has gone, whose name is in the message.
//
// Sent by a rank per call: ScatterPieces and AllGather (N - 1) / N of the whole tensor's bytes.
// Source of both as halves of an all-reduce: Rajbhandari et al., arXiv:1910.02054, section 7.
//
// Transport: c10d's Gloo, and NCCL for GPU tensors (nccl_group.h), whose transfers are in the order
// of the current stream. Ranks that are gone are noticed by their closed connections at once, and
// by heartbeats in the store (rank_watch.h) where a connection stays open.
#pragma once

#include <ATen/ATen.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/even_share.h"
#include "harness/distributed/rank_environment.h"

namespace bench::harness {

class RankLost : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Data under way: the tensors of the call must live, and must not be touched, until Wait returns.
class Transfer {
 public:
  virtual ~Transfer() = default;
  virtual void Wait() = 0;
};

class Ranks {
 public:
  // How long ranks wait for each other at the start.
  struct JoinOptions {
    std::chrono::seconds timeout = std::chrono::seconds(300);
    // What must be the same on all ranks, by what to call it: {"definition", sha256}, ...
    std::vector<std::pair<std::string, std::string>> same;
  };

  // A group of one, which no other process has to join.
  static std::unique_ptr<Ranks> Alone();
  // EnvironmentError when ranks are missing after the timeout, or the port is in use; UsageError
  // when a rank differs in what must be the same. Each names the rank. On one of the ranks; on the
  // others it is IsReported.
  static absl::StatusOr<std::unique_ptr<Ranks>> Join(const RankEnvironment& environment,
                                                     const JoinOptions& options);
  ~Ranks();
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  int64_t rank() const { return environment_.rank; }
  int64_t size() const { return environment_.size; }
  int64_t local_rank() const { return environment_.local_rank; }
  int64_t local_size() const { return environment_.local_size; }
  bool alone() const { return size() == 1; }
  bool leads() const { return rank() == 0; }

  // From here on tensors may be on this rank's GPU, for ScatterPieces and AllGather. Collective.
  // EnvironmentError where NCCL cannot be used.
  absl::Status UseGpus();

  // Piece j of `input` (cut into size() equal pieces along dimension 0) goes to rank j; `received`
  // is what the others sent to this rank, size() - 1 pieces in rank order.
  std::unique_ptr<Transfer> ScatterPieces(const at::Tensor& received, const at::Tensor& input);
  // Piece j of `full` becomes rank j's `shard`, which may be its own piece of `full`.
  std::unique_ptr<Transfer> AllGather(const at::Tensor& full, const at::Tensor& shard);
  // The ranks' `rows`, of one shape and type on the CPU, one after the other in rank order.
  at::Tensor GatherRows(const at::Tensor& rows);
  // The same where ranks have different numbers of them, which takes an exchange more.
  at::Tensor GatherUnequalRows(const at::Tensor& rows);
  // Rank r's `rows`, counts[r] of them and of one width and type on the CPU, one after the other on
  // rank 0; none elsewhere.
  at::Tensor GatherToLeader(const at::Tensor& rows, const std::vector<int64_t>& counts);
  // StoppedError on all ranks when one of them has it; any other `status` is returned as it is, on
  // that rank only: its process ends, and the others are told (LeaveBecause).
  absl::Status Agree(const absl::Status& status);

  // `text` of rank 0, on all ranks; any length of waiting. Through the store, so that ranks need no
  // processor while they wait. EnvironmentError when a rank is gone.
  absl::StatusOr<std::string> FromLeader(const std::string& text);

  // Bytes that this rank has sent through its sockets so far, but to the store; absent where the
  // kernel does not count them, between GPUs, and in one process.
  std::optional<int64_t> SentBytes() const;

  // `work` on rank 0, then, when it has succeeded, on the others.
  absl::Status LeaderFirst(const std::function<absl::Status()>& work);

  // This rank ends by `error`: the others learn why instead of finding it gone. Returns what it has
  // to report: that, or what another has reported before (IsReported). Without it the destructor
  // says that all went well, and waits a few seconds for the others.
  absl::Status LeaveBecause(const absl::Status& error);

 private:
  struct Group;
  using Pieces = std::vector<at::Tensor>;  // by rank
  std::unique_ptr<Transfer> Exchange(const Pieces& incoming, const Pieces& outgoing);
  Ranks(const RankEnvironment& environment, std::unique_ptr<Group> group);

  RankEnvironment environment_;
  std::unique_ptr<Group> group_;  // of more than one
};

// What of `total` is this rank's.
inline Share ShareOf(int64_t total, const Ranks& ranks) {
  return EvenShare(total, ranks.size(), ranks.rank());
}

}  // namespace bench::harness
