// Location and spread of one sample.
//
// Requires at least one value, all finite; StandardDeviation at least two. Units are those of the
// values. Means are taken around the first value, so equal values have exactly themselves as mean
// and exactly 0 as deviation. Deterministic: sums run in the order of the values.
// Sources: Hyndman and Fan, "Sample Quantiles in Statistical Packages", 1996 (type 7);
// Agarwal et al., arXiv:2108.13264 (interquartile mean).
#pragma once

#include <span>

namespace bench::results {

// Of any values, none included.
bool AllFinite(std::span<const double> values);

double Mean(std::span<const double> values);

// sqrt(sum (x - mean)^2 / (n - 1)): an estimate of the population's.
double StandardDeviation(std::span<const double> values);

// Interpolates linearly between the order statistics around (n - 1) * probability (type 7: the
// default of R and NumPy). `probability` is in [0, 1].
double Quantile(std::span<const double> values, double probability);

double Median(std::span<const double> values);

// median |x - median|, not scaled to a normal deviation (that would be a factor of 1.4826).
double MedianAbsoluteDeviation(std::span<const double> values);

// The mean of what is left without the floor(n / 4) least and as many greatest values: rliable's
// interquartile mean, scipy.stats.trim_mean(values, 0.25). No value counts in part.
double InterquartileMean(std::span<const double> values);

}  // namespace bench::results
