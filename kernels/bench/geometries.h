// The shapes that kernels are measured at: those of the perf_* experiments, and odd ones.
//
// One row an experiment: the widths of its decoder and the sequences of one micro-batch, whose
// lengths are row counts of all operations on tokens. perf_sft_10m and perf_rm_10m have the lengths
// of the first sixteen rows of experiments/perf_tokens_sft/lengths.json (prompt and response; of a
// pair both). The odd ones belong to no experiment: nothing in them divides by what loops are
// unrolled by. A test compares this table with the experiments' definitions
// (tests/commands/kernel_bench_test.py).
#pragma once

#include <cstdint>
#include <numeric>
#include <string_view>
#include <vector>

namespace bench::kernels {

// What a micro-batch is for. In decoding every sequence has one new token, and its length is that
// of its cached keys.
enum class Phase { kTraining, kDecoding };

struct Geometry {
  std::string_view experiment;
  Phase phase = Phase::kTraining;
  int64_t hidden = 0, heads = 0, kv_heads = 0, head_dim = 0, intermediate = 0, vocab = 0;
  std::vector<int64_t> lengths;
  int64_t num_targets = 0;  // rows of the head

  int64_t num_sequences() const { return static_cast<int64_t>(lengths.size()); }
  int64_t total_length() const {
    return std::accumulate(lengths.begin(), lengths.end(), int64_t{0});
  }
  // Tokens that go through the layers.
  int64_t num_rows() const { return phase == Phase::kDecoding ? num_sequences() : total_length(); }
  // Row numbers where sequences begin, and the end.
  std::vector<int64_t> offsets() const {
    std::vector<int64_t> ends(lengths.size() + 1, 0);
    std::partial_sum(lengths.begin(), lengths.end(), ends.begin() + 1);
    return ends;
  }
};

inline std::vector<Geometry> OddGeometries() {
  return {{"odd, small", Phase::kTraining, 30, 3, 1, 10, 77, 101, {1, 5, 31}, 37},
          {"odd, small", Phase::kDecoding, 30, 3, 1, 10, 77, 101, {1, 5, 31}, 3},
          {"odd", Phase::kTraining, 290, 5, 1, 58, 773, 8191, {1, 100, 257, 663}, 1021},
          {"odd", Phase::kDecoding, 290, 5, 1, 58, 773, 8191, {1, 100, 257, 663}, 4}};
}

// 10.7 M parameters: what a processor trains.
inline std::vector<Geometry> SmallGeometries() {
  using std::vector;
  return {
      {"perf_clm_10m", Phase::kTraining, 288, 6, 6, 48, 768, 8192, vector<int64_t>(8, 256), 2048},
      {"perf_sft_10m",
       Phase::kTraining,
       288,
       6,
       6,
       48,
       768,
       8192,
       {59, 73, 89, 96, 213, 157, 119, 84, 86, 160, 220, 58, 317, 88, 40, 106},
       1965},
      {"perf_rm_10m",
       Phase::kTraining,
       288,
       6,
       6,
       48,
       768,
       8192,
       {76,  108, 105, 123, 74,  117, 106, 104, 90,  152, 114, 104, 88, 103, 131, 70,
        101, 117, 84,  121, 119, 216, 87,  80,  146, 226, 78,  137, 81, 87,  93,  62},
       0},
      {"perf_ppo_10m", Phase::kTraining, 288, 6, 6, 48, 768, 8192, vector<int64_t>(16, 128), 1024},
      {"perf_decode_10m", Phase::kDecoding, 288, 6, 6, 48, 768, 8192, vector<int64_t>(16, 128),
       16}};
}

// 1.1 B parameters: what one accelerator trains.
inline std::vector<Geometry> LargeGeometries() {
  using std::vector;
  return {
      {"perf_clm_1b", Phase::kTraining, 2048, 32, 8, 64, 8192, 32000, vector<int64_t>(8, 2048),
       16384},
      {"perf_ppo_1b", Phase::kTraining, 2048, 32, 8, 64, 8192, 32000, vector<int64_t>(16, 256),
       2048},
      {"perf_rm_1b", Phase::kTraining, 2048, 32, 8, 64, 8192, 32000, vector<int64_t>(32, 256), 0},
      {"perf_ppo_1b", Phase::kDecoding, 2048, 32, 8, 64, 8192, 32000, vector<int64_t>(64, 256),
       64}};
}

}  // namespace bench::kernels
