// Digests that name the first difference between two runs.
//
// The digest of a tensor is the SHA-256 of "<dtype> <shape>\n" and its elements in C order, little
// endian; the digest of a list is that of its lines "<name> <digest>\n".
#pragma once

#include <string>
#include <vector>

#include "base/sha256.h"
#include "models/decoder.h"

namespace bench::harness {

std::string TensorSha256(const at::Tensor& tensor);

struct ListDigest {
  std::string total;
  std::vector<std::pair<std::string, std::string>> items;  // name, digest
};
ListDigest DigestOf(const std::vector<models::NamedTensor>& tensors);

// The same of tensors that are not in memory together.
class ListDigester {
 public:
  void Add(const models::NamedTensor& named);
  ListDigest Finish();

 private:
  ListDigest digest_;
  Sha256 total_;
};

}  // namespace bench::harness
