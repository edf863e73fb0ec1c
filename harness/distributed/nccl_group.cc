#include "harness/distributed/nccl_group.h"

#include <dlfcn.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench::harness {

absl::StatusOr<c10::intrusive_ptr<c10d::Backend>> OpenNcclGroup(
    const c10::intrusive_ptr<c10d::Store>& store, int64_t rank, int64_t size) {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::string path = (program.parent_path() / kNcclModule).string();
  void* module = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr) {
    return EnvironmentError(absl::StrCat("several ranks on GPUs need ", path, ": ", ::dlerror(),
                                         "; build with a CUDA toolkit, or use --device cpu"));
  }
  const auto make = reinterpret_cast<NcclFactory>(::dlsym(module, kNcclFactory));
  if (make == nullptr) return EnvironmentError(absl::StrCat(path, " is of another version"));
  NcclRequest request = {store, static_cast<int>(rank), static_cast<int>(size), nullptr, ""};
  make(request);
  if (request.group != nullptr) return request.group;
  return EnvironmentError(
      absl::StrCat("NCCL: ", request.error.substr(0, request.error.find('\n'))));
}

}  // namespace bench::harness
