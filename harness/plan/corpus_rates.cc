#include "harness/plan/corpus_rates.h"

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/json.h"
#include "base/status.h"

namespace bench::harness {
namespace {

using nlohmann::json;

constexpr char kFormat[] = "bench-corpus-rates";
constexpr int64_t kVersion = 1;

// Of what cannot be negative.
absl::Status ReadAmount(const json& object, const char* key, double& into) {
  BENCH_ASSIGN_OR_RETURN(into, JsonMember<double>(object, key));
  if (into >= 0) return absl::OkStatus();
  return DataError(absl::StrCat("\"", key, "\" is negative"));
}

absl::StatusOr<PhaseRate> ReadPhase(const json& object) {
  if (!object.is_object()) return DataError("\"phases\" holds what is no object");
  PhaseRate rate;
  BENCH_ASSIGN_OR_RETURN(rate.phase, JsonMember<std::string>(object, "phase"));
  BENCH_RETURN_IF_ERROR(ReadAmount(object, "seconds", rate.seconds));
  BENCH_RETURN_IF_ERROR(ReadAmount(object, "read_bytes", rate.read_bytes));
  BENCH_RETURN_IF_ERROR(ReadAmount(object, "written_bytes", rate.written_bytes));
  return rate;
}

absl::StatusOr<CorpusRates> ReadRates(const json& object) {
  BENCH_ASSIGN_OR_RETURN(const std::string format, JsonMember<std::string>(object, "format"));
  BENCH_ASSIGN_OR_RETURN(const int64_t version, JsonMember<int64_t>(object, "format_version"));
  if (format != kFormat || version != kVersion) {
    return DataError(absl::StrCat("not of the format ", kFormat, ", version ", kVersion));
  }
  CorpusRates rates;
  BENCH_ASSIGN_OR_RETURN(rates.machine, JsonMember<std::string>(object, "machine"));
  BENCH_ASSIGN_OR_RETURN(rates.input, JsonMember<std::string>(object, "input"));
  BENCH_RETURN_IF_ERROR(ReadAmount(object, "input_bytes", rates.input_bytes));
  BENCH_RETURN_IF_ERROR(ReadAmount(object, "text_bytes", rates.text_bytes));
  BENCH_RETURN_IF_ERROR(ReadAmount(object, "documents", rates.documents));
  BENCH_RETURN_IF_ERROR(ReadAmount(object, "program_bytes", rates.program_bytes));
  if (rates.input_bytes == 0 || rates.text_bytes == 0 || rates.documents == 0) {
    return DataError("measured on no documents");
  }
  BENCH_ASSIGN_OR_RETURN(const json phases, JsonMember<json>(object, "phases"));
  for (const json& phase : phases) {
    BENCH_ASSIGN_OR_RETURN(rates.phases.emplace_back(), ReadPhase(phase));
  }
  return rates;
}

}  // namespace

absl::StatusOr<CorpusRates> ReadCorpusRates(const std::string& path) {
  constexpr int64_t kMaxBytes = int64_t{1} << 20;
  BENCH_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxBytes));
  BENCH_ASSIGN_OR_RETURN(const json object, ParseJsonObject(text, path));
  auto rates = ReadRates(object);
  if (!rates.ok()) return Annotate(rates.status(), path);
  return rates;
}

}  // namespace bench::harness
