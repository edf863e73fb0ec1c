#include "harness/measurement/torch_versions.h"

#include <ATen/Version.h>

namespace bench::harness {

Provenance TorchVersions() {
  Provenance versions;
  const auto add = [&](const char* key, const std::string& value) {
    if (!value.empty()) versions.emplace(key, value);
  };
  add("mkl_version", at::get_mkl_version());
  add("onednn_version", at::get_mkldnn_version());
  add("openmp_version", at::get_openmp_version());
  add("cpu_capability", at::get_cpu_capability());
  return versions;
}

}  // namespace bench::harness
