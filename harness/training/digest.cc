#include "harness/training/digest.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/sha256.h"

namespace bench::harness {

std::string TensorSha256(const at::Tensor& tensor) {
  const at::Tensor host = tensor.detach().to(at::kCPU).contiguous();
  Sha256 sha;
  sha.Update(absl::StrCat(c10::toString(host.scalar_type()), " [", absl::StrJoin(host.sizes(), ","),
                          "]\n"));
  sha.Update({static_cast<const char*>(host.const_data_ptr()), host.nbytes()});
  return sha.HexDigest();
}

ListDigest DigestOf(const std::vector<models::NamedTensor>& tensors) {
  ListDigest digest;
  Sha256 total;
  for (const models::NamedTensor& named : tensors) {
    digest.items.emplace_back(named.name, TensorSha256(named.tensor));
    total.Update(absl::StrCat(named.name, " ", digest.items.back().second, "\n"));
  }
  digest.total = total.HexDigest();
  return digest;
}

}  // namespace bench::harness
