// The nearest-neighbour classifier (Cover and Hart, 1967): the text of an image is that of the
// training image at the least Euclidean distance between their values; of several at that distance
// the first one. Nothing is learnt, so it is what a model has to beat.
//
// Cost: as many differences as held-out times training images have values; images are spread over
// threads. Errors: DataError where sizes differ, since then no distance is defined; StoppedError.
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

}  // namespace bench::harness::images
