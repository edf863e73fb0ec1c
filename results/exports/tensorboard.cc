#include "results/exports/tensorboard.h"

#include <algorithm>
#include <bit>
#include <cctype>
#include <cstdint>
#include <set>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/number_text.h"
#include "results/crc32c.h"
#include "results/exports/export_rows.h"
#include "results/exports/protobuf_writer.h"
#include "results/record_fields.h"

namespace bench::results {
namespace {

// Numbers of the fields, from event.proto, summary.proto and tensor.proto.
constexpr int kEventWallTime = 1;
constexpr int kEventStep = 2;
constexpr int kEventFileVersion = 3;
constexpr int kEventSummary = 5;
constexpr int kSummaryValue = 1;
constexpr int kValueTag = 1;
constexpr int kValueSimple = 2;
constexpr int kValueTensor = 8;
constexpr int kValueMetadata = 9;
constexpr int kMetadataPlugin = 1;
constexpr int kMetadataDescription = 3;
constexpr int kMetadataDataClass = 4;
constexpr int kPluginName = 1;
constexpr int kTensorType = 1;
constexpr int kTensorShape = 2;
constexpr int kTensorStrings = 8;

constexpr int kScalarClass = 1;
constexpr int kTensorClass = 2;
constexpr int kStringType = 7;

constexpr std::string_view kFileVersion = "brain.Event:2";

uint32_t MaskedCrc(std::string_view bytes) {
  constexpr int kRotation = 15;
  constexpr uint32_t kMask = 0xA282EAD8;
  return std::rotr(Crc32c(bytes), kRotation) + kMask;
}

void AppendRecord(std::string_view event, std::string* out) {
  std::string length;
  AppendLittleEndian(event.size(), sizeof(uint64_t), &length);
  *out += length;
  AppendLittleEndian(MaskedCrc(length), sizeof(uint32_t), out);
  *out += event;
  AppendLittleEndian(MaskedCrc(event), sizeof(uint32_t), out);
}

// Seconds since 1970 when the first attempt that is known of began; 0 where none says so.
double StartSeconds(const RunRecord& record) {
  // What a file says may be any text; "infinite-future" is a time too.
  const absl::Time end = absl::FromCivil(absl::CivilYear(10000), absl::UTCTimeZone());
  const std::string name(kStartTimeUtc);
  std::vector<const std::map<std::string, Attribute>*> places;
  for (const auto& [number, attempt] : record.attempt_facts) places.push_back(&attempt.provenance);
  places.push_back(&record.header.provenance);
  for (const auto* provenance : places) {
    const auto found = provenance->find(name);
    if (found == provenance->end()) continue;
    const auto* text = std::get_if<std::string>(&found->second);
    absl::Time time;
    if (text != nullptr && absl::ParseTime(absl::RFC3339_full, *text, &time, nullptr) &&
        time >= absl::UnixEpoch() && time < end) {
      return absl::ToDoubleSeconds(time - absl::UnixEpoch());
    }
  }
  return 0;
}

std::string Metadata(std::string_view plugin, int data_class, std::string_view description) {
  ProtobufWriter name;
  name.Bytes(kPluginName, plugin);
  ProtobufWriter out;
  out.Bytes(kMetadataPlugin, name.bytes());
  if (!description.empty()) out.Bytes(kMetadataDescription, description);
  return out.Varint(kMetadataDataClass, data_class).bytes();
}

// An event with one value of a summary.
std::string SummaryEvent(double wall_time, int64_t step, const ProtobufWriter& value) {
  ProtobufWriter summary;
  summary.Bytes(kSummaryValue, value.bytes());
  ProtobufWriter event;
  event.Double(kEventWallTime, wall_time);
  if (step != 0) event.Varint(kEventStep, step);  // 0 is a message's default, which none writes
  return event.Bytes(kEventSummary, summary.bytes()).bytes();
}

std::string TextEvent(double wall_time, std::string_view tag, std::string_view markdown) {
  ProtobufWriter tensor;
  tensor.Varint(kTensorType, kStringType);
  tensor.Bytes(kTensorShape, "");  // a scalar: no dimensions
  tensor.Bytes(kTensorStrings, markdown);
  ProtobufWriter value;
  value.Bytes(kValueTag, tag);
  value.Bytes(kValueTensor, tensor.bytes());
  value.Bytes(kValueMetadata, Metadata("text", kTensorClass, ""));
  return SummaryEvent(wall_time, 0, value);
}

// Of a table in Markdown.
std::string Cell(std::string_view text) {
  return absl::StrReplaceAll(std::string(text),
                             {{"\\", "\\\\"}, {"|", "\\|"}, {"\n", " "}, {"\r", " "}});
}

void AppendTableRow(std::string_view name, std::string_view value, std::string* out) {
  absl::StrAppend(out, "| ", Cell(name), " | ", Cell(value), " |\n");
}

std::string TextOf(const Attribute& attribute) {
  if (const auto* text = std::get_if<std::string>(&attribute)) return *text;
  if (const auto* number = std::get_if<double>(&attribute)) return NumberText(*number);
  if (const auto* flag = std::get_if<bool>(&attribute)) return *flag ? "true" : "false";
  return absl::StrCat(std::get<int64_t>(attribute));
}

// Rows of the fields that VisitHeader names.
struct FieldRows {
  std::string* out;

  void operator()(std::string_view name, const std::string& value) const {
    AppendTableRow(name, value, out);
  }
  void operator()(std::string_view name, int64_t value) const {
    AppendTableRow(name, absl::StrCat(value), out);
  }
  void operator()(std::string_view name, bool value) const {
    AppendTableRow(name, value ? "true" : "false", out);
  }
  void operator()(std::string_view name, const std::optional<int64_t>& value) const {
    if (value) (*this)(name, *value);
  }
};

// Long texts, such as a diff, are left to the results file.
std::string RunMarkdown(const RunRecord& record) {
  constexpr size_t kLongestText = 1000;
  std::string out = "| what | value |\n|---|---|\n";
  VisitHeader(record.header, FieldRows{&out});
  AppendTableRow("status", Name(record.status), &out);
  AppendTableRow("attempts", absl::StrCat(record.attempts), &out);
  for (const auto& [name, digest] : record.header.inputs) AppendTableRow(name, digest, &out);
  for (const auto& [name, value] : record.header.provenance) {
    const std::string text = TextOf(value);
    if (text.size() <= kLongestText) AppendTableRow(name, text, &out);
  }
  return out;
}

std::string SummaryMarkdown(const RunRecord& record) {
  std::string out = "| metric | value |\n|---|---|\n";
  for (const auto& [path, item] : record.summary) {
    const std::string units =
        item.metric.units == "1" ? std::string() : absl::StrCat(" ", item.metric.units);
    AppendTableRow(path, NumberText(item.value) + units, &out);
  }
  return out;
}

// Indented, which no text in it can end.
std::string CodeMarkdown(const std::string& code) {
  return "    " +
         absl::StrReplaceAll(code, {{"\r\n", "\n    "}, {"\r", "\n    "}, {"\n", "\n    "}});
}

// A row of a series that has a place in time.
struct Scalar {
  std::string tag;
  const MetricInfo* metric = nullptr;
  int64_t step = 0;
  double wall_time = 0;
  double value = 0;
};

void AddScalars(ExportKind kind, const std::map<std::string, Series>& all, double start,
                std::vector<Scalar>* out) {
  for (const auto& [path, series] : all) {
    const std::string tag = absl::StrCat(std::string(Name(kind)), "/", path);
    for (size_t i = 0; i < series.value.size(); ++i) {
      out->push_back(
          {tag, &series.metric, series.step[i], start + series.wall_time_s[i], series.value[i]});
    }
  }
}

// Readers take a tag's description from its first value.
std::string ScalarEvent(const Scalar& scalar, bool first) {
  ProtobufWriter value;
  value.Bytes(kValueTag, scalar.tag);
  value.Float(kValueSimple, static_cast<float>(scalar.value));
  if (first) {
    const std::string description =
        absl::StrCat(scalar.metric->description, " (", scalar.metric->units, ")");
    value.Bytes(kValueMetadata, Metadata("scalars", kScalarClass, description));
  }
  return SummaryEvent(scalar.wall_time, scalar.step, value);
}

// A file's name without what a shell, a file system or the name's own dots would mind.
std::string NamePart(const std::string& text) {
  std::string out = text;
  std::replace_if(
      out.begin(), out.end(),
      [](unsigned char c) { return std::isalnum(c) == 0 && c != '_' && c != '-'; }, '_');
  return out;
}

}  // namespace

std::string ExportTensorboard(const RunRecord& record) {
  const double start = StartSeconds(record);
  std::string out;
  ProtobufWriter version;
  version.Double(kEventWallTime, start).Bytes(kEventFileVersion, kFileVersion);
  AppendRecord(version.bytes(), &out);
  AppendRecord(TextEvent(start, "definition", CodeMarkdown(record.header.definition_toml)), &out);
  AppendRecord(TextEvent(start, "run", RunMarkdown(record)), &out);
  AppendRecord(TextEvent(start, "summary", SummaryMarkdown(record)), &out);
  std::vector<Scalar> scalars;
  AddScalars(ExportKind::kSteps, record.steps, start, &scalars);
  AddScalars(ExportKind::kEvals, record.evals, start, &scalars);
  // A NaN among the times must not upset the order: steps decide.
  std::stable_sort(scalars.begin(), scalars.end(),
                   [](const Scalar& a, const Scalar& b) { return a.step < b.step; });
  std::set<std::string_view> described;
  for (const Scalar& scalar : scalars) {
    AppendRecord(ScalarEvent(scalar, described.insert(scalar.tag).second), &out);
  }
  return out;
}

std::string TensorboardFileName(const RunRecord& record) {
  constexpr size_t kDigitsOfRun = 8;
  const RunHeader& header = record.header;
  std::string name = NamePart(header.experiment);
  if (header.version) absl::StrAppend(&name, "-v", *header.version);
  absl::StrAppend(&name, "-", NamePart(header.run_id.substr(0, kDigitsOfRun)));
  return absl::StrFormat("events.out.tfevents.%010d.%s.%d",
                         static_cast<int64_t>(StartSeconds(record)), name, header.replicate);
}

}  // namespace bench::results
