#include "harness/distributed/peer_names.h"

#include <arpa/inet.h>
#include <netdb.h>

#include "gtest/gtest.h"

namespace bench::harness {
namespace {

TEST(PeerNames, AreNumbersWithoutAskingForThem) {
  ShowPeersByNumber();
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(29500);
  ASSERT_EQ(::inet_pton(AF_INET, "127.0.0.1", &address.sin_addr), 1);
  char host[NI_MAXHOST] = {}, service[NI_MAXSERV] = {};
  ASSERT_EQ(::getnameinfo(reinterpret_cast<sockaddr*>(&address), sizeof(address), host,
                          sizeof(host), service, sizeof(service), NI_NUMERICSERV),
            0);
  EXPECT_STREQ(host, "127.0.0.1");  // not "localhost", which /etc/hosts would say
  EXPECT_STREQ(service, "29500");
}

}  // namespace
}  // namespace bench::harness
