// What --version prints: the project's version and that of the LibTorch it was built with.
#pragma once

#include <string>
#include <string_view>

namespace bench::harness {

// "bench-run 0.1.0 (LibTorch 2.8.0)"; a version that is not known is left out.
std::string ProgramVersion(std::string_view program);

}  // namespace bench::harness
