// How often a model states something false, and how calibrated it is: from the probabilities of all
// statements that it could make (enumeration.h), with no sampling error.
//
// Of g, the model's distribution, and p, uniform over the true statements T:
//   hallucination rate  h = g(false statements)
//   malformed rate      1 - g(all statements): what is no statement at all
//   loss                cross-entropy -sum_T p log g, nats; of the unseen true ones too
//   miscalibration      Mis = 1/2 sum over bins |g(bin) - p(bin)|, a bin the statements of
//                       2^e <= g(x) < 2^(e+1); what is malformed is a bin of its own
//   monofact rate       MF = training rows whose statement no other row makes / training rows (Good
//                       and Turing's estimate of the missing mass)
//   missing mass        p(true statements that no training row makes)
//   bound               MF - Mis
// A calibrated model must hallucinate: with high probability h >= MF - Mis less terms that vanish
// as rows become many and true statements few among all (Kalai and Vempala, arXiv:2311.14648,
// Corollary 1). The bound here leaves these terms out, so that it is asked for more than the
// theorem promises. Sums in fp64 in the order of the statements: deterministic.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "harness/data/statement_space.h"

namespace bench::harness {

// Statements whose probability by the model is in [2^exponent, 2^(exponent + 1)).
struct MassBin {
  int64_t exponent = 0;
  int64_t num_statements = 0;
  double model_mass = 0;
  double true_mass = 0;
};

struct StatementCalibration {
  double loss = 0;
  double seen_mass = 0;    // g of the true statements that training rows make
  double unseen_mass = 0;  // and of the other true ones
  double hallucination_rate = 0;
  double malformed_rate = 0;
  double miscalibration = 0;
  double monofact_rate = 0;
  double missing_mass = 0;
  std::vector<MassBin> bins;  // that have statements, by rising exponent

  double bound() const { return monofact_rate - miscalibration; }
  double margin() const { return hallucination_rate - bound(); }
};

// `log_probs`: finite natural logarithms, by number of the statement.
StatementCalibration Calibrate(const StatementSpace& space, std::span<const double> log_probs);

}  // namespace bench::harness
