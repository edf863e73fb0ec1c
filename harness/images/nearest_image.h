// The nearest-neighbour classifier (Cover and Hart, 1967): the text of an image is that of the
// training image at the least Euclidean distance between their values; of several at that distance
// the first one. Nothing is learnt, so it is what a model has to beat.
//
// A model that is trained on moved images knows all of them; NearestMovedImages does so too: it
// takes the least distance over the copies of a training image that are moved by -max_shift to
// max_shift pixels in either direction (Shifted), (2 max_shift + 1)^2 of each. Those that are asked
// are not moved.
//
// Cost: as many differences as held-out times training images (times copies) have values; images
// are spread over threads. Memory: one moved copy of each training image. Errors: DataError where
// sizes differ, since then no distance is defined; StoppedError.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/images/image.h"

namespace bench::harness::images {

// For each of `asked`, the index of the nearest of `known`, which is not empty.
absl::StatusOr<std::vector<int64_t>> NearestImages(std::span<const Image* const> asked,
                                                   std::span<const Image* const> known,
                                                   int64_t num_threads);

// The same over all moved copies of `known`; an index is that of the image that was moved.
absl::StatusOr<std::vector<int64_t>> NearestMovedImages(std::span<const Image* const> asked,
                                                        std::span<const Image* const> known,
                                                        int64_t max_shift, int64_t num_threads);

}  // namespace bench::harness::images
