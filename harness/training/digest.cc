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

void ListDigester::Add(const models::NamedTensor& named) {
  digest_.items.emplace_back(named.name, TensorSha256(named.tensor));
  total_.Update(absl::StrCat(named.name, " ", digest_.items.back().second, "\n"));
}

ListDigest ListDigester::Finish() {
  digest_.total = total_.HexDigest();
  return std::move(digest_);
}

ListDigest DigestOf(const std::vector<models::NamedTensor>& tensors) {
  ListDigester digester;
  for (const models::NamedTensor& named : tensors) digester.Add(named);
  return digester.Finish();
}

}  // namespace bench::harness
