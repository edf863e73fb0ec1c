// How LibTorch's attention, which takes batches of one length, is given a ragged batch: neighbours
// of one length together.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

namespace bench::kernels {

struct SequenceRun {
  int64_t first_sequence = 0, num_sequences = 0;
  int64_t first_row = 0;
  int64_t length = 0;  // of each

  // [N, H, d] -> [B, H, T, d] of this run's rows.
  at::Tensor PerSequence(const at::Tensor& x_NHd) const {
    return x_NHd.narrow(0, first_row, num_sequences * length)
        .unflatten(0, {num_sequences, length})
        .transpose(1, 2);
  }
};

inline std::vector<SequenceRun> RunsOf(const std::vector<int64_t>& lengths) {
  std::vector<SequenceRun> runs;
  int64_t sequence = 0, row = 0;
  for (const int64_t length : lengths) {
    if (runs.empty() || runs.back().length != length) runs.push_back({sequence, 0, row, length});
    ++runs.back().num_sequences;
    ++sequence;
    row += length;
  }
  return runs;
}

// [B, H, T, d] of runs in order -> [N, H, d].
inline at::Tensor JoinedRows(const std::vector<at::Tensor>& outputs_BHTd) {
  std::vector<at::Tensor> rows;
  for (const at::Tensor& x_BHTd : outputs_BHTd) {
    rows.push_back(x_BHTd.transpose(1, 2).flatten(0, 1));
  }
  return at::cat(rows, 0);
}

}  // namespace bench::kernels
