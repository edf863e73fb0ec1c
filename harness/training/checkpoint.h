// Checkpoints: everything a run needs to continue bit for bit, published whole or not at all.
//
//   <run>/checkpoints/step-000000120/
//     tensors.safetensors   "model/<parameter>", "optimizer/<state>/<parameter>" and, where the
//                           task's state has tensors, "stage/<tensor>"
//     state.json            step, tokens, elapsed time, the task's state (data position,
//                           generators), SHA-256 of the tensors file, and each tensor's slice of
//                           its logical tensor (offset and full shape), so that another number of
//                           ranks can read it
//
// A loaded checkpoint's tensors are where the file is mapped: a rank that resumes copies what it
// keeps, and takes no memory for the rest.
// A checkpoint is made in a hidden folder and renamed, and the last two complete ones are kept.
// Loading checks both digests: a damaged checkpoint is passed over for the one before, and said.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "models/decoder.h"
#include "models/safetensors.h"
#include "nlohmann/json.hpp"

namespace bench::harness {

inline constexpr int64_t kCheckpointsKept = 2;

struct Checkpoint {
  int64_t step = 0;
  int64_t tokens = 0;
  double elapsed_s = 0;
  nlohmann::json task_state;
  std::vector<models::NamedTensor> tensors;  // not to be written
  std::string tensors_sha256;                // of one that was loaded
};

// Tensors that are not in memory whole: announced first, then made one after the other.
struct TensorStream {
  std::vector<models::TensorSpec> specs;
  std::function<absl::Status(const std::function<absl::Status(const models::NamedTensor&)>&)> visit;
};

// Bytes of a checkpoint's files with tensors of these shapes and types, and no state of a task.
absl::StatusOr<int64_t> CheckpointBytes(const std::vector<models::TensorSpec>& specs);

// `more` follows checkpoint.tensors in the file. It is visited to its end unless there is an error.
absl::Status SaveCheckpoint(const std::string& run_folder, const Checkpoint& checkpoint,
                            const TensorStream& more);
absl::Status SaveCheckpoint(const std::string& run_folder, const Checkpoint& checkpoint);

struct LoadedCheckpoint {
  std::optional<Checkpoint> checkpoint;  // absent: there is none that is complete
  std::vector<std::string> passed_over;  // why each newer one was not used
};
absl::StatusOr<LoadedCheckpoint> LoadLatestCheckpoint(const std::string& run_folder);

// That of `step`, which another rank has loaded: its tensors are not read again for their digest.
// EnvironmentError where there is none or another than with `tensors_sha256`: the folder is not the
// other rank's.
absl::StatusOr<Checkpoint> LoadSharedCheckpoint(const std::string& run_folder, int64_t step,
                                                const std::string& tensors_sha256);

// Tensors whose name begins with "<prefix>/", without the prefix.
std::vector<models::NamedTensor> WithPrefix(const std::vector<models::NamedTensor>& tensors,
                                            const std::string& prefix);
// The reverse: adds "<prefix>/" to every name.
void AppendWithPrefix(const std::vector<models::NamedTensor>& tensors, const std::string& prefix,
                      std::vector<models::NamedTensor>& into);

// `tensors` by name. DataError unless they have exactly the names and shapes of `specs`.
absl::StatusOr<std::unordered_map<std::string, at::Tensor>> ByName(
    const std::vector<models::NamedTensor>& tensors, const std::vector<models::TensorSpec>& specs);

// Copies `source` into the live tensors `target` by name. DataError if a name is missing, left over
// or differs in shape.
absl::Status CopyByName(const std::vector<models::NamedTensor>& source,
                        const std::vector<models::NamedTensor>& target);

}  // namespace bench::harness
