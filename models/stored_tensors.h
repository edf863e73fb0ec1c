// Parameters as the files of a family hold them: other names, and matrices of q, k and v (or gate
// and up) joined in one (families/family.h).
//
// A joined tensor is a permutation of the rows of its parts, so reading and writing are exact
// inverses. LLaMA's files hold the parameters as they are. Errors: DataError that names the tensor
// of the file: missing, of another shape than the configuration's, not of a floating type.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "models/config.h"
#include "models/decoder.h"

namespace bench::models {

// The names of Parameters(config). Tensors that the family does not know are handed on.
absl::StatusOr<std::vector<NamedTensor>> FromStorage(const DecoderConfig& config,
                                                     std::vector<NamedTensor> tensors);

// `parameters` in canonical order, or some of them: what belongs to one tensor must be complete
// (TORCH_CHECK). In the order of the first of each tensor's parts.
std::vector<NamedTensor> ToStorage(const DecoderConfig& config,
                                   const std::vector<NamedTensor>& parameters);

// DataError unless `tensor` is of this shape and of a floating type.
absl::Status CheckTensor(const ParameterSpec& spec, const at::Tensor& tensor);

}  // namespace bench::models
