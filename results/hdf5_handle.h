// An owned HDF5 identifier of any kind (file, group, dataset, type, space, property list).
#pragma once

#include <hdf5.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>

namespace bench::results {

class Hdf5Id {
 public:
  Hdf5Id() = default;
  explicit Hdf5Id(hid_t id) : id_(id) {}
  Hdf5Id(Hdf5Id&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)) {}
  Hdf5Id& operator=(Hdf5Id&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  ~Hdf5Id() {
    if (valid()) H5Idec_ref(id_);
  }

  // Whether it could be closed.
  bool Close() { return H5Idec_ref(std::exchange(id_, H5I_INVALID_HID)) >= 0; }
  bool valid() const { return id_ >= 0; }
  hid_t get() const { return id_; }

 private:
  hid_t id_ = H5I_INVALID_HID;
};

// HDF5 prints its error stack to stderr by default; ours are statuses. Once a process.
inline void SilenceHdf5() {
  static const herr_t kSilenced = H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  (void)kSilenced;
}

// A name that no other file in memory has: HDF5 takes open files of one name for one file.
inline std::string UniqueMemoryFileName() {
  static std::atomic<uint64_t> count = 0;
  return "memory-" + std::to_string(++count);
}

}  // namespace bench::results
