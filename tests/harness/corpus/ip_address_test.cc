#include "harness/corpus/ip_address.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/subprocess.h"

namespace bench::corpus {
namespace {

// For each address '1' or '0': is_global of Python's ipaddress, which follows the same registries;
// multicast is never personal, and only 2000::/3 is unicast.
std::string PythonIsGlobal(const std::vector<std::string>& addresses) {
  std::vector<std::string> command = {
      "python3", "-c",
      "import ipaddress, sys\n"
      "for a in map(ipaddress.ip_address, sys.argv[1:]):\n"
      "  unicast = a.version == 4 or a in ipaddress.ip_network('2000::/3')\n"
      "  print(int(a.is_global and not a.is_multicast and unicast), end='')"};
  command.insert(command.end(), addresses.begin(), addresses.end());
  const auto output = RunProgram(command);
  return output.ok() ? output->out : std::string(output.status().message());
}

TEST(IpAddress, PublicIsWhatPythonCallsGlobal) {
  const std::vector<std::string> addresses = {"8.8.8.8",
                                              "0.1.2.3",
                                              "9.255.255.255",
                                              "10.0.0.0",
                                              "10.255.255.255",
                                              "11.0.0.0",
                                              "100.63.255.255",
                                              "100.64.0.0",
                                              "100.127.255.255",
                                              "100.128.0.0",
                                              "127.0.0.1",
                                              "128.0.0.0",
                                              "169.254.1.1",
                                              "172.15.255.255",
                                              "172.16.0.0",
                                              "172.31.255.255",
                                              "172.32.0.0",
                                              "192.0.2.1",
                                              "192.168.255.255",
                                              "192.169.0.0",
                                              "198.17.255.255",
                                              "198.18.0.0",
                                              "198.19.255.255",
                                              "198.20.0.0",
                                              "198.51.100.7",
                                              "203.0.113.9",
                                              "223.255.255.255",
                                              "224.0.0.1",
                                              "239.1.1.1",
                                              "240.0.0.1",
                                              "255.255.255.255",
                                              "2001:4860:4860::8888",
                                              "::1",
                                              "::",
                                              "fe80::1",
                                              "fc00::1",
                                              "fd12::3",
                                              "ff02::1",
                                              "2001:db8::1",
                                              "2001:db7::1",
                                              "2001:200::1",
                                              "2a00:1450:4001::200e",
                                              "64:ff9b::1",
                                              "2600::",
                                              "4000::1"};
  std::string ours;
  for (const std::string& address : addresses) {
    ours += IsPublicIpv4(address) || IsPublicIpv6(address) ? '1' : '0';
  }
  EXPECT_EQ(ours, PythonIsGlobal(addresses));
}

TEST(IpAddress, MalformedIsNotPublic) {
  for (const std::string bad : {"", "8.8.8", "8.8.8.8.8", "256.1.1.1", "8.8.8.08x", "08.8.8.8"}) {
    EXPECT_FALSE(IsPublicIpv4(bad)) << bad;
  }
  for (const std::string bad : {"", "2600", "2600:::1", "2600::1::2", "2600:12345::"}) {
    EXPECT_FALSE(IsPublicIpv6(bad)) << bad;
  }
}

}  // namespace
}  // namespace bench::corpus
