// The module libbench_parquet.so (parquet_module.h): the only source that sees Arrow.
#include "harness/data/parquet_module.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <nlohmann/json.hpp>

#include "arrow/array.h"
#include "arrow/io/file.h"
#include "arrow/record_batch.h"
#include "arrow/scalar.h"
#include "arrow/type.h"
#include "parquet/arrow/reader.h"
#include "parquet/arrow/schema.h"
#include "parquet/file_reader.h"
#include "parquet/properties.h"

namespace bench::harness {
namespace {

using Json = nlohmann::json;

constexpr int64_t kBatchRows = 256;

bool IsText(const arrow::DataType& type) {
  return arrow::is_string(type.id()) || type.id() == arrow::Type::STRING_VIEW;
}

FieldKind KindOf(const arrow::DataType& type) {
  if (type.id() == arrow::Type::DICTIONARY) {
    return KindOf(*static_cast<const arrow::DictionaryType&>(type).value_type());
  }
  if (IsText(type)) return FieldKind::kText;
  return arrow::is_list_like(type.id()) ? FieldKind::kList : FieldKind::kOther;
}

Json ValueAt(const arrow::Array& array, int64_t row);

Json ListAt(const arrow::Array& values, int64_t begin, int64_t end) {
  Json list = Json::array();
  for (int64_t i = begin; i < end; ++i) list.push_back(ValueAt(values, i));
  return list;
}

template <typename ListArray>
Json ListIn(const arrow::Array& array, int64_t row) {
  const auto& lists = static_cast<const ListArray&>(array);
  const auto begin = static_cast<int64_t>(lists.value_offset(row));
  return ListAt(*lists.values(), begin, begin + lists.value_length(row));
}

Json ObjectAt(const arrow::StructArray& objects, int64_t row) {
  Json object = Json::object();
  for (int i = 0; i < objects.num_fields(); ++i) {
    object[objects.struct_type()->field(i)->name()] = ValueAt(*objects.field(i), row);
  }
  return object;
}

// A value of another type is given as its text: no field that is read has one.
Json ValueAt(const arrow::Array& array, int64_t row) {
  if (array.IsNull(row)) return nullptr;
  switch (array.type_id()) {
    case arrow::Type::STRING:
      return static_cast<const arrow::StringArray&>(array).GetString(row);
    case arrow::Type::LARGE_STRING:
      return static_cast<const arrow::LargeStringArray&>(array).GetString(row);
    case arrow::Type::STRING_VIEW:
      return std::string(static_cast<const arrow::StringViewArray&>(array).GetView(row));
    case arrow::Type::DICTIONARY: {
      const auto& coded = static_cast<const arrow::DictionaryArray&>(array);
      return ValueAt(*coded.dictionary(), coded.GetValueIndex(row));
    }
    case arrow::Type::LIST:
      return ListIn<arrow::ListArray>(array, row);
    case arrow::Type::LARGE_LIST:
      return ListIn<arrow::LargeListArray>(array, row);
    case arrow::Type::FIXED_SIZE_LIST:
      return ListIn<arrow::FixedSizeListArray>(array, row);
    case arrow::Type::STRUCT:
      return ObjectAt(static_cast<const arrow::StructArray&>(array), row);
    case arrow::Type::BOOL:
      return static_cast<const arrow::BooleanArray&>(array).Value(row);
    case arrow::Type::INT32:
      return static_cast<const arrow::Int32Array&>(array).Value(row);
    case arrow::Type::INT64:
      return static_cast<const arrow::Int64Array&>(array).Value(row);
    case arrow::Type::DOUBLE:
      return static_cast<const arrow::DoubleArray&>(array).Value(row);
    default:
      return array.GetScalar(row).ValueOrDie()->ToString();
  }
}

// What the reader of the rows refuses as invalid UTF-8, for a list that holds such.
constexpr char kInvalidText[] = "\xFF";

std::optional<std::string> CellAt(const arrow::Array& array, int64_t row) {
  const Json value = ValueAt(array, row);
  if (value.is_null()) return std::nullopt;
  if (value.is_string()) return value.get<std::string>();
  try {
    return value.dump();
  } catch (const Json::type_error&) {
    return kInvalidText;
  }
}

// The columns of a file that hold a field's values.
void AddLeaves(const parquet::arrow::SchemaField& field, std::vector<int>& leaves) {
  if (field.is_leaf()) leaves.push_back(field.column_index);
  for (const parquet::arrow::SchemaField& child : field.children) AddLeaves(child, leaves);
}

std::vector<int> LeavesOf(const parquet::arrow::SchemaManifest& manifest,
                          const std::vector<std::string>& columns) {
  std::vector<int> leaves;
  for (const parquet::arrow::SchemaField& field : manifest.schema_fields) {
    if (std::find(columns.begin(), columns.end(), field.field->name()) != columns.end()) {
      AddLeaves(field, leaves);
    }
  }
  return leaves;
}

arrow::Status VisitBatch(const arrow::RecordBatch& batch, const ParquetRequest& request,
                         bool& goes_on) {
  ARROW_RETURN_NOT_OK(batch.ValidateFull());
  std::vector<std::shared_ptr<arrow::Array>> arrays;
  for (const std::string& name : request.columns) arrays.push_back(batch.GetColumnByName(name));
  for (int64_t row = 0; row < batch.num_rows() && goes_on; ++row) {
    ParquetCells cells;
    for (const auto& array : arrays) {
      cells.push_back(array == nullptr ? std::nullopt : CellAt(*array, row));
    }
    goes_on = request.on_row(std::move(cells));
  }
  return arrow::Status::OK();
}

arrow::Status VisitRows(parquet::arrow::FileReader& reader, const ParquetRequest& request) {
  std::vector<int> groups;
  for (int i = 0; i < reader.num_row_groups(); ++i) groups.push_back(i);
  ARROW_ASSIGN_OR_RAISE(
      const auto batches,
      reader.GetRecordBatchReader(groups, LeavesOf(reader.manifest(), request.columns)));
  bool goes_on = true;
  while (goes_on) {
    std::shared_ptr<arrow::RecordBatch> batch;
    ARROW_RETURN_NOT_OK(batches->ReadNext(&batch));
    if (batch == nullptr) break;
    ARROW_RETURN_NOT_OK(VisitBatch(*batch, request, goes_on));
  }
  return arrow::Status::OK();
}

arrow::Status Read(ParquetRequest& request) {
  ARROW_ASSIGN_OR_RAISE(const auto file, arrow::io::ReadableFile::Open(request.path));
  parquet::ReaderProperties properties;
  properties.enable_buffered_stream();
  parquet::ArrowReaderProperties arrow_properties(/*use_threads=*/false);
  arrow_properties.set_batch_size(kBatchRows);
  arrow_properties.set_pre_buffer(false);
  parquet::arrow::FileReaderBuilder builder;
  ARROW_RETURN_NOT_OK(builder.Open(file, properties));
  builder.properties(arrow_properties);
  ARROW_ASSIGN_OR_RAISE(const auto reader, builder.Build());
  std::shared_ptr<arrow::Schema> schema;
  ARROW_RETURN_NOT_OK(reader->GetSchema(&schema));
  for (const auto& field : schema->fields()) {
    request.schema.emplace_back(field->name(), KindOf(*field->type()));
  }
  request.num_rows = reader->parquet_reader()->metadata()->num_rows();
  return request.columns.empty() ? arrow::Status::OK() : VisitRows(*reader, request);
}

}  // namespace
}  // namespace bench::harness

extern "C" void BenchReadParquet(bench::harness::ParquetRequest& request) {
  try {
    const arrow::Status status = bench::harness::Read(request);
    if (!status.ok()) request.error = status.message();
  } catch (const std::exception& error) {
    request.error = error.what();
  }
}
