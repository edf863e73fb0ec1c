// The readable text of a manual page (man or mdoc), formatted by mandoc.
//
// The program runs on a copy of the page in a temporary file, with a time and an output limit.
// Lines are as long as mandoc allows (999 columns), so that a paragraph is one line; overstrike,
// the running head and foot, and the indentation of body text are removed.
//
// Errors: DataError for a page that only includes another (".so"), is none, or cannot be formatted;
// EnvironmentError when mandoc is missing, hangs or cannot be started.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace bench::corpus {

struct ManualOptions {
  std::string mandoc = "mandoc";
  std::chrono::milliseconds timeout{20000};
};

absl::StatusOr<std::string> ManualToText(std::string_view page, const ManualOptions& options = {});

// Backspaces resolved: the character before each is taken back, and what was struck over it stays.
std::string WithoutOverstrike(std::string_view text);

}  // namespace bench::corpus
