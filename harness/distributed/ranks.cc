#include "harness/distributed/ranks.h"

#include <cstdlib>
#include <numeric>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/reported.h"
#include "base/status.h"
#include "harness/control/abandonable.h"
#include "harness/control/signals.h"
#include "harness/distributed/growing_pause.h"
#include "harness/distributed/nccl_group.h"
#include "harness/distributed/rank_meeting.h"
#include "harness/distributed/rank_watch.h"
#include "harness/measurement/socket_bytes.h"
#include "torch/csrc/distributed/c10d/PrefixStore.hpp"
#include "torch/csrc/distributed/c10d/ProcessGroupGloo.hpp"

namespace bench::harness {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Ranks wait for the leader's evaluations; that somebody is gone is not noticed by this.
constexpr auto kOperationTimeout = std::chrono::hours(24 * 30);
constexpr auto kPatienceAtTheEnd = seconds(10);
// Rank 0 learns of a stop signal (rank_watch.h) and ends first, unless it cannot.
constexpr auto kPatienceAfterStop = seconds(20);

std::shared_ptr<::gloo::transport::Device> MakeDevice(const std::string& master_address) {
  if (const char* interface = std::getenv("GLOO_SOCKET_IFNAME")) {
    return c10d::ProcessGroupGloo::createDeviceForInterface(interface);
  }
  // A master on this machine: all ranks are here.
  const bool local = master_address == "localhost" || absl::StartsWith(master_address, "127.");
  if (local) return c10d::ProcessGroupGloo::createDeviceForHostname("127.0.0.1");
  return c10d::ProcessGroupGloo::createDefaultDevice();
}

// A stop signal is no error to be said.
absl::Status QuietIfStopped(const absl::Status& status) {
  return IsStopped(status) && !IsReported(status) ? Reported(status) : status;
}

}  // namespace

struct Ranks::Group {
  c10::intrusive_ptr<c10d::Store> store;
  c10::intrusive_ptr<c10d::ProcessGroupGloo> gloo;
  c10::intrusive_ptr<c10d::Backend> nccl;  // absent on CPUs
  std::unique_ptr<RankWatch> watch;
  int64_t num_texts = 0;
  int last_tag = 0;

  // Equal on all ranks, as they call in the same order; different for what is under way together.
  int NextTag() { return last_tag = (last_tag + 1) & 0xffff; }

  c10d::Backend& TransportOf(const at::Tensor& tensor) const {
    if (tensor.is_cpu()) return *gloo;
    TORCH_CHECK(nccl != nullptr, "ranks do not use GPUs");
    return *nccl;
  }

  // Why the operation that threw `error` failed.
  std::string Explain(const std::exception& error) {
    if (const auto ending = watch->Explain()) return ending->reason;
    return absl::StrCat("a connection between the ranks failed [", FirstLine(error.what()), "]");
  }

  // Runs an operation of c10d, whose failure means that a rank is gone.
  template <typename F>
  auto Run(const F& operation) {
    try {
      return operation();
    } catch (const std::exception& error) {
      throw RankLost(Explain(error));
    }
  }
};

namespace {

class FinishedTransfer : public Transfer {
 public:
  void Wait() override {}
};

using Works = std::vector<c10::intrusive_ptr<c10d::Work>>;

template <typename Group>
class WorkTransfer : public Transfer {
 public:
  // With a timeout NCCL would block the processor instead of the stream.
  WorkTransfer(Group& group, Works works, bool on_gpu)
      : group_(group),
        works_(std::move(works)),
        timeout_(on_gpu ? kNoTimeout : milliseconds(kOperationTimeout)) {}
  void Wait() override {
    group_.Run([&] {
      for (const auto& work : works_) work->wait(timeout_);
    });
  }

 private:
  Group& group_;
  const Works works_;
  const milliseconds timeout_;
};

}  // namespace

Ranks::Ranks(const RankEnvironment& environment, std::unique_ptr<Group> group)
    : environment_(environment), group_(std::move(group)) {}

Ranks::~Ranks() {
  if (group_ != nullptr) group_->watch->Leave(kPatienceAtTheEnd);
}

std::unique_ptr<Ranks> Ranks::Alone() {
  return std::unique_ptr<Ranks>(new Ranks(RankEnvironment{}, nullptr));
}

namespace {

using GlooGroup = c10::intrusive_ptr<c10d::ProcessGroupGloo>;

// Every rank with every other. c10d waits for some of it with a timeout of its own (300 s) whatever
// it is given, and cannot be stopped.
absl::StatusOr<GlooGroup> ConnectAll(const RankEnvironment& environment,
                                     const c10::intrusive_ptr<c10d::Store>& store,
                                     std::chrono::seconds timeout) {
  AbandonWhen when;
  when.deadline = std::chrono::steady_clock::now() + timeout;
  when.too_late = EnvironmentError(absl::StrCat(
      "rank ", environment.rank, " has no connection to all others after ", timeout.count(),
      " s: check that the machines reach each other, or name the network interface in "
      "GLOO_SOCKET_IFNAME"));
  return RunAbandonable<GlooGroup>(
      [environment, store, timeout]() -> absl::StatusOr<GlooGroup> {
        // Longer than the deadline, so that the error is ours.
        auto options = c10d::ProcessGroupGloo::Options::create(timeout + kPatienceAtTheEnd);
        options->devices.push_back(MakeDevice(environment.master_address));
        auto group = c10::make_intrusive<c10d::ProcessGroupGloo>(
            c10::make_intrusive<c10d::PrefixStore>("gloo", store),
            static_cast<int>(environment.rank), static_cast<int>(environment.size), options);
        group->setTimeout(kOperationTimeout);
        return group;
      },
      when);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Ranks>> Ranks::Join(const RankEnvironment& environment,
                                                   const JoinOptions& options) {
  if (environment.size == 1) return std::unique_ptr<Ranks>(new Ranks(environment, nullptr));
  const auto stores = MeetRanks(environment, options);
  if (!stores.ok()) return QuietIfStopped(stores.status());
  auto group = std::make_unique<Group>();
  group->store = stores->shared;
  RankWatch::Settings settings;
  if (!environment.launcher_holds_store) settings.store_holder = "rank 0";
  settings.holds_store = !environment.launcher_holds_store && environment.rank == 0;
  settings.reports_store =
      environment.local_rank == 0 || (!environment.launcher_holds_store && environment.rank == 1);
  group->watch =
      std::make_unique<RankWatch>(stores->watched, environment.rank, environment.size, settings);
  absl::Status connected;
  try {
    auto gloo = ConnectAll(environment, group->store, options.timeout);
    connected = gloo.status();
    if (gloo.ok()) group->gloo = *std::move(gloo);
  } catch (const std::exception& error) {
    connected = EnvironmentError(group->Explain(error));
  }
  if (!connected.ok()) return QuietIfStopped(group->watch->LeaveReason(connected));
  return std::unique_ptr<Ranks>(new Ranks(environment, std::move(group)));
}

absl::Status Ranks::UseGpus() {
  if (alone()) return absl::OkStatus();
  BENCH_ASSIGN_OR_RETURN(
      group_->nccl,
      OpenNcclGroup(c10::make_intrusive<c10d::PrefixStore>("nccl", group_->store), rank(), size()));
  return absl::OkStatus();
}

std::unique_ptr<Transfer> Ranks::ScatterPieces(const at::Tensor& received,
                                               const at::Tensor& input) {
  if (alone()) return std::make_unique<FinishedTransfer>();
  const std::vector<at::Tensor> outgoing = input.chunk(size());
  std::vector<at::Tensor> incoming = received.chunk(size() - 1);
  incoming.insert(incoming.begin() + rank(), at::Tensor());  // its own stays where it is
  return Exchange(incoming, outgoing);
}

std::unique_ptr<Transfer> Ranks::AllGather(const at::Tensor& full, const at::Tensor& shard) {
  const std::vector<at::Tensor> pieces = full.chunk(size());
  const at::Tensor& own = pieces[static_cast<size_t>(rank())];
  if (own.const_data_ptr() != shard.const_data_ptr()) own.copy_(shard.view(own.sizes()));
  if (alone()) return std::make_unique<FinishedTransfer>();
  return Exchange(pieces, Pieces(pieces.size(), own));
}

// Straight from place to place: Gloo's own operations gather into a buffer as large as the whole,
// and copy it.
std::unique_ptr<Transfer> Ranks::Exchange(const Pieces& incoming, const Pieces& outgoing) {
  const bool together = !outgoing.front().is_cpu();
  Works under_way = group_->Run([&] {
    c10d::Backend& transport = group_->TransportOf(outgoing.front());
    Works works;
    const int tag = group_->NextTag();
    if (together) transport.startCoalescing();
    for (int64_t away = 1; away < size(); ++away) {
      const int64_t to = (rank() + away) % size(), from = (rank() + size() - away) % size();
      Pieces in = {incoming[static_cast<size_t>(from)]}, out = {outgoing[static_cast<size_t>(to)]};
      works.push_back(transport.recv(in, static_cast<int>(from), tag));
      works.push_back(transport.send(out, static_cast<int>(to), tag));
    }
    // NCCL: one operation, or each would wait for the one before.
    if (together) return Works{transport.endCoalescing()};
    return works;
  });
  return std::make_unique<WorkTransfer<Group>>(*group_, std::move(under_way), together);
}

at::Tensor Ranks::GatherRows(const at::Tensor& rows) {
  if (alone() || rows.numel() == 0) return rows;
  std::vector<int64_t> shape = rows.sizes().vec();
  shape[0] *= size();
  at::Tensor all = at::empty(shape, rows.options());
  AllGather(all, rows.contiguous())->Wait();
  return all;
}

at::Tensor Ranks::GatherToLeader(const at::Tensor& rows, const std::vector<int64_t>& counts) {
  if (alone()) return rows;
  const int tag = group_->NextTag();
  at::Tensor all = rows.narrow(0, 0, 0);
  if (!leads()) {
    Pieces own = {rows.contiguous()};
    group_->Run([&] {
      if (rows.numel() > 0) group_->gloo->send(own, 0, tag)->wait(kOperationTimeout);
    });
    return all;
  }
  std::vector<int64_t> shape = rows.sizes().vec();
  shape[0] = std::accumulate(counts.begin(), counts.end(), int64_t{0});
  all = at::empty(shape, rows.options());
  all.narrow(0, 0, counts[0]).copy_(rows);
  int64_t next = counts[0];
  group_->Run([&] {
    Works works;
    for (int64_t from = 1; from < size(); ++from) {
      const int64_t count = counts[static_cast<size_t>(from)];
      Pieces piece = {all.narrow(0, next, count)};
      next += count;
      if (piece[0].numel() == 0) continue;
      works.push_back(group_->gloo->recv(piece, static_cast<int>(from), tag));
    }
    for (const auto& work : works) work->wait(kOperationTimeout);
  });
  return all;
}

at::Tensor Ranks::GatherUnequalRows(const at::Tensor& rows) {
  if (alone()) return rows;
  const at::Tensor counts = GatherRows(at::full({1}, rows.size(0), at::kLong));
  const int64_t most = counts.max().item<int64_t>();
  std::vector<int64_t> shape = rows.sizes().vec();
  shape[0] = most;
  const at::Tensor padded = at::zeros(shape, rows.options());
  padded.narrow(0, 0, rows.size(0)).copy_(rows);
  const at::Tensor all = GatherRows(padded);
  std::vector<at::Tensor> parts;
  for (int64_t r = 0; r < size(); ++r) {
    parts.push_back(all.narrow(0, r * most, counts[r].item<int64_t>()));
  }
  return at::cat(parts);
}

absl::Status Ranks::Agree(const absl::Status& status) {
  if (alone() || (!status.ok() && !IsStopped(status))) return status;
  const std::vector<int64_t> own = {IsStopped(status), StopSignal().value_or(0)};
  const at::Tensor all = GatherRows(at::tensor(own, at::kLong).view({1, 2}));
  if (!all.select(1, 0).any().item<bool>()) return absl::OkStatus();
  AdoptStopSignal(all.select(1, 1).max().item<int>());
  return StoppedError();
}

absl::StatusOr<std::string> Ranks::FromLeader(const std::string& text) {
  if (alone()) return text;
  const std::string key = absl::StrCat("text/", group_->num_texts++);
  try {
    if (leads()) {
      SetStoreText(*group_->store, key, text);
      return text;
    }
    std::optional<std::chrono::steady_clock::time_point> stopped;
    GrowingPause pause;
    while (!group_->store->check({key})) {
      if (const auto lost = group_->watch->Lost()) return ToStatus(*lost, rank());
      const auto now = std::chrono::steady_clock::now();
      if (StopSignal() && !stopped) stopped = now;
      if (stopped && now - *stopped > kPatienceAfterStop) return Reported(StoppedError());
      pause.Sleep();
    }
    return StoreText(*group_->store, key);
  } catch (const std::exception& error) {
    return EnvironmentError(group_->Explain(error));
  }
}

std::optional<int64_t> Ranks::SentBytes() const {
  if (alone() || group_->nccl != nullptr) return std::nullopt;
  const auto bytes = ReadSocketBytes({environment_.master_port});
  if (!bytes) return std::nullopt;
  return bytes->sent;
}

absl::Status Ranks::LeaderFirst(const std::function<absl::Status()>& work) {
  if (leads()) {
    BENCH_RETURN_IF_ERROR(work());
    return FromLeader("").status();
  }
  BENCH_RETURN_IF_ERROR(FromLeader("").status());
  return work();
}

absl::Status Ranks::LeaveBecause(const absl::Status& error) {
  if (alone()) return error;
  // What rank 0 says is about the run, what another says about that rank.
  return group_->watch->LeaveReason(leads() ? error
                                            : Annotate(error, absl::StrCat("rank ", rank())));
}

}  // namespace bench::harness
