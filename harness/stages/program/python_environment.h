// A Python environment of exactly the packages that a requirements file pins by their hashes, made
// once and shared.
//
// It is in <store>/environments/<digest>; digest = SHA-256 over the interpreter's version and the
// file's bytes. pip checks that each package, and each that one needs, is pinned and has one of the
// file's hashes (--require-hashes), so the digest says what is installed. It is complete when its
// file `complete` is there; one that was cut off is made again. `--store prune` leaves environments
// alone. Errors: EnvironmentError with pip's last lines; UsageError for a file that cannot be read;
// StoppedError.
//
// With base = "harness" (PythonBase) its interpreter is the harness's Python, whose packages,
// PyTorch among them, it sees as if they were its own: pip takes them for installed, so that they
// take no room and no time again. Where they are and which versions they have is in the digest too.
#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "harness/control/progress.h"
#include "harness/definition/program_spec.h"
#include "harness/stages/program/harness_python.h"

namespace bench::harness {

struct PythonEnvironment {
  std::string digest;  // empty: none is asked for, and it is the harness's Python
  std::string python;  // its interpreter
  std::map<std::string, std::string> variables;  // PATH and VIRTUAL_ENV
};

struct PythonPlaces {
  std::string definition;  // folder that the requirements' path is relative to
  std::string store_root;
  std::string harness_python = HarnessPython();
};

absl::StatusOr<PythonEnvironment> MakePythonEnvironment(const ProgramPythonSpec& spec,
                                                        const PythonPlaces& places,
                                                        Progress& progress);

}  // namespace bench::harness
