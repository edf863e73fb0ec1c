#include "harness/measurement/socket_bytes.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <set>
#include <system_error>

#include "absl/strings/numbers.h"

namespace bench::harness {
namespace {

// States of RFC 793 by Linux' numbers (net/tcp_states.h, which programs do not get).
constexpr uint8_t kEstablished = 1;
constexpr uint8_t kCloseWait = 8;
constexpr uint8_t kLastAck = 9;
constexpr uint8_t kClosing = 11;

bool HasReceivedEnd(const tcp_info& info) {
  return info.tcpi_state == kCloseWait || info.tcpi_state == kLastAck ||
         info.tcpi_state == kClosing;
}

// Whether the kernel filled in the counters: older ones know a shorter structure, and who is
// connected has received at least one segment.
bool Counts(const tcp_info& info, socklen_t size) {
  constexpr size_t kNeeded = offsetof(tcp_info, tcpi_bytes_retrans) + sizeof(uint64_t);
  return size >= kNeeded && (info.tcpi_state != kEstablished || info.tcpi_segs_in > 0);
}

SocketBytes BytesOf(const tcp_info& info) {
  return {.sent = static_cast<int64_t>(info.tcpi_bytes_sent - info.tcpi_bytes_retrans +
                                       info.tcpi_notsent_bytes),
          .received = static_cast<int64_t>(info.tcpi_bytes_received) - HasReceivedEnd(info)};
}

using NameOfEnd = int (*)(int, sockaddr*, socklen_t*);

// Of ::getsockname or ::getpeername; absent for what is no connection.
std::optional<uint16_t> PortOf(int fd, NameOfEnd name_of) {
  sockaddr_storage address = {};
  socklen_t size = sizeof(address);
  if (name_of(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return std::nullopt;
  if (address.ss_family == AF_INET) {
    return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
  }
  if (address.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port);
  }
  return std::nullopt;
}

bool IsTcp(int fd) {
  int protocol = 0;
  socklen_t size = sizeof(protocol);
  return ::getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) == 0 &&
         protocol == IPPROTO_TCP;
}

// The open descriptors; other threads may close some meanwhile.
std::optional<std::vector<int>> OpenDescriptors(const std::string& proc) {
  std::error_code error;
  std::filesystem::directory_iterator entries(proc + "/self/fd", error);
  std::vector<int> descriptors;
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    int fd = -1;
    if (absl::SimpleAtoi(entries->path().filename().string(), &fd)) descriptors.push_back(fd);
  }
  if (error) return std::nullopt;
  return descriptors;
}

bool HasPort(const TcpConnection& connection, uint16_t port) {
  return connection.local_port == port || connection.remote_port == port;
}

}  // namespace

std::optional<std::vector<TcpConnection>> ReadTcpConnections(const std::string& proc) {
  const std::optional<std::vector<int>> descriptors = OpenDescriptors(proc);
  if (!descriptors) return std::nullopt;
  std::vector<TcpConnection> connections;
  std::set<ino_t> seen;
  for (const int fd : *descriptors) {
    if (!IsTcp(fd)) continue;
    const std::optional<uint16_t> local = PortOf(fd, ::getsockname);
    const std::optional<uint16_t> remote = PortOf(fd, ::getpeername);
    struct stat file = {};
    if (!local || !remote || ::fstat(fd, &file) != 0 || !seen.insert(file.st_ino).second) continue;
    tcp_info info = {};
    socklen_t size = sizeof(info);
    if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) continue;
    if (!Counts(info, size)) return std::nullopt;
    connections.push_back({*local, *remote, BytesOf(info)});
  }
  return connections;
}

std::optional<SocketBytes> ReadSocketBytes(const std::vector<uint16_t>& left_out_ports) {
  const std::optional<std::vector<TcpConnection>> connections = ReadTcpConnections();
  if (!connections) return std::nullopt;
  SocketBytes sum;
  for (const TcpConnection& connection : *connections) {
    const bool left_out = std::any_of(left_out_ports.begin(), left_out_ports.end(),
                                      [&](uint16_t port) { return HasPort(connection, port); });
    if (left_out) continue;
    sum.sent += connection.bytes.sent;
    sum.received += connection.bytes.received;
  }
  return sum;
}

}  // namespace bench::harness
