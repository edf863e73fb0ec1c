// Tries a SentencePiece model of unknown origin in a child process with limited memory and time
// (base/limited_child.h).
//
// The library trusts the bytes of a model and may crash on mutated ones; a crash in the child, or
// going over its limits, is a DataError here. It loads the model, encodes and decodes a text with
// every script block of the basic plane. Called before threads are started (it forks). The same
// bytes are tried once in a process, if they worked.
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace bench::harness::internal {

absl::Status ProbeModel(std::string_view bytes);

}  // namespace bench::harness::internal
