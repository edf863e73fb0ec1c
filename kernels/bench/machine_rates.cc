#include "kernels/bench/machine_rates.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "kernels/bench/geometries.h"

namespace bench::kernels {
namespace {

constexpr int64_t kMinMemoryBytes = int64_t{64} << 20;

std::vector<int64_t> ThreadCounts(int64_t most) {
  std::vector<int64_t> counts;
  for (int64_t count = 1; count < most; count *= 2) counts.push_back(count);
  counts.push_back(most);
  return counts;
}

void MeasureBandwidths(MachineRates& rates) {
  const std::vector<CacheLevel> caches = ReadCacheLevels();
  for (const int64_t num_threads : ThreadCounts(at::get_num_threads())) {
    std::vector<MemoryLevel> levels = LevelsOf(caches, num_threads);
    for (size_t i = 0; i < levels.size(); ++i) {
      const int64_t bytes = MeasuredBytes(levels, i, num_threads);
      for (const Traffic traffic : {Traffic::kRead, Traffic::kCopy}) {
        const double rate = MeasureBandwidth({traffic, bytes, num_threads});
        levels[i].bytes_per_second = std::max(levels[i].bytes_per_second, rate);
        rates.bandwidths.push_back({traffic, levels[i].name, num_threads, rate});
      }
    }
    rates.levels = std::move(levels);  // the last are those of all threads
  }
}

void MeasureDevice(const at::Device& device, MachineRates& rates) {
  const double rate = MeasureDeviceCopy(device);
  rates.bandwidths.push_back({Traffic::kCopy, "memory", 1, rate});
  rates.levels = {{"memory", std::numeric_limits<int64_t>::max(), rate}};
}

std::set<ProductShape> ProductShapes(const at::Device& device) {
  const int64_t square = device.is_cpu() ? 1024 : 8192;
  std::set<ProductShape> shapes = {{square, square, square}};
  for (const Geometry& g : device.is_cpu() ? SmallGeometries() : LargeGeometries()) {
    shapes.insert({g.num_rows(), g.hidden, g.hidden});
    shapes.insert({g.num_rows(), g.intermediate, g.hidden});
    shapes.insert({g.num_rows(), g.hidden, g.intermediate});
    if (g.num_targets > 0) shapes.insert({g.num_targets, g.vocab, g.hidden});
  }
  return shapes;
}

}  // namespace

std::vector<MemoryLevel> LevelsOf(const std::vector<CacheLevel>& caches, int64_t num_threads) {
  std::vector<MemoryLevel> levels;
  for (const CacheLevel& cache : caches) {
    levels.push_back({absl::StrCat("L", cache.level), cache.CapacityOf(num_threads), 0});
  }
  levels.push_back({"memory", std::numeric_limits<int64_t>::max(), 0});
  return levels;
}

int64_t MeasuredBytes(const std::vector<MemoryLevel>& levels, size_t index, int64_t num_threads) {
  const int64_t least = kMinShareBytes * num_threads;
  if (index + 1 < levels.size()) return std::max(least, levels[index].capacity_bytes / 2);
  const int64_t cached = levels.size() > 1 ? levels[levels.size() - 2].capacity_bytes : 0;
  return std::max({least, kMinMemoryBytes, 4 * cached});
}

Ceilings MachineRates::CeilingsOf(at::ScalarType type, double working_set_bytes) const {
  Ceilings ceilings = {0, LevelThatHolds(levels, working_set_bytes).bytes_per_second};
  for (const ProductRow& row : products) {
    if (row.type != type) continue;
    ceilings.flops_per_second = std::max(ceilings.flops_per_second, row.rate.flops_per_second);
  }
  return ceilings;
}

std::map<std::string, std::string> MachineRates::Context() const {
  std::map<std::string, std::string> context;
  for (const MemoryLevel& level : levels) {
    if (level.name == "memory") continue;
    context.emplace(absl::StrCat("cache_bytes/", level.name), absl::StrCat(level.capacity_bytes));
  }
  for (const BandwidthRow& row : bandwidths) {
    const char* traffic = row.traffic == Traffic::kRead ? "read" : "copy";
    context.emplace(
        absl::StrCat(traffic, "_bytes_per_second/", row.level, "/threads:", row.num_threads),
        absl::StrFormat("%.4g", row.bytes_per_second));
  }
  for (const ProductRow& row : products) {
    const ProductShape& shape = row.rate.shape;
    context.emplace(absl::StrCat("product_flops_per_second/", TypeName(row.type), "/", shape.m, "x",
                                 shape.n, "x", shape.k),
                    absl::StrFormat("%.4g", row.rate.flops_per_second));
  }
  return context;
}

std::string TypeName(at::ScalarType type) { return type == at::kFloat ? "fp32" : "bf16"; }

MachineRates MeasureMachine(const at::Device& device) {
  MachineRates rates;
  if (device.is_cpu()) {
    MeasureBandwidths(rates);
  } else {
    MeasureDevice(device, rates);
  }
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
    const auto options = at::TensorOptions(device).dtype(type);
    for (const ProductShape& shape : ProductShapes(device)) {
      rates.products.push_back({type, MeasureProduct(shape, options)});
    }
  }
  return rates;
}

}  // namespace bench::kernels
