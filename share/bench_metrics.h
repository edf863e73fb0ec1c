// Reports metrics to bench-run. Copy this file into your program; it needs C++17 and nothing else.
// Started without bench-run, the program reports nothing.
//
//   bench_metrics::Reporter report;                         // one, used by one thread
//   report.Step(10, {{"loss", 2.5}}, /*tokens=*/5120);      // a row of training
//   report.Evaluation(10, {{"accuracy/zh", 0.5}});          // and of an evaluation; NAME/LABEL
//   report.Summary({{"accuracy", 0.5}});                    // what comparisons start from
//   report.Samples("latency", {0.1, 0.2});                  // repeats of a measurement
//   report.Digest(10, "weights", "<64 hexadecimal digits>");  // compared bit for bit
//
// The lines are those of FORMAT.md, "Programs of others". Each is written at once, whole.
#pragma once

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace bench_metrics {

using Values = std::vector<std::pair<std::string, double>>;
constexpr long long kNotCounted = -1;

class Reporter {
 public:
  Reporter() {
    const char* path = std::getenv("BENCH_METRICS");
    if (path != nullptr) file_ = std::fopen(path, "a");
  }
  ~Reporter() {
    if (file_ != nullptr) std::fclose(file_);
  }
  Reporter(const Reporter&) = delete;
  Reporter& operator=(const Reporter&) = delete;

  void Step(long long step, const Values& metrics, long long tokens = kNotCounted) {
    Write(At(step, tokens) + "\"metrics\":" + Object(metrics));
  }
  void Evaluation(long long step, const Values& metrics, long long tokens = kNotCounted) {
    Write(At(step, tokens) + "\"evaluation\":" + Object(metrics));
  }
  void Summary(const Values& metrics) { Write("\"summary\":" + Object(metrics)); }
  void Samples(const std::string& name, const std::vector<double>& values) {
    std::string list;
    for (const double value : values) list += (list.empty() ? "" : ",") + Number(value);
    Write("\"samples\":{" + Text(name) + ":[" + list + "]}");
  }
  void Digest(long long step, const std::string& name, const std::string& sha256) {
    Write(At(step, kNotCounted) + "\"digests\":{" + Text(name) + ":" + Text(sha256) + "}");
  }

 private:
  static std::string At(long long step, long long tokens) {
    const std::string at = "\"step\":" + std::to_string(step) + ",";
    return tokens == kNotCounted ? at : at + "\"tokens\":" + std::to_string(tokens) + ",";
  }
  static std::string Number(double value) {
    if (std::isnan(value)) return "\"NaN\"";
    if (std::isinf(value)) return value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
    char digits[32];
    std::snprintf(digits, sizeof digits, "%.17g", value);
    return digits;
  }
  static std::string Text(const std::string& text) {
    std::string quoted = "\"";
    for (const char c : text) {
      const unsigned char byte = static_cast<unsigned char>(c);
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", byte);
      quoted += byte < 0x20 || c == '"' || c == '\\' ? std::string(escaped) : std::string(1, c);
    }
    return quoted + "\"";
  }
  static std::string Object(const Values& values) {
    std::string members;
    for (const auto& [name, value] : values) {
      members += (members.empty() ? "" : ",") + Text(name) + ":" + Number(value);
    }
    return "{" + members + "}";
  }
  void Write(const std::string& members) {
    if (file_ == nullptr) return;
    const std::string line = "{" + members + "}\n";
    std::fwrite(line.data(), 1, line.size(), file_);
    std::fflush(file_);
  }

  std::FILE* file_ = nullptr;
};

}  // namespace bench_metrics
