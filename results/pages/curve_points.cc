#include "results/pages/curve_points.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "results/pages/axis.h"
#include "results/statistics/descriptive.h"

namespace bench::results {
namespace {

// Which column of the chart an x is in.
class Columns {
 public:
  Columns(std::span<const int64_t> x, size_t num_columns)
      : first_(x.empty() ? 0 : static_cast<double>(x.front())),
        width_(x.empty() ? 0 : static_cast<double>(x.back()) - first_),
        num_columns_(num_columns) {}

  size_t Of(int64_t x) const {
    if (!(width_ > 0)) return 0;
    const double share = std::clamp((static_cast<double>(x) - first_) / width_, 0.0, 1.0);
    const auto column = static_cast<size_t>(share * static_cast<double>(num_columns_));
    return std::min(column, num_columns_ - 1);
  }

 private:
  double first_;
  double width_;
  size_t num_columns_;
};

// Indices into a curve of the points of one column that stay.
struct Column {
  size_t least, greatest;
};

CurvePoint PointAt(const RunCurve& curve, size_t index, bool begins) {
  return {static_cast<double>(curve.x[index]), curve.y[index], begins};
}

// Collects points, each index once and rising.
class Kept {
 public:
  explicit Kept(const RunCurve& curve) : curve_(curve) {}

  void Gap() { gap_ = true; }
  void Add(size_t index) {
    if (last_ && index <= *last_) return;
    points_.push_back(PointAt(curve_, index, gap_));
    gap_ = false;
    last_ = index;
  }
  void Add(const Column& column) {
    Add(std::min(column.least, column.greatest));
    Add(std::max(column.least, column.greatest));
  }
  std::vector<CurvePoint> Take() { return std::move(points_); }

 private:
  const RunCurve& curve_;
  std::vector<CurvePoint> points_;
  std::optional<size_t> last_;
  bool gap_ = true;
};

std::vector<CurvePoint> WholeCurve(const RunCurve& curve) {
  Kept kept(curve);
  for (size_t i = 0; i < curve.x.size(); ++i) {
    if (Drawable(curve.y[i])) {
      kept.Add(i);
    } else {
      kept.Gap();
    }
  }
  return kept.Take();
}

// Walks along a curve of many points and keeps a few of each column.
class Thinner {
 public:
  Thinner(const RunCurve& curve, size_t num_columns)
      : curve_(curve), columns_(curve.x, num_columns), kept_(curve) {}

  std::vector<CurvePoint> Take() {
    for (size_t i = 0; i < curve_.x.size(); ++i) {
      const size_t column = columns_.Of(curve_.x[i]);
      if (column != column_) {
        Close();
        gap_in_column_ = false;
        column_ = column;
      }
      if (Drawable(curve_.y[i])) {
        AddPoint(i);
      } else {
        AddGap();
      }
    }
    Close();
    if (last_) kept_.Add(*last_);
    return kept_.Take();
  }

 private:
  void Close() {
    if (open_) kept_.Add(*open_);
    open_.reset();
  }

  // One gap of a column stays; more of them would be as many points again.
  void AddGap() {
    if (open_ && gap_in_column_) return;
    gap_in_column_ = gap_in_column_ || open_.has_value();
    Close();
    kept_.Gap();
  }

  void AddPoint(size_t i) {
    if (!last_) kept_.Add(i);
    last_ = i;
    if (!open_) open_ = Column{i, i};
    if (curve_.y[i] < curve_.y[open_->least]) open_->least = i;
    if (curve_.y[i] > curve_.y[open_->greatest]) open_->greatest = i;
  }

  const RunCurve& curve_;
  const Columns columns_;
  Kept kept_;
  std::optional<Column> open_;  // points since the column, or the piece in it, began
  size_t column_ = 0;
  bool gap_in_column_ = false;
  std::optional<size_t> last_;
};

// The runs' values, x by x.
class Walk {
 public:
  explicit Walk(std::span<const RunCurve> runs) : runs_(runs), next_(runs.size(), 0) {}

  // The next x, how many runs have a value there, and those that can be drawn; false at the end.
  struct Place {
    int64_t x = 0;
    size_t num_runs = 0;
    std::vector<double> values;
  };
  bool Next(Place& place) {
    std::optional<int64_t> least;
    for (size_t run = 0; run < runs_.size(); ++run) {
      if (next_[run] == runs_[run].x.size()) continue;
      const int64_t here = runs_[run].x[next_[run]];
      least = least ? std::min(*least, here) : here;
    }
    if (!least) return false;
    place.x = *least;
    place.num_runs = 0;
    place.values.clear();
    for (size_t run = 0; run < runs_.size(); ++run) {
      size_t& next = next_[run];
      if (next == runs_[run].x.size() || runs_[run].x[next] != place.x) continue;
      ++place.num_runs;
      if (Drawable(runs_[run].y[next])) place.values.push_back(runs_[run].y[next]);
      ++next;
    }
    return true;
  }

 private:
  std::span<const RunCurve> runs_;
  std::vector<size_t> next_;
};

}  // namespace

std::vector<CurvePoint> ThinnedCurve(const RunCurve& curve, size_t num_columns) {
  if (curve.x.size() <= 2 * num_columns) return WholeCurve(curve);
  return Thinner(curve, num_columns).Take();
}

Envelope EnvelopeOf(std::span<const RunCurve> runs) {
  Envelope envelope;
  Walk walk(runs);
  Walk::Place place;
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  while (walk.Next(place)) {
    if (2 * place.num_runs <= runs.size()) continue;
    const bool drawn = 2 * place.values.size() > runs.size();
    envelope.x.push_back(place.x);
    envelope.median.push_back(drawn ? Median(place.values) : kNone);
    envelope.low.push_back(drawn ? std::ranges::min(place.values) : kNone);
    envelope.high.push_back(drawn ? std::ranges::max(place.values) : kNone);
  }
  return envelope;
}

std::vector<BandPoint> ThinnedBand(const Envelope& envelope, size_t num_columns) {
  const bool whole = envelope.x.size() <= num_columns;
  const Columns columns(envelope.x, num_columns);
  std::vector<BandPoint> band;
  std::optional<size_t> open_column;
  bool begins = true;
  for (size_t i = 0; i < envelope.x.size(); ++i) {
    if (!Drawable(envelope.low[i])) {
      begins = true;
      continue;
    }
    const auto x = static_cast<double>(envelope.x[i]);
    const size_t column = columns.Of(envelope.x[i]);
    if (whole || open_column != column) {
      band.push_back({x, envelope.low[i], envelope.high[i], begins});
      open_column = column;
      begins = false;
      continue;
    }
    // A gap within a column is too narrow to be seen.
    begins = false;
    band.back().low = std::min(band.back().low, envelope.low[i]);
    band.back().high = std::max(band.back().high, envelope.high[i]);
  }
  if (!band.empty() && !begins) band.back().x = static_cast<double>(envelope.x.back());
  return band;
}

}  // namespace bench::results
