// Numbers in messages and canonical forms.
#pragma once

#include <cstdint>
#include <string>

namespace bench {

// Shortest decimal form that reads back as `value` (std::to_chars): two values that differ look
// different, and what a message shows can be copied.
std::string NumberText(double value);

// 1,234,567: digits in groups of three.
std::string GroupedDigits(int64_t count);

}  // namespace bench
