#include "harness/corpus/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace bench::corpus {
namespace {

struct Ipv4Block {
  uint32_t first;
  int prefix_bits;
};
// Not globally reachable (RFC 6890 and its updates), and multicast.
constexpr std::array<Ipv4Block, 15> kSpecialIpv4 = {{{0x00000000, 8},
                                                     {0x0A000000, 8},
                                                     {0x64400000, 10},
                                                     {0x7F000000, 8},
                                                     {0xA9FE0000, 16},
                                                     {0xAC100000, 12},
                                                     {0xC0000000, 24},
                                                     {0xC0000200, 24},
                                                     {0xC0586300, 24},
                                                     {0xC0A80000, 16},
                                                     {0xC6120000, 15},
                                                     {0xC6336400, 24},
                                                     {0xCB007100, 24},
                                                     {0xE0000000, 4},
                                                     {0xF0000000, 4}}};

// Of global unicast (2000::/3): protocol assignments, documentation, 6to4.
struct Ipv6Block {
  uint64_t first;  // upper half of the address
  int prefix_bits;
};
constexpr std::array<Ipv6Block, 4> kSpecialIpv6 = {{{0x2001000000000000, 23},
                                                    {0x20010DB800000000, 32},
                                                    {0x2002000000000000, 16},
                                                    {0x3FFF000000000000, 20}}};

}  // namespace

bool IsPublicIpv4(const std::string& address) {
  in_addr parsed;
  if (::inet_pton(AF_INET, address.c_str(), &parsed) != 1) return false;
  const uint32_t bits = ntohl(parsed.s_addr);
  return std::none_of(kSpecialIpv4.begin(), kSpecialIpv4.end(), [&](const Ipv4Block& block) {
    return (bits ^ block.first) >> (32 - block.prefix_bits) == 0;
  });
}

bool IsPublicIpv6(const std::string& address) {
  in6_addr parsed;
  if (::inet_pton(AF_INET6, address.c_str(), &parsed) != 1) return false;
  uint64_t upper = 0;
  for (size_t i = 0; i < 8; ++i) upper = upper << 8 | parsed.s6_addr[i];
  if (upper >> 61 != 1) return false;
  return std::none_of(kSpecialIpv6.begin(), kSpecialIpv6.end(), [&](const Ipv6Block& block) {
    return (upper ^ block.first) >> (64 - block.prefix_bits) == 0;
  });
}

}  // namespace bench::corpus
