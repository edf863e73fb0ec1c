// What a user reads about the store: one line an entry, the largest first, and their sum.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/store/store.h"

namespace bench::harness {

// Three significant digits in binary units: "999 B", "1.50 KiB", "12.3 MiB", "123 GiB".
std::string BytesText(int64_t bytes);

// Size, path below the store, experiment, and why the entry may be pruned; the last line is the
// total with `closing` behind it, and advice on runs that are not found. Names are escaped for the
// terminal.
std::string StoreReport(std::vector<StoreEntry> entries, std::string_view closing);

}  // namespace bench::harness
