// Which part of the rows a key belongs to, and the random streams of a grammar.
//
// Every stream is Random(seed), seed = SeedSource{base_seed, 0}.For(kRows, name)
// (harness/determinism/seeds.h); replicates of an experiment have the same rows. A key is held out
// if the first 53 bits of For(kRows, "key/" + key), as a fraction, are below held_out_fraction: a
// function of the key and the base seed alone.
#pragma once

#include <cstdint>
#include <string_view>

#include "harness/determinism/random.h"
#include "harness/determinism/seeds.h"

namespace bench::harness::generated {

class KeySplit {
 public:
  KeySplit(int64_t base_seed, double held_out_fraction)
      : seeds_{base_seed, 0}, held_out_fraction_(held_out_fraction) {}

  uint64_t Hash(std::string_view key) const;
  bool IsHeldOut(std::string_view key) const;
  Random Stream(std::string_view name) const;

 private:
  SeedSource seeds_;
  double held_out_fraction_;
};

}  // namespace bench::harness::generated
