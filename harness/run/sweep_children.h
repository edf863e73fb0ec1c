// The children of a sweep: which runs they are, and where the store has or will have them.
//
// A child lies in runs/NAME@N/recipe-<digits>/r<replicate> of the store; the digits are those of
// the SHA-256 of its recipe key and the device, and with reuse = "program" of the program. So a
// sweep that is run again, and another sweep with the same child, find it. A point whose inputs the
// store does not have has no recipe yet: they are made first (ResolvePoints), each once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/context/device.h"
#include "harness/control/progress.h"
#include "harness/definition/load.h"
#include "harness/definition/sweep_points.h"
#include "harness/store/store.h"
#include "results/record.h"

namespace bench::harness {

struct LoadedPoint {
  ArmPoint point;
  LoadedDefinition loaded;
};

// UsageError, with the name of the arm, where the settings do not fit the experiment.
absl::StatusOr<std::vector<LoadedPoint>> LoadPoints(const SweepSpec& spec,
                                                    const std::string& experiments_root);

struct SweepChild {
  size_t point = 0;  // which of the points
  int64_t replicate = 0;
  std::string recipe_key;
  std::string folder;  // absolute
};

// The points of a sweep, and the runs of each.
struct SweepMembers {
  std::vector<LoadedPoint> points;
  std::vector<SweepChild> children;

  const LoadedPoint& PointOf(const SweepChild& child) const { return points[child.point]; }
  const std::string& ArmOf(const SweepChild& child) const { return PointOf(child).point.name; }
  // For people: "chain r0".
  std::string NameOf(const SweepChild& child) const;
};

struct ChildPlaces {
  const Store& store;
  const std::string& experiments_root;
  DeviceKind device = DeviceKind::kCpu;
  std::string program;  // what stands for it; empty: any
};

// By point, the replicates first, ..., first + spec.replicates - 1 of each. Makes what their
// experiments need and the store does not have.
absl::StatusOr<std::vector<SweepChild>> ResolveChildren(const std::vector<LoadedPoint>& points,
                                                        const std::vector<int64_t>& replicates,
                                                        const ChildPlaces& places,
                                                        Progress& progress);

// The same for the points whose recipes are known, making nothing; of the others none.
absl::StatusOr<std::vector<SweepChild>> KnownChildren(const std::vector<LoadedPoint>& points,
                                                      const std::vector<int64_t>& replicates,
                                                      const ChildPlaces& places);

// first, ..., first + count - 1, first = replicate * count.
std::vector<int64_t> ReplicatesOf(int64_t replicate, int64_t count);

// Its results file, where it leaves one.
std::string ResultsOf(const SweepChild& child);
// What a child left that ended by itself; absent where it has not, or its file cannot be read.
std::optional<results::RunRecord> RecordOf(const SweepChild& child);
// Whether it is complete: nothing is left to do.
bool IsComplete(const SweepChild& child);

// The command line of this program that makes it, or goes on with it.
std::vector<std::string> ArgumentsOf(const SweepChild& child, const LoadedPoint& point,
                                     const ChildPlaces& places);

}  // namespace bench::harness
