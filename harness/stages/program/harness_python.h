// The Python whose LibTorch this process runs on: {python} of a program's command, so that an
// experiment needs no environment of its own where it can use the one that set-up made.
#pragma once

#include <optional>
#include <string>

namespace bench::harness {

// `maps`: the text of /proc/self/maps. Of a loaded <prefix>/lib/pythonX.Y/.../torch/lib/
// libtorch_cpu.so it is <prefix>/bin/python3, where that can be executed. Absent: LibTorch is not
// loaded, or lies elsewhere.
std::optional<std::string> PythonOfLibTorch(const std::string& maps);

// Of this process; "python3" where the other is absent.
std::string HarnessPython();

}  // namespace bench::harness
