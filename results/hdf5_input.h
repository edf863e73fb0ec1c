// Reading one HDF5 object at a time, trusting nothing: an object is opened only through a hard
// link, a dataset only if it is inside the file, has our filters and at most kMaxRows rows, and a
// value only if its type is the expected one. Errors: DataError naming the object.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "results/hdf5_handle.h"
#include "results/record.h"

namespace bench::results {

inline constexpr int64_t kMaxRows = int64_t{1} << 24;
inline constexpr int64_t kMaxLinks = 100'000;  // in a group

// The file whose bytes these are, read in memory. They are not copied and must outlive it.
absl::StatusOr<Hdf5Id> OpenMemoryFile(std::string_view bytes);

absl::StatusOr<Hdf5Id> OpenGroup(const Hdf5Id& parent, const std::string& link);
absl::StatusOr<Hdf5Id> OpenDataset(const Hdf5Id& parent, const std::string& link);
// Names of the links in a group, in alphabetical order.
absl::StatusOr<std::vector<std::string>> LinkNames(const Hdf5Id& group);

absl::StatusOr<std::vector<std::string>> AttributeNames(const Hdf5Id& object);
bool HasAttribute(const Hdf5Id& object, const std::string& name);
absl::StatusOr<Attribute> ReadAttribute(const Hdf5Id& object, const std::string& name);
absl::StatusOr<std::vector<int64_t>> ReadIntegersAttribute(const Hdf5Id& object,
                                                           const std::string& name);
absl::StatusOr<std::vector<std::string>> ReadTextsAttribute(const Hdf5Id& object,
                                                            const std::string& name);

enum class ColumnType { kIntegers, kNumbers, kText, kFixedText };
absl::StatusOr<ColumnType> TypeOf(const Hdf5Id& dataset);
absl::StatusOr<std::vector<int64_t>> ReadIntegers(const Hdf5Id& dataset);
absl::StatusOr<std::vector<double>> ReadNumbers(const Hdf5Id& dataset);
absl::StatusOr<std::vector<std::string>> ReadTexts(const Hdf5Id& dataset);
absl::StatusOr<std::vector<std::string>> ReadFixedTexts(const Hdf5Id& dataset, size_t size);
absl::StatusOr<double> ReadScalarNumber(const Hdf5Id& dataset);
absl::StatusOr<std::string> ReadScalarText(const Hdf5Id& dataset);

// The dimension scale called `name` (its scale name, not its link) of the dataset's only dimension.
absl::StatusOr<Hdf5Id> OpenScale(const Hdf5Id& dataset, const std::string& name);

}  // namespace bench::results
