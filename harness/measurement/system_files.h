// Small text files of /proc and /sys. What cannot be read, or is empty, is absent. Errors: none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace bench::harness {

std::optional<std::string> ReadText(const std::string& path);

// The first line without surrounding spaces.
std::optional<std::string> ReadLine(const std::string& path);

// The first line, where it is a whole number.
std::optional<int64_t> ReadNumber(const std::string& path);

// The value of the first line "key<spaces>separator value", spaces collapsed.
std::optional<std::string> ReadField(const std::string& path, absl::string_view key,
                                     char separator);

}  // namespace bench::harness
