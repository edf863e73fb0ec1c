// Whether an IP address is globally reachable, by IANA's special-purpose address registries.
#pragma once

#include <string>

namespace bench::corpus {

// A dotted quad / an IPv6 address that inet_pton accepts and that is globally reachable unicast.
bool IsPublicIpv4(const std::string& address);
bool IsPublicIpv6(const std::string& address);

}  // namespace bench::corpus
