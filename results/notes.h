// Names of notes (RunWriter::Note) that programs look for.
#pragma once

#include <string_view>

namespace bench::results {

// Why a run's last attempt failed; a resumption drops it.
inline constexpr std::string_view kFailureNote = "failure";

}  // namespace bench::results
