// The only source of random draws of our own: a counter-based generator whose whole state is
// (key, counter), so that a checkpoint stores sixteen bytes and a resumed run continues exactly.
//
// Philox 4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel Random Numbers: As Easy as 1, 2, 3", SC11).
// Draw i is the low 64 bits of the cipher of counter i, independent of machine, library and thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace bench {

// One block of Philox 4x32-10.
std::array<uint32_t, 4> Philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

class Random {
 public:
  struct State {
    uint64_t key = 0;
    uint64_t counter = 0;
    friend bool operator==(const State&, const State&) = default;
  };

  explicit Random(uint64_t seed) : state_{seed, 0} {}
  explicit Random(State state) : state_(state) {}

  uint64_t Next();
  // Uniform in [0, bound), bound > 0, without modulo bias (rejection).
  uint64_t Below(uint64_t bound);
  // Uniform in [0, 1), 53 bits.
  double Uniform();
  // A uniform permutation of 0..n-1 (Fisher-Yates).
  std::vector<int64_t> Permutation(int64_t n);

  const State& state() const { return state_; }

 private:
  State state_;
};

}  // namespace bench
