#include "harness/distributed/ranks.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/reported.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/distributed/nccl_group.h"
#include "harness/distributed/peer_names.h"
#include "harness/distributed/rank_store.h"
#include "harness/distributed/rank_watch.h"
#include "harness/measurement/socket_bytes.h"
#include "torch/csrc/distributed/c10d/PrefixStore.hpp"
#include "torch/csrc/distributed/c10d/ProcessGroupGloo.hpp"
#include "torch/csrc/distributed/c10d/TCPStore.hpp"

namespace bench::harness {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Ranks wait for the leader's evaluations; that somebody is gone is not noticed by this.
constexpr auto kOperationTimeout = std::chrono::hours(24 * 30);
constexpr auto kWatchTimeout = seconds(10);
constexpr auto kPatienceAtTheStart = seconds(5);
constexpr auto kPatienceAtTheEnd = seconds(10);
constexpr auto kPollInterval = milliseconds(50);

std::string FirstLine(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

std::string Address(const RankEnvironment& environment) {
  return absl::StrCat(environment.master_address, ":", environment.master_port);
}

absl::StatusOr<c10::intrusive_ptr<c10d::Store>> OpenStore(const RankEnvironment& environment,
                                                          seconds timeout) {
  ShowPeersByNumber();
  c10d::TCPStoreOptions options;
  options.port = environment.master_port;
  options.isServer = !environment.launcher_holds_store && environment.rank == 0;
  options.waitWorkers = false;
  options.timeout = timeout;
  SilenceTransport();
  try {
    return c10::intrusive_ptr<c10d::Store>(
        c10::make_intrusive<c10d::TCPStore>(environment.master_address, options));
  } catch (const std::exception& error) {
    const std::string reason = FirstLine(error.what());
    if (absl::StrContains(reason, "EADDRINUSE") || absl::StrContains(reason, "in use")) {
      return EnvironmentError(absl::StrCat("port ", environment.master_port,
                                           " (MASTER_PORT) is in use: choose another"));
    }
    return EnvironmentError(absl::StrCat(options.isServer ? "cannot offer the ranks' store at "
                                                          : "cannot reach the ranks' store at ",
                                         Address(environment), " within ", timeout.count(),
                                         " s: ", reason));
  }
}

std::string JoinKey(int64_t rank) { return absl::StrCat("join/", rank); }

std::string Text(c10d::Store& store, const std::string& key) {
  const std::vector<uint8_t> bytes = store.get(key);
  return {bytes.begin(), bytes.end()};
}

void SetText(c10d::Store& store, const std::string& key, const std::string& text) {
  store.set(key, std::vector<uint8_t>(text.begin(), text.end()));
}

// Also until one of them has found a reason to end.
absl::Status WaitForAll(c10d::Store& store, c10d::Store& watched,
                        const RankEnvironment& environment, seconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  std::vector<int64_t> missing;
  for (int64_t rank = 0; rank < environment.size; ++rank) missing.push_back(rank);
  const auto came = [&](int64_t rank) { return store.check({JoinKey(rank)}); };
  while (true) {
    missing.erase(missing.begin(), std::find_if_not(missing.begin(), missing.end(), came));
    if (missing.empty()) return absl::OkStatus();
    if (const auto ending = ReadEnding(watched)) return ToStatus(*ending, environment.rank);
    if (StopSignal()) return Reported(StoppedError());
    if (std::chrono::steady_clock::now() > deadline) break;
    std::this_thread::sleep_for(kPollInterval);
  }
  missing.erase(std::remove_if(missing.begin(), missing.end(), came), missing.end());
  return EnvironmentError(absl::StrCat("rank ", absl::StrJoin(missing, ", "), " of ",
                                       environment.size, " did not come within ", timeout.count(),
                                       " s: start all ranks with the same MASTER_ADDR, MASTER_PORT "
                                       "and WORLD_SIZE"));
}

using SameFacts = std::vector<std::pair<std::string, std::string>>;

std::string Format(const SameFacts& facts) {
  std::string text;
  for (const auto& [name, value] : facts) absl::StrAppend(&text, name, " ", value, "\n");
  return text;
}

absl::Status CheckSame(c10d::Store& store, const RankEnvironment& environment,
                       const SameFacts& facts) {
  const std::string first = Text(store, JoinKey(0));
  for (int64_t rank = 1; rank < environment.size; ++rank) {
    const std::string other = Text(store, JoinKey(rank));
    if (other == first) continue;
    std::string differing = "what they run";
    const std::vector<std::string> a = absl::StrSplit(first, '\n');
    const std::vector<std::string> b = absl::StrSplit(other, '\n');
    for (size_t i = 0; i < std::min({a.size(), b.size(), facts.size()}); ++i) {
      if (a[i] == b[i]) continue;
      differing = absl::StrCat(facts[i].first, ": \"", a[i], "\" and \"", b[i], "\"");
      break;
    }
    return UsageError(absl::StrCat("ranks 0 and ", rank, " differ in ", differing,
                                   ": start all ranks with the same arguments"));
  }
  return absl::OkStatus();
}

// The group does not come about. Rank 0 takes the store along, so it waits until the others know.
absl::Status Refuse(c10d::Store& store, c10d::Store& watched, const RankEnvironment& environment,
                    const absl::Status& error) {
  const auto left = [](int64_t rank) { return absl::StrCat("left/", rank); };
  const Ending ending =
      LeaveEnding(watched, {environment.rank, error.code(), std::string(error.message())});
  SetText(store, left(environment.rank), "left");
  const auto deadline = std::chrono::steady_clock::now() + kPatienceAtTheStart;
  for (int64_t rank = 1; environment.rank == 0 && rank < environment.size; ++rank) {
    while (store.check({JoinKey(rank)}) && !store.check({left(rank)}) &&
           std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(kPollInterval);
    }
  }
  return ending.author == environment.rank ? error : ToStatus(ending, environment.rank);
}

std::shared_ptr<::gloo::transport::Device> MakeDevice(const std::string& master_address) {
  if (const char* interface = std::getenv("GLOO_SOCKET_IFNAME")) {
    return c10d::ProcessGroupGloo::createDeviceForInterface(interface);
  }
  // A master on this machine: all ranks are here.
  const bool local = master_address == "localhost" || absl::StartsWith(master_address, "127.");
  if (local) return c10d::ProcessGroupGloo::createDeviceForHostname("127.0.0.1");
  return c10d::ProcessGroupGloo::createDefaultDevice();
}

// Waits for all, and checks that they belong together; the store of their watch.
absl::StatusOr<c10::intrusive_ptr<c10d::Store>> Meet(c10d::Store& tcp, c10d::Store& store,
                                                     const RankEnvironment& environment,
                                                     const Ranks::JoinOptions& options) {
  auto watched =
      c10::make_intrusive<c10d::PrefixStore>(WatchPrefix(environment.key_prefix), tcp.clone());
  watched->setTimeout(kWatchTimeout);
  SetText(store, JoinKey(environment.rank), Format(options.same));
  absl::Status met = WaitForAll(store, *watched, environment, options.timeout);
  if (met.ok()) met = CheckSame(store, environment, options.same);
  if (!met.ok()) return Refuse(store, *watched, environment, met);
  return watched;
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

Ranks& Ranks::OneProcess() {
  static Ranks alone(RankEnvironment{}, nullptr);
  return alone;
}

absl::StatusOr<std::unique_ptr<Ranks>> Ranks::Join(const RankEnvironment& environment,
                                                   const JoinOptions& options) {
  if (environment.size == 1) return std::unique_ptr<Ranks>(new Ranks(environment, nullptr));
  BENCH_ASSIGN_OR_RETURN(const auto tcp, OpenStore(environment, options.timeout));
  auto group = std::make_unique<Group>();
  try {
    group->store = c10::make_intrusive<c10d::PrefixStore>(environment.key_prefix, tcp);
    BENCH_ASSIGN_OR_RETURN(const auto watched, Meet(*tcp, *group->store, environment, options));
    RankWatch::Settings settings;
    if (!environment.launcher_holds_store) settings.store_holder = "rank 0";
    settings.holds_store = !environment.launcher_holds_store && environment.rank == 0;
    settings.reports_store =
        environment.local_rank == 0 || (!environment.launcher_holds_store && environment.rank == 1);
    group->watch =
        std::make_unique<RankWatch>(watched, environment.rank, environment.size, settings);
    auto gloo = c10d::ProcessGroupGloo::Options::create(options.timeout);
    gloo->devices.push_back(MakeDevice(environment.master_address));
    group->gloo = c10::make_intrusive<c10d::ProcessGroupGloo>(
        c10::make_intrusive<c10d::PrefixStore>("gloo", group->store),
        static_cast<int>(environment.rank), static_cast<int>(environment.size), gloo);
    group->gloo->setTimeout(kOperationTimeout);
  } catch (const std::exception& error) {
    if (group->watch != nullptr) {
      return group->watch->LeaveReason(EnvironmentError(group->Explain(error)));
    }
    return EnvironmentError(absl::StrCat("cannot connect the ranks at ", Address(environment), ": ",
                                         FirstLine(error.what())));
  }
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
  Works works;
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
  if (const int signal = all.select(1, 1).max().item<int>()) SetStopSignal(signal);
  return StoppedError();
}

absl::StatusOr<std::string> Ranks::FromLeader(const std::string& text) {
  if (alone()) return text;
  const std::string key = absl::StrCat("text/", group_->num_texts++);
  try {
    if (leads()) {
      SetText(*group_->store, key, text);
      return text;
    }
    while (!group_->store->check({key})) {
      if (const auto lost = group_->watch->Lost()) return ToStatus(*lost, rank());
      std::this_thread::sleep_for(kPollInterval);
    }
    return Text(*group_->store, key);
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
