#include "results/journal_codec.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "results/journal_fields.h"
#include "results/record_fields.h"
#include "results/text.h"

namespace bench::results {
namespace {

// The fields of each event, one list for both directions. Lists within events (values, row) are
// coded by the functions below.
template <typename E, typename V>
requires std::is_same_v<std::remove_const_t<E>, BeginEvent>
void VisitEvent(E& event, V&& visit) {
  VisitHeader(event.header, visit);
  visit("definition_toml", event.header.definition_toml);
  visit("definition_json", event.header.definition_json);
  visit("inputs", event.header.inputs);
  visit("provenance", event.header.provenance);
  visit("from_step", event.from_step);
  visit("torn_bytes", event.torn_bytes);
}
template <typename E, typename V>
requires std::is_same_v<std::remove_const_t<E>, MetricEvent>
void VisitEvent(E& event, V&& visit) {
  visit("id", event.id);
  VisitMetric(event.metric, visit);
}
template <typename E, typename V>
requires std::is_same_v<std::remove_const_t<E>, RowEvent>
void VisitEvent(E& event, V&& visit) {
  visit("step", event.position.step);
  visit("tokens", event.position.tokens);
  visit("wall_time_s", event.position.wall_time_s);
}
template <typename E, typename V>
requires std::is_same_v<std::remove_const_t<E>, DigestEvent>
void VisitEvent(E& event, V&& visit) {
  visit("step", event.step);
  visit("name", event.name);
  visit("sha256", event.sha256);
}
template <typename E, typename V>
requires std::is_same_v<std::remove_const_t<E>, TableEvent>
void VisitEvent(E& event, V&& visit) {
  visit("table", event.table);
  visit("step", event.step);
}
template <typename E, typename V>
requires(std::is_same_v<std::remove_const_t<E>, SampleEvent> ||
         std::is_same_v<std::remove_const_t<E>, SummaryEvent>) void VisitEvent(E& event,
                                                                               V&& visit) {
  visit("id", event.metric_id);
  visit("value", event.value);
}
template <typename E, typename V>
requires std::is_same_v<std::remove_const_t<E>, RankEvent>
void VisitEvent(E& event, V&& visit) {
  visit("rank", event.rank);
  visit("id", event.metric_id);
  visit("value", event.value);
}
template <typename E, typename V>
requires std::is_same_v<std::remove_const_t<E>, RangeEvent>
void VisitEvent(E& event, V&& visit) {
  visit("step", event.step);
  visit("name", event.name);
  visit("count", event.count);
  visit("host_s", event.host_s);
  visit("device_s", event.device_s);
}
template <typename E, typename V>
requires std::is_same_v<std::remove_const_t<E>, NoteEvent>
void VisitEvent(E& event, V&& visit) {
  visit("name", event.name);
  visit("value", event.value);
}
template <typename E, typename V>
requires std::is_same_v<std::remove_const_t<E>, EndEvent>
void VisitEvent(E& event, V&& visit) { visit("status", event.status); }

constexpr std::string_view NameOf(const BeginEvent&) { return "begin"; }
constexpr std::string_view NameOf(const MetricEvent&) { return "metric"; }
std::string_view NameOf(const RowEvent& e) { return e.group == RowGroup::kSteps ? "step" : "eval"; }
constexpr std::string_view NameOf(const DigestEvent&) { return "digest"; }
constexpr std::string_view NameOf(const TableEvent&) { return "table"; }
constexpr std::string_view NameOf(const SampleEvent&) { return "sample"; }
constexpr std::string_view NameOf(const RangeEvent&) { return "range"; }
constexpr std::string_view NameOf(const SummaryEvent&) { return "summary"; }
constexpr std::string_view NameOf(const RankEvent&) { return "rank"; }
constexpr std::string_view NameOf(const NoteEvent&) { return "note"; }
constexpr std::string_view NameOf(const EndEvent&) { return "end"; }

void EncodeList(const auto&, Json*) {}
void EncodeList(const RowEvent& event, Json* out) {
  Json& values = (*out)["values"] = Json::array();
  for (const auto& [id, value] : event.values) values.push_back(Json::array({id, value}));
}
void EncodeList(const TableEvent& event, Json* out) {
  Json& row = (*out)["row"] = Json::array();
  for (const auto& [column, cell] : event.row) {
    row.push_back(Json::array({ValidUtf8(column), ToJson(cell)}));
  }
}

void DecodeList(auto&, FieldReader*) {}
void DecodeList(RowEvent& event, FieldReader* reader) {
  for (const Json& item : reader->Array("values")) {
    const bool pair = item.is_array() && item.size() == 2;
    const std::optional<int64_t> id = pair ? AsInt(item[0]) : std::nullopt;
    const std::optional<double> value = pair ? AsDouble(item[1]) : std::nullopt;
    if (!id || !value) return reader->Fail("values", "has an item that is not [id, number]");
    event.values.emplace_back(*id, *value);
  }
}
void DecodeList(TableEvent& event, FieldReader* reader) {
  for (const Json& item : reader->Array("row")) {
    const bool pair = item.is_array() && item.size() == 2 && item[0].is_string();
    const std::optional<Cell> cell = pair ? AsCell(item[1]) : std::nullopt;
    if (!cell) return reader->Fail("row", "has an item that is not [column, cell]");
    event.row.emplace_back(item[0].get<std::string>(), *cell);
  }
}

EventBody MakeRow(RowGroup group) {
  RowEvent event;
  event.group = group;
  return event;
}

// An empty event of the type called `name`.
std::optional<EventBody> MakeBody(std::string_view name) {
  static const std::vector<EventBody> kKinds = {
      BeginEvent{},
      MetricEvent{},
      MakeRow(RowGroup::kSteps),
      MakeRow(RowGroup::kEvals),
      DigestEvent{},
      TableEvent{},
      SampleEvent{},
      RangeEvent{},
      SummaryEvent{},
      RankEvent{},
      NoteEvent{},
      EndEvent{},
  };
  for (const EventBody& kind : kKinds) {
    if (std::visit([](const auto& body) { return NameOf(body); }, kind) == name) return kind;
  }
  return std::nullopt;
}

// Builds the document, but ends the parse at a nesting or a count that no event has: the library
// recurses for every level, and throws at a count beyond the address space.
class LimitedDocument : public nlohmann::detail::json_sax_dom_parser<Json> {
 public:
  using Base = nlohmann::detail::json_sax_dom_parser<Json>;
  LimitedDocument(Json& document, size_t payload_bytes)
      : Base(document, /*allow_exceptions_=*/false), max_items_(payload_bytes) {}

  bool start_object(size_t num_items) { return Enter(num_items) && Base::start_object(num_items); }
  bool start_array(size_t num_items) { return Enter(num_items) && Base::start_array(num_items); }
  bool end_object() { return --depth_, Base::end_object(); }
  bool end_array() { return --depth_, Base::end_array(); }

 private:
  static constexpr int kMaxDepth = 16;
  static constexpr size_t kUnknown = ~size_t{0};

  bool Enter(size_t num_items) {
    return ++depth_ <= kMaxDepth && (num_items == kUnknown || num_items <= max_items_);
  }

  const size_t max_items_;
  int depth_ = 0;
};

// Null if it is not one whole CBOR item within the limits.
Json ParseCbor(std::string_view payload) {
  Json root;
  LimitedDocument document(root, payload.size());
  const bool whole = Json::sax_parse(payload, &document, Json::input_format_t::cbor);
  return whole ? root : Json();
}

}  // namespace

std::string EncodeEvent(const Event& event) {
  Json out = Json::object();
  out["attempt"] = event.attempt;
  std::visit(
      [&out](const auto& body) {
        out["event"] = NameOf(body);
        VisitEvent(body, FieldWriter(&out));
        EncodeList(body, &out);
      },
      event.body);
  std::string bytes;
  Json::to_cbor(out, nlohmann::detail::output_adapter<char>(bytes));
  return bytes;
}

absl::StatusOr<Event> DecodeEvent(std::string_view payload) {
  const Json object = ParseCbor(payload);
  if (!object.is_object()) return DataError("the payload is not a CBOR map");
  FieldReader reader(object);
  Event event;
  std::string name;
  reader("attempt", event.attempt);
  reader("event", name);
  BENCH_RETURN_IF_ERROR(reader.status());
  std::optional<EventBody> body = MakeBody(name);
  if (!body) return DataError(absl::StrCat("unknown event \"", EscapeForTerminal(name), "\""));
  event.body = *std::move(body);
  std::visit(
      [&reader](auto& fields) {
        VisitEvent(fields, reader);
        DecodeList(fields, &reader);
      },
      event.body);
  BENCH_RETURN_IF_ERROR(Annotate(reader.status(), name));
  return event;
}

}  // namespace bench::results
