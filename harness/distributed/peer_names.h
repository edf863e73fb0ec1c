// Peers of connections by number, without a name server.
//
// c10d asks for the name of a peer at every connection, for its log, even when it logs nothing.
// Where a name server does not answer that takes 5 seconds each time, also for 127.0.0.1. So this
// program's getnameinfo, which stands before the C library's, gives numbers.
#pragma once

namespace bench::harness {

// Makes sure that the object file with it is linked. Call before c10d connects.
void ShowPeersByNumber();

}  // namespace bench::harness
