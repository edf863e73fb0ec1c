#include "harness/data/json_shape.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/json.h"
#include "base/status.h"

namespace bench::harness {
namespace {

// A value that is nested deeper has no part in the shape; the limit bounds the stack of containers.
constexpr size_t kMaxDepth = kMaxJsonDepth + 4;

}  // namespace

absl::StatusOr<RowShape> JsonShapeEvents::Shape() const {
  if (is_array_) return RowShape{DataFormat::kJson, {JsonLayout::kArray}, top_};
  if (IsRecord(top_) || lists_.empty()) {
    return RowShape{DataFormat::kJson, {JsonLayout::kOneRecord}, top_};
  }
  if (lists_.size() == 1) {
    const auto& [member, fields] = *lists_.begin();
    return RowShape{DataFormat::kJson, {JsonLayout::kWrappedArray, member}, fields};
  }
  return DataError(absl::StrCat("an object with several lists of objects (",
                                absl::StrJoin(lists_, ", ",
                                              [](std::string* text, const auto& list) {
                                                absl::StrAppend(text, QuotedForMessage(list.first));
                                              }),
                                "): which of them holds the records cannot be told; keep one"));
}

bool JsonShapeEvents::Value(FieldKind kind) {
  if (open_.empty() || IsInArray()) return false;  // no record
  if (open_.back().fields != nullptr) (*open_.back().fields)[open_.back().key] = kind;
  return true;
}

bool JsonShapeEvents::key(string_t& value) {
  if (open_.size() == 1) begin_record_();
  open_.back().key = value;
  return true;
}

FieldKinds* JsonShapeEvents::FieldsOfObject() {
  if (open_.empty() || IsInArray()) return &top_;
  const bool in_member_list = open_.size() == 2 && !open_.back().is_object;
  if (!in_member_list) return nullptr;
  const auto [list, is_first] = lists_.try_emplace(open_.front().key);
  return is_first ? &list->second : nullptr;
}

bool JsonShapeEvents::Open(bool is_object) {
  if (open_.size() == kMaxDepth) return false;
  if (open_.size() == 2) begin_record_();
  if (open_.empty()) is_array_ = !is_object;
  if (IsInArray() && !is_object) return false;  // no record
  FieldKinds* const fields = is_object ? FieldsOfObject() : nullptr;
  if (!open_.empty()) Value(is_object ? FieldKind::kOther : FieldKind::kList);
  open_.push_back({is_object, "", fields});
  return true;
}

bool JsonShapeEvents::Close() {
  open_.pop_back();
  return !open_.empty() && !IsInArray();
}

}  // namespace bench::harness
