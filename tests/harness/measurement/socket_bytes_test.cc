#include "harness/measurement/socket_bytes.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "tests/harness/measurement/fake_root.h"

namespace bench::harness {
namespace {

using ::testing::IsEmpty;

class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

uint16_t PortOf(const Fd& socket) {
  sockaddr_in address = {};
  socklen_t size = sizeof(address);
  EXPECT_EQ(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  return ntohs(address.sin_port);
}

// A connection over the loopback device, both ends in this process.
struct Connection {
  Connection() : listener(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listener.get(), generic, sizeof(address)), 0);
    EXPECT_EQ(::listen(listener.get(), 1), 0);
    address.sin_port = htons(PortOf(listener));
    client = Fd(::socket(AF_INET, SOCK_STREAM, 0));
    EXPECT_EQ(::connect(client.get(), generic, sizeof(address)), 0);
    server = Fd(::accept(listener.get(), nullptr, nullptr));
    EXPECT_GE(server.get(), 0);
  }

  Fd listener, client, server;
};

// Bytes that the kernel took; fewer than wanted once its buffers are full.
int64_t Send(const Fd& socket, size_t bytes) {
  const std::string payload(bytes, 'x');
  size_t taken = 0;
  while (taken < bytes) {
    const ssize_t sent = ::send(socket.get(), payload.data() + taken, bytes - taken, MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) break;
    taken += static_cast<size_t>(sent);
  }
  return static_cast<int64_t>(taken);
}

// Reads what arrives until it is `bytes`; poll's limit only keeps a broken test from hanging.
int64_t Receive(const Fd& socket, int64_t bytes) {
  constexpr int kLimitMs = 20'000;
  std::string buffer(1 << 20, '\0');
  int64_t read = 0;
  while (read < bytes) {
    pollfd ready = {socket.get(), POLLIN, 0};
    if (::poll(&ready, 1, kLimitMs) <= 0) break;
    const ssize_t got = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
    if (got <= 0) break;
    read += got;
  }
  return read;
}

SocketBytes BytesAt(uint16_t local_port, uint16_t remote_port) {
  const auto connections = ReadTcpConnections();
  EXPECT_TRUE(connections.has_value());
  int found = 0;
  SocketBytes bytes;
  for (const TcpConnection& connection : *connections) {
    if (connection.local_port != local_port || connection.remote_port != remote_port) continue;
    ++found;
    bytes = connection.bytes;
  }
  EXPECT_EQ(found, 1);
  return bytes;
}
SocketBytes BytesOfClient(const Connection& c) {
  return BytesAt(PortOf(c.client), PortOf(c.server));
}
SocketBytes BytesOfServer(const Connection& c) {
  return BytesAt(PortOf(c.server), PortOf(c.client));
}

TEST(SocketBytes, AFreshConnectionHasCarriedNothing) {
  const Connection connection;
  EXPECT_EQ(BytesOfClient(connection), (SocketBytes{0, 0}));
  EXPECT_EQ(BytesOfServer(connection), (SocketBytes{0, 0}));
}

TEST(SocketBytes, BothWaysAreCountedAtBothEnds) {
  const Connection connection;
  ASSERT_EQ(Send(connection.client, 12'345), 12'345);
  ASSERT_EQ(Receive(connection.server, 12'345), 12'345);
  ASSERT_EQ(Send(connection.server, 77), 77);
  ASSERT_EQ(Receive(connection.client, 77), 77);
  EXPECT_EQ(BytesOfClient(connection), (SocketBytes{12'345, 77}));
  EXPECT_EQ(BytesOfServer(connection), (SocketBytes{77, 12'345}));
}

// Whether the kernel has sent anything a second time, waited for while it may: the receiver drops
// what its buffer cannot hold, and the sender tries again later.
bool HasRetransmitted(const Fd& socket) {
  constexpr int kTries = 500;
  for (int i = 0; i < kTries; ++i) {
    tcp_info info = {};
    socklen_t size = sizeof(info);
    EXPECT_EQ(::getsockopt(socket.get(), IPPROTO_TCP, TCP_INFO, &info, &size), 0);
    if (info.tcpi_bytes_retrans > 0) return true;
    ::poll(nullptr, 0, /*timeout_ms=*/10);
  }
  return false;
}

TEST(SocketBytes, WhatIsSentAgainCountsOnce) {
  const Connection connection;
  const int64_t taken = Send(connection.client, 64 << 20);
  if (!HasRetransmitted(connection.client)) GTEST_SKIP() << "nothing was sent twice";
  EXPECT_EQ(BytesOfClient(connection).sent, taken);
  ASSERT_EQ(Receive(connection.server, taken), taken);
  EXPECT_EQ(BytesOfClient(connection).sent, taken);
  EXPECT_EQ(BytesOfServer(connection).received, taken);
}

// What still waits in the sender's buffer counts at once.
TEST(SocketBytes, WhatTheReaderHasNotTakenIsSent) {
  const Connection connection;
  const int64_t taken = Send(connection.client, 64 << 20);
  ASSERT_GT(taken, 0);
  ASSERT_LT(taken, 64 << 20);  // more than the buffers of both ends hold
  EXPECT_EQ(BytesOfClient(connection).sent, taken);
  const int64_t arrived = BytesOfServer(connection).received;
  EXPECT_LT(arrived, taken);
  ASSERT_EQ(Receive(connection.server, taken), taken);
  EXPECT_EQ(BytesOfClient(connection), (SocketBytes{taken, 0}));
  EXPECT_EQ(BytesOfServer(connection), (SocketBytes{0, taken}));
}

TEST(SocketBytes, TheEndOfAStreamIsNoByte) {
  const Connection connection;
  ASSERT_EQ(Send(connection.client, 1000), 1000);
  ASSERT_EQ(::shutdown(connection.client.get(), SHUT_WR), 0);
  ASSERT_EQ(Receive(connection.server, 1001), 1000);  // until the end
  EXPECT_EQ(BytesOfServer(connection), (SocketBytes{0, 1000}));
  EXPECT_EQ(BytesOfClient(connection), (SocketBytes{1000, 0}));
}

TEST(SocketBytes, TheSumLeavesOutPortsOfEitherEnd) {
  const Connection counted;
  const Connection store;
  const auto before = ReadSocketBytes({PortOf(store.server)});
  const auto everything_before = ReadSocketBytes();
  ASSERT_TRUE(before && everything_before);
  for (const auto& [connection, bytes] : {std::pair(&counted, 300), std::pair(&store, 40)}) {
    ASSERT_EQ(Send(connection->client, bytes), bytes);
    ASSERT_EQ(Receive(connection->server, bytes), bytes);
  }
  const auto after = ReadSocketBytes({PortOf(store.server)});
  const auto everything = ReadSocketBytes();
  ASSERT_TRUE(after && everything);
  EXPECT_EQ(after->sent - before->sent, 300);
  EXPECT_EQ(after->received - before->received, 300);
  EXPECT_EQ(everything->sent - everything_before->sent, 340);
  EXPECT_EQ(everything->received - everything_before->received, 340);
}

TEST(SocketBytes, ASocketWithTwoDescriptorsCountsOnce) {
  const Connection connection;
  const Fd second(::dup(connection.client.get()));
  ASSERT_EQ(Send(second, 50), 50);
  EXPECT_EQ(BytesOfClient(connection).sent, 50);
}

TEST(SocketBytes, OtherSocketsAreNoConnections) {
  const auto before = ReadTcpConnections();
  int pair[2] = {};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  const Fd one(pair[0]);
  const Fd other(pair[1]);
  const Fd udp(::socket(AF_INET, SOCK_DGRAM, 0));
  const Fd unconnected(::socket(AF_INET6, SOCK_STREAM, 0));
  const Fd listener(::socket(AF_INET, SOCK_STREAM, 0));
  ASSERT_EQ(::listen(listener.get(), 1), 0);
  const auto after = ReadTcpConnections();
  ASSERT_TRUE(before && after);
  EXPECT_EQ(after->size(), before->size());
}

TEST(SocketBytes, AbsentWhereDescriptorsCannotBeListed) {
  const FakeRoot root;
  EXPECT_EQ(ReadTcpConnections(root.path()).has_value(), false);
  FakeRoot empty;
  empty.Write("self/fd/not_a_number", "");
  ASSERT_TRUE(ReadTcpConnections(empty.path()).has_value());
  EXPECT_THAT(*ReadTcpConnections(empty.path()), IsEmpty());
}

}  // namespace
}  // namespace bench::harness
