// Held-out rows with other vectors than their own: what a model says then is what it knows without
// them.
//
//   zero      vectors of zeros, of which the model sees the bias of its projection alone
//   shuffled  the vectors of another row with as many: of the n rows with so many vectors row i has
//             those of row (i + n / 2) mod n. A row that is alone with its number is left out.
// Nothing is drawn.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "harness/data/row_dataset.h"

namespace bench::harness {

enum class VectorControl { kZero, kShuffled };
inline constexpr std::array kVectorControls = {VectorControl::kZero, VectorControl::kShuffled};
constexpr std::array<std::string_view, 2> EnumNames(VectorControl) { return {"zero", "shuffled"}; }

// `rows` under the control, in their order.
std::vector<DatasetRow> ControlRows(VectorControl control, std::span<const DatasetRow> rows);

}  // namespace bench::harness
