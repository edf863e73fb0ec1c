// A forecast of a corpus as text for people (at most 100 columns) and as JSON for programs
// (FORMAT.md). GB are 10^9 bytes.
#pragma once

#include <string>
#include <vector>

#include "harness/definition/load.h"
#include "harness/plan/corpus_forecast.h"

namespace bench::harness {

struct CorpusForecasts {
  const LoadedDefinition& definition;
  const CorpusForecastRequest& request;
  std::vector<CorpusForecast> by_ranks;  // in the order asked for
};

std::string ForecastText(const CorpusForecasts& forecasts);
std::string ForecastJson(const CorpusForecasts& forecasts);

}  // namespace bench::harness
