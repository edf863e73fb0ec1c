// Writing one HDF5 object at a time: groups, attributes and checked datasets of an in-memory file.
//
// The file is built in memory, so that everything that reaches the disk goes through base/file.h
// and no I/O error happens inside the HDF5 library. Text becomes valid UTF-8 of variable length;
// bools are h5py's enumeration. Errors: EnvironmentError naming the object (out of memory in
// practice).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "results/hdf5_handle.h"
#include "results/record.h"

namespace bench::results {

// A new file in memory.
class MemoryFile {
 public:
  static absl::StatusOr<MemoryFile> Create();
  MemoryFile(MemoryFile&& other) noexcept { *this = std::move(other); }
  MemoryFile& operator=(MemoryFile&& other) noexcept;
  ~MemoryFile();

  const Hdf5Id& root() const { return root_; }
  // Closes the file, and all that is open in it, and returns its bytes.
  absl::StatusOr<std::string> Close() &&;

 private:
  MemoryFile() = default;
  std::unique_ptr<void*> image_;  // the bytes, once the file is closed
  Hdf5Id root_;
};

absl::StatusOr<Hdf5Id> CreateGroup(const Hdf5Id& parent, const std::string& link);

absl::Status WriteAttribute(const Hdf5Id& object, const std::string& name, const Attribute& value);
absl::Status WriteAttribute(const Hdf5Id& object, const std::string& name,
                            const std::vector<int64_t>& values);
absl::Status WriteAttribute(const Hdf5Id& object, const std::string& name,
                            const std::vector<std::string>& values);

// One-dimensional datasets; numbers are chunked, shuffled, deflated, with Fletcher32. A float one
// with non-finite values says how many in its attribute "non_finite".
absl::StatusOr<Hdf5Id> WriteColumn(const Hdf5Id& group, const std::string& link,
                                   const std::vector<int64_t>& values);
absl::StatusOr<Hdf5Id> WriteColumn(const Hdf5Id& group, const std::string& link,
                                   const std::vector<double>& values);
absl::StatusOr<Hdf5Id> WriteColumn(const Hdf5Id& group, const std::string& link,
                                   const std::vector<std::string>& values);
// Strings of exactly `size` bytes each, stored in place (and so covered by the checksum).
absl::StatusOr<Hdf5Id> WriteFixedColumn(const Hdf5Id& group, const std::string& link,
                                        const std::vector<std::string>& values, size_t size);

// Scalar datasets; a number is stored in the object header, whose checksum covers it.
absl::StatusOr<Hdf5Id> WriteScalar(const Hdf5Id& group, const std::string& link, double value);
absl::Status WriteScalarText(const Hdf5Id& group, const std::string& link, const std::string& text);

}  // namespace bench::results
