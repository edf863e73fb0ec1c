// What the program and the module libbench_parquet.so say to each other (parquet_rows.h). Both are
// of one build, so types of the standard library may pass between them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/data/row_shape.h"

namespace bench::harness {

inline constexpr char kParquetModule[] = "libbench_parquet.so";
inline constexpr char kReadParquet[] = "BenchReadParquet";

using ParquetCells = std::vector<std::optional<std::string>>;

struct ParquetRequest {
  std::string path;
  // Those whose cells are wanted; none: only what columns there are.
  std::vector<std::string> columns;
  // The cells of a row in the order of `columns`, null ones absent: texts as they are, lists as
  // JSON text. It returns whether to go on.
  std::function<bool(ParquetCells)> on_row;

  // Set by the module.
  std::vector<std::pair<std::string, FieldKind>> schema;
  int64_t num_rows = 0;
  std::string error;  // "": none
};

using ParquetReader = void (*)(ParquetRequest& request);

}  // namespace bench::harness
