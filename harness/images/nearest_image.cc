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

// The nearest of the images that were looked at so far.
struct Nearest {
  int64_t index = 0;
  int64_t distance = std::numeric_limits<int64_t>::max();
};

// Looks at `known` too. Of several at one distance the smallest index is kept, in whatever order
// lists of them are looked at.
absl::Status Look(std::span<const Image* const> asked, std::span<const Image* const> known,
                  int64_t num_threads, std::vector<Nearest>& nearest) {
  return ForEachInParallel(std::ssize(asked), num_threads, [&](int64_t number) {
    const Image& image = *asked[static_cast<size_t>(number)];
    Nearest& best = nearest[static_cast<size_t>(number)];
    for (int64_t i = 0; i < std::ssize(known); ++i) {
      const Image& other = *known[static_cast<size_t>(i)];
      if (!SameSize(image, other)) {
        return DataError("images.nearest_neighbour: images of different sizes have no distance");
      }
      const int64_t distance = SquaredDistance(image, other);
      if (distance < best.distance || (distance == best.distance && i < best.index)) {
        best = {i, distance};
      }
    }
    return absl::OkStatus();
  });
}

std::vector<int64_t> Indices(const std::vector<Nearest>& nearest) {
  std::vector<int64_t> indices;
  indices.reserve(nearest.size());
  for (const Nearest& one : nearest) indices.push_back(one.index);
  return indices;
}

}  // namespace

absl::StatusOr<std::vector<int64_t>> NearestImages(std::span<const Image* const> asked,
                                                   std::span<const Image* const> known,
                                                   int64_t num_threads) {
  std::vector<Nearest> nearest(asked.size());
  BENCH_RETURN_IF_ERROR(Look(asked, known, num_threads, nearest));
  return Indices(nearest);
}

absl::StatusOr<std::vector<int64_t>> NearestMovedImages(std::span<const Image* const> asked,
                                                        std::span<const Image* const> known,
                                                        int64_t max_shift, int64_t num_threads) {
  std::vector<Nearest> nearest(asked.size());
  std::vector<Image> moved(known.size());
  std::vector<const Image*> list;
  list.reserve(moved.size());
  for (const Image& image : moved) list.push_back(&image);
  for (int64_t down = -max_shift; down <= max_shift; ++down) {
    for (int64_t right = -max_shift; right <= max_shift; ++right) {
      for (size_t i = 0; i < known.size(); ++i) moved[i] = Shifted(*known[i], {right, down});
      BENCH_RETURN_IF_ERROR(Look(asked, list, num_threads, nearest));
    }
  }
  return Indices(nearest);
}

}  // namespace bench::harness::images
