#include "harness/stages/program/trainer_state_report.h"

#include <filesystem>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/file.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/stages/program/reported_number.h"

namespace bench::harness {
namespace {

using nlohmann::json;

constexpr int64_t kMaxBytes = int64_t{256} << 20;
constexpr const char* kFile = "trainer_state.json";
constexpr const char* kTokens = "num_input_tokens_seen";

absl::StatusOr<std::string> FileAt(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return path;
  std::string own = absl::StrCat(path, "/", kFile);
  if (Exists(own)) return own;
  BENCH_ASSIGN_OR_RETURN(const auto names, ListFolder(path));
  int64_t newest = -1;
  for (const std::string& name : names) {
    absl::string_view digits = name;
    int64_t step = 0;
    if (!absl::ConsumePrefix(&digits, "checkpoint-") || !absl::SimpleAtoi(digits, &step)) continue;
    if (step > newest && Exists(absl::StrCat(path, "/", name, "/", kFile))) newest = step;
  }
  if (newest >= 0) return absl::StrCat(path, "/checkpoint-", newest, "/", kFile);
  return DataError(absl::StrCat(path, ": neither ", kFile,
                                " nor a checkpoint-N with one: let the "
                                "program call trainer.save_state()"));
}

// The numbers of an entry but for its position; those that are declared must be some.
absl::StatusOr<std::vector<ReportedValue>> ValuesOf(const json& entry, const MetricSink& sink) {
  std::vector<ReportedValue> values;
  for (const auto& [key, value] : entry.items()) {
    if (sink.Find(key) == nullptr) continue;
    const auto number = NumberOf(value);
    if (!number) return DataError(absl::StrCat(QuotedForMessage(key), " is no number"));
    values.push_back({key, *number});
  }
  return values;
}

bool IsEvaluation(const json& entry) {
  for (const auto& [key, value] : entry.items()) {
    if (key.starts_with("eval_")) return true;
  }
  return false;
}

absl::Status AddEntry(const json& entry, MetricSink& sink) {
  if (!entry.is_object()) return DataError("is no object");
  BENCH_ASSIGN_OR_RETURN(const auto values, ValuesOf(entry, sink));
  if (entry.contains("train_runtime")) {
    for (const ReportedValue& value : values) BENCH_RETURN_IF_ERROR(sink.Summary(value));
    return absl::OkStatus();
  }
  if (values.empty()) return absl::OkStatus();
  ReportedPosition position;
  BENCH_ASSIGN_OR_RETURN(position.step, JsonMember<int64_t>(entry, "step"));
  if (entry.contains(kTokens)) {
    BENCH_ASSIGN_OR_RETURN(const double tokens, JsonMember<double>(entry, kTokens));
    position.tokens = static_cast<int64_t>(tokens);
  }
  return sink.Row(IsEvaluation(entry) ? ReportedAs::kEvaluation : ReportedAs::kStep, position,
                  values);
}

absl::Status AddHistory(const json& state, MetricSink& sink) {
  BENCH_ASSIGN_OR_RETURN(const auto history, JsonMember<json>(state, "log_history"));
  if (!history.is_array()) return DataError("log_history is no array");
  for (size_t i = 0; i < history.size(); ++i) {
    BENCH_RETURN_IF_ERROR(
        Annotate(AddEntry(history[i], sink), absl::StrCat("log_history[", i, "]")));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status TrainerStateReport::AtEnd(const std::string& path, MetricSink& sink) {
  BENCH_ASSIGN_OR_RETURN(const std::string file, FileAt(path));
  BENCH_ASSIGN_OR_RETURN(const std::string text, ReadFile(file, kMaxBytes));
  BENCH_ASSIGN_OR_RETURN(const json state, ParseJsonObject(text, file));
  return Annotate(AddHistory(state, sink), file);
}

}  // namespace bench::harness
