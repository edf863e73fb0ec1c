// Parameters and their gradients in flat tensors that are cut into one shard a rank.
//
// A parameter begins at a multiple of kNormBlock elements and lies in one bucket; shards are
// multiples of it too, so a piece of a parameter always begins at a multiple from its start. What
// is left of a block is zero.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/training/optimizer.h"

namespace bench::harness {

struct GradientBucket {
  at::Tensor parameters, gradients;  // [N * shard_size], without a graph
  int64_t shard_size = 0;
  std::vector<size_t> members;  // indices of its parameters, in order
};

// A piece, and which parameter it is of.
struct BucketPiece {
  size_t parameter;
  ParameterPiece piece;
  at::Tensor gradient;  // its part of the bucket's gradients
};

class GradientBuckets {
 public:
  // Moves the storage of `parameters` (WholePieces) into buckets of at least `bucket_bytes` but for
  // the last, from the last parameter to the first. Gradients become views of the buckets', zero.
  GradientBuckets(const std::vector<ParameterPiece>& parameters, int64_t num_shards,
                  int64_t bucket_bytes);

  const std::vector<GradientBucket>& buckets() const { return buckets_; }
  // Where parameter i is.
  size_t bucket_of(size_t parameter) const { return places_[parameter].bucket; }
  // The parameter's place in its bucket's gradients, in its shape.
  at::Tensor GradientOf(size_t parameter) const;
  at::Tensor Shard(const at::Tensor& flat, int64_t shard) const;
  // The pieces of `shard`, in C order of each parameter.
  std::vector<BucketPiece> Pieces(int64_t shard) const;
  // The largest bucket.
  int64_t most_bytes() const;

 private:
  struct Place {
    size_t bucket = 0;
    int64_t offset = 0;
  };
  at::Tensor InPlace(const at::Tensor& flat, size_t parameter) const;
  void MoveInto(const at::Tensor& flat, size_t parameter) const;
  // A run of parameters that goes into one bucket.
  void AddBucket(const std::vector<size_t>& members, int64_t num_elements);

  const std::vector<ParameterPiece> parameters_;
  const int64_t num_shards_;
  std::vector<Place> places_;  // by parameter
  std::vector<GradientBucket> buckets_;
};

}  // namespace bench::harness
