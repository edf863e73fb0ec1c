// Payload bytes that the TCP connections of this process have carried, as the kernel counts them:
// what a collective operation really sent, whatever library did it.
//
// sent = tcpi_bytes_sent - tcpi_bytes_retrans + tcpi_notsent_bytes: every byte that the kernel took
// from the process, once, whether the peer has it or not; nothing has to be waited for.
// received = tcpi_bytes_received, without the octet that the end of a stream counts as: what has
// arrived in order, whether the process has read it or not. (tcpi_bytes_acked is not used: it lags
// behind, and counts connecting and closing as an octet each.)
// A connection leaves the figures once it is closed: differences are right between two readings
// between which none is. Headers, other protocols and shared memory do not count.
// Errors: absent where the process' descriptors cannot be listed and where the kernel does not say
// (Linux before 4.19; sandboxes that leave the counters at 0).
// Source: Linux, net/ipv4/tcp.c, tcp_get_info; RFC 4898.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bench::harness {

struct SocketBytes {
  int64_t sent = 0;
  int64_t received = 0;

  bool operator==(const SocketBytes&) const = default;
};

struct TcpConnection {
  uint16_t local_port = 0;
  uint16_t remote_port = 0;
  SocketBytes bytes;
};

// Each open connection, once however many descriptors it has.
std::optional<std::vector<TcpConnection>> ReadTcpConnections(const std::string& proc = "/proc");

// Their sum, without those that have one of `left_out_ports` at either end (a rendezvous store's).
std::optional<SocketBytes> ReadSocketBytes(const std::vector<uint16_t>& left_out_ports = {});

}  // namespace bench::harness
