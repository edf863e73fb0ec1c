#include "harness/images/nearest_image.h"

#include <limits>

#include "base/status.h"
#include "harness/control/parallel.h"

namespace bench::harness::images {
namespace {

int64_t SquaredDistance(const Image& a, const Image& b) {
  int64_t sum = 0;
  for (size_t i = 0; i < a.values.size(); ++i) {
    const int64_t difference = int64_t{a.values[i]} - int64_t{b.values[i]};
    sum += difference * difference;
  }
  return sum;
}

bool SameSize(const Image& a, const Image& b) {
  return a.width == b.width && a.height == b.height && a.channels == b.channels;
}

}  // namespace

absl::StatusOr<std::vector<int64_t>> NearestImages(std::span<const Image* const> asked,
                                                   std::span<const Image* const> known,
                                                   int64_t num_threads) {
  std::vector<int64_t> nearest(asked.size());
  BENCH_RETURN_IF_ERROR(ForEachInParallel(std::ssize(asked), num_threads, [&](int64_t number) {
    const Image& image = *asked[static_cast<size_t>(number)];
    int64_t least = std::numeric_limits<int64_t>::max();
    for (size_t i = 0; i < known.size(); ++i) {
      if (!SameSize(image, *known[i])) {
        return DataError("images.nearest_neighbour: images of different sizes have no distance");
      }
      const int64_t distance = SquaredDistance(image, *known[i]);
      if (distance >= least) continue;
      least = distance;
      nearest[static_cast<size_t>(number)] = static_cast<int64_t>(i);
    }
    return absl::OkStatus();
  }));
  return nearest;
}

}  // namespace bench::harness::images
