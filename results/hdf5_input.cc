#include "results/hdf5_input.h"

#include <hdf5_hl.h>

#include <algorithm>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "results/hdf5_layout.h"
#include "results/text.h"

namespace bench::results {
namespace {

absl::Status Bad(const std::string& object, std::string_view what) {
  return DataError(absl::StrCat(EscapeForTerminal(object), ": ", std::string(what)));
}

std::string NameOf(const Hdf5Id& object) {
  char name[256] = {};
  if (H5Iget_name(object.get(), name, sizeof(name)) <= 0) return "an object";
  return name;
}

absl::StatusOr<Hdf5Id> OpenHardLink(const Hdf5Id& parent, const std::string& link,
                                    H5I_type_t type) {
  const auto bad = [&](std::string_view what) {
    return Bad(absl::StrCat(NameOf(parent), "/", link), what);
  };
  H5L_info_t info;
  if (H5Lget_info(parent.get(), link.c_str(), &info, H5P_DEFAULT) < 0) {
    const bool there = H5Lexists(parent.get(), link.c_str(), H5P_DEFAULT) > 0;
    return bad(there ? "cannot be inspected" : "is missing");
  }
  if (info.type != H5L_TYPE_HARD) return bad("is a soft or external link");
  Hdf5Id object(H5Oopen(parent.get(), link.c_str(), H5P_DEFAULT));
  if (!object.valid()) return bad("cannot be opened");
  if (H5Iget_type(object.get()) != type) return bad("is not the kind of object expected");
  return object;
}

bool HasOnlyOurFilters(const Hdf5Id& properties) {
  const int num_filters = H5Pget_nfilters(properties.get());
  for (int i = 0; i < num_filters; ++i) {
    unsigned flags = 0;
    unsigned config = 0;
    size_t num_values = 0;
    const H5Z_filter_t filter = H5Pget_filter2(properties.get(), static_cast<unsigned>(i), &flags,
                                               &num_values, nullptr, 0, nullptr, &config);
    if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE &&
        filter != H5Z_FILTER_FLETCHER32) {
      return false;
    }
  }
  return num_filters >= 0;
}

absl::Status CheckStorage(const Hdf5Id& dataset) {
  const Hdf5Id properties(H5Dget_create_plist(dataset.get()));
  const H5D_layout_t layout = H5Pget_layout(properties.get());
  if (layout != H5D_COMPACT && layout != H5D_CONTIGUOUS && layout != H5D_CHUNKED) {
    return Bad(NameOf(dataset), "is stored in other files");
  }
  if (H5Pget_external_count(properties.get()) != 0) {
    return Bad(NameOf(dataset), "is stored in other files");
  }
  if (!HasOnlyOurFilters(properties)) return Bad(NameOf(dataset), "has an unknown filter");
  return absl::OkStatus();
}

// A value's place: attributes and datasets are read alike but for the call.
struct Source {
  Hdf5Id object;
  Hdf5Id type;
  Hdf5Id space;
  bool is_attribute;

  // For messages: asking the library for it takes longer than reading a value.
  std::string name() const {
    if (!is_attribute) return NameOf(object);
    char own[256] = {};
    H5Aget_name(object.get(), sizeof(own), own);
    return absl::StrCat(NameOf(object), "@", own);
  }

  herr_t Read(hid_t memory_type, void* out) const {
    return is_attribute ? H5Aread(object.get(), memory_type, out)
                        : H5Dread(object.get(), memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, out);
  }
};

// Rows of a one-dimensional space (`rank` 1) or 1 for a scalar one (`rank` 0).
absl::StatusOr<size_t> NumRows(const Source& source, int rank) {
  if (H5Sget_simple_extent_ndims(source.space.get()) != rank)
    return Bad(source.name(), "has the wrong rank");
  const hssize_t rows = H5Sget_simple_extent_npoints(source.space.get());
  if (rows < (rank == 0 ? 1 : 0) || rows > kMaxRows) {
    return Bad(source.name(),
               absl::StrCat("has ", rows, " rows; at most ", kMaxRows, " can be read"));
  }
  return static_cast<size_t>(rows);
}

absl::StatusOr<ColumnType> TypeOf(const Source& source) {
  const Hdf5Id& type = source.type;
  constexpr size_t kMaxNumberBytes = 8;
  switch (H5Tget_class(type.get())) {
    case H5T_INTEGER:
      if (H5Tget_size(type.get()) <= kMaxNumberBytes) return ColumnType::kIntegers;
      break;
    case H5T_FLOAT:
      if (H5Tget_size(type.get()) <= kMaxNumberBytes) return ColumnType::kNumbers;
      break;
    case H5T_STRING:
      return H5Tis_variable_str(type.get()) > 0 ? ColumnType::kText : ColumnType::kFixedText;
    default:
      break;
  }
  return Bad(source.name(), "has an unexpected type");
}

absl::StatusOr<Source> AttributeSource(const Hdf5Id& object, const std::string& name) {
  Hdf5Id attribute(H5Aopen(object.get(), name.c_str(), H5P_DEFAULT));
  if (!attribute.valid()) {
    return Bad(absl::StrCat(NameOf(object), "@", name),
               HasAttribute(object, name) ? "cannot be opened" : "is missing");
  }
  Source source{std::move(attribute), {}, {}, true};
  source.type = Hdf5Id(H5Aget_type(source.object.get()));
  source.space = Hdf5Id(H5Aget_space(source.object.get()));
  if (!source.type.valid() || !source.space.valid()) {
    return Bad(source.name(), "cannot be inspected");
  }
  return source;
}

absl::StatusOr<Source> DatasetSource(const Hdf5Id& dataset) {
  BENCH_RETURN_IF_ERROR(CheckStorage(dataset));
  Hdf5Id type(H5Dget_type(dataset.get()));
  Hdf5Id space(H5Dget_space(dataset.get()));
  if (!type.valid() || !space.valid()) return Bad(NameOf(dataset), "cannot be inspected");
  H5Iinc_ref(dataset.get());
  return Source{Hdf5Id(dataset.get()), std::move(type), std::move(space), false};
}

template <typename T>
absl::StatusOr<std::vector<T>> ReadNumeric(const Source& source, int rank, ColumnType expected,
                                           hid_t memory_type) {
  BENCH_ASSIGN_OR_RETURN(const ColumnType type, TypeOf(source));
  if (type != expected) return Bad(source.name(), "has an unexpected type");
  BENCH_ASSIGN_OR_RETURN(const size_t rows, NumRows(source, rank));
  std::vector<T> values(rows);
  if (rows > 0 && source.Read(memory_type, values.data()) < 0) {
    return Bad(source.name(), "cannot be read, or its checksum does not match");
  }
  return values;
}

absl::StatusOr<std::vector<std::string>> ReadVariableText(const Source& source, int rank) {
  BENCH_ASSIGN_OR_RETURN(const ColumnType type, TypeOf(source));
  if (type != ColumnType::kText) return Bad(source.name(), "is not text of variable length");
  BENCH_ASSIGN_OR_RETURN(const size_t rows, NumRows(source, rank));
  std::vector<char*> pointers(rows, nullptr);
  if (rows > 0 && source.Read(source.type.get(), pointers.data()) < 0) {
    return Bad(source.name(), "cannot be read, or its checksum does not match");
  }
  // What H5Dvlen_reclaim does with texts, after it has prepared for anything.
  absl::Cleanup reclaim = [&] {
    for (char* pointer : pointers) H5free_memory(pointer);
  };
  std::vector<std::string> values;
  values.reserve(rows);
  for (const char* pointer : pointers) {
    values.push_back(pointer == nullptr ? "" : ValidUtf8(pointer));
  }
  return values;
}

absl::StatusOr<bool> ReadBool(const Source& source) {
  if (H5Tget_size(source.type.get()) != 1) return Bad(source.name(), "is not true or false");
  BENCH_RETURN_IF_ERROR(NumRows(source, 0).status());
  int8_t value = 0;
  if (source.Read(source.type.get(), &value) < 0) return Bad(source.name(), "cannot be read");
  return value != 0;
}

// The first of one value.
template <typename T>
absl::StatusOr<T> Only(absl::StatusOr<std::vector<T>> values) {
  if (!values.ok()) return values.status();
  return std::move(values->front());
}

}  // namespace

absl::StatusOr<Hdf5Id> OpenMemoryFile(std::string_view bytes) {
  SilenceHdf5();
  H5PLset_loading_state(0);  // no code is loaded because a file asks for it
  if (bytes.empty()) return DataError("not an HDF5 file");
  // H5Pset_file_image would copy the bytes three times.
  Hdf5Id file(H5LTopen_file_image(const_cast<char*>(bytes.data()), bytes.size(),
                                  H5LT_FILE_IMAGE_DONT_COPY | H5LT_FILE_IMAGE_DONT_RELEASE));
  if (!file.valid()) return DataError("not an HDF5 file, or damaged");
  // The library notices only where it reads beyond the bytes.
  const std::optional<uint64_t> end = layout::EndOfFile(bytes);
  if (end && *end > bytes.size()) return DataError("truncated");
  return file;
}

absl::StatusOr<Hdf5Id> OpenGroup(const Hdf5Id& parent, const std::string& link) {
  return OpenHardLink(parent, link, H5I_GROUP);
}

absl::StatusOr<Hdf5Id> OpenDataset(const Hdf5Id& parent, const std::string& link) {
  return OpenHardLink(parent, link, H5I_DATASET);
}

namespace {

herr_t AddName(hid_t, const char* name, const H5L_info_t*, void* names) {
  static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> LinkNames(const Hdf5Id& group) {
  constexpr size_t kLongestName = 4095;
  H5G_info_t info;
  if (H5Gget_info(group.get(), &info) < 0) return Bad(NameOf(group), "cannot be inspected");
  if (info.nlinks > static_cast<hsize_t>(kMaxLinks))
    return Bad(NameOf(group), "has too many links");
  std::vector<std::string> names;
  if (H5Literate(group.get(), H5_INDEX_NAME, H5_ITER_INC, nullptr, AddName, &names) < 0) {
    return Bad(NameOf(group), "has links that cannot be listed");
  }
  for (const std::string& name : names) {
    if (name.empty() || name.size() > kLongestName) {
      return Bad(NameOf(group), "has a link without a usable name");
    }
  }
  return names;
}

absl::StatusOr<std::vector<std::string>> AttributeNames(const Hdf5Id& object) {
  H5O_info_t info;
  if (H5Oget_info2(object.get(), &info, H5O_INFO_NUM_ATTRS) < 0 ||
      info.num_attrs > static_cast<hsize_t>(kMaxLinks)) {
    return Bad(NameOf(object), "has attributes that cannot be listed");
  }
  std::vector<std::string> names;
  for (hsize_t i = 0; i < info.num_attrs; ++i) {
    char name[4096] = {};
    const ssize_t size = H5Aget_name_by_idx(object.get(), ".", H5_INDEX_NAME, H5_ITER_INC, i, name,
                                            sizeof(name), H5P_DEFAULT);
    if (size <= 0 || size >= static_cast<ssize_t>(sizeof(name))) {
      return Bad(NameOf(object), "has an attribute without a usable name");
    }
    names.emplace_back(name, static_cast<size_t>(size));
  }
  return names;
}

bool HasAttribute(const Hdf5Id& object, const std::string& name) {
  return H5Aexists(object.get(), name.c_str()) > 0;
}

absl::StatusOr<Attribute> ReadAttribute(const Hdf5Id& object, const std::string& name) {
  BENCH_ASSIGN_OR_RETURN(const Source source, AttributeSource(object, name));
  if (H5Tget_class(source.type.get()) == H5T_ENUM) return ReadBool(source);
  BENCH_ASSIGN_OR_RETURN(const ColumnType type, TypeOf(source));
  switch (type) {
    case ColumnType::kIntegers:
      return Only(ReadNumeric<int64_t>(source, 0, type, H5T_NATIVE_INT64));
    case ColumnType::kNumbers:
      return Only(ReadNumeric<double>(source, 0, type, H5T_NATIVE_DOUBLE));
    case ColumnType::kText:
      return Only(ReadVariableText(source, 0));
    case ColumnType::kFixedText:
      break;
  }
  return Bad(source.name(), "is not text of variable length");
}

absl::StatusOr<std::vector<int64_t>> ReadIntegersAttribute(const Hdf5Id& object,
                                                           const std::string& name) {
  BENCH_ASSIGN_OR_RETURN(const Source source, AttributeSource(object, name));
  return ReadNumeric<int64_t>(source, 1, ColumnType::kIntegers, H5T_NATIVE_INT64);
}

absl::StatusOr<std::vector<std::string>> ReadTextsAttribute(const Hdf5Id& object,
                                                            const std::string& name) {
  BENCH_ASSIGN_OR_RETURN(const Source source, AttributeSource(object, name));
  return ReadVariableText(source, 1);
}

absl::StatusOr<ColumnType> TypeOf(const Hdf5Id& dataset) {
  BENCH_ASSIGN_OR_RETURN(const Source source, DatasetSource(dataset));
  return TypeOf(source);
}

absl::StatusOr<std::vector<int64_t>> ReadIntegers(const Hdf5Id& dataset) {
  BENCH_ASSIGN_OR_RETURN(const Source source, DatasetSource(dataset));
  return ReadNumeric<int64_t>(source, 1, ColumnType::kIntegers, H5T_NATIVE_INT64);
}

absl::StatusOr<std::vector<double>> ReadNumbers(const Hdf5Id& dataset) {
  BENCH_ASSIGN_OR_RETURN(const Source source, DatasetSource(dataset));
  return ReadNumeric<double>(source, 1, ColumnType::kNumbers, H5T_NATIVE_DOUBLE);
}

absl::StatusOr<std::vector<std::string>> ReadTexts(const Hdf5Id& dataset) {
  BENCH_ASSIGN_OR_RETURN(const Source source, DatasetSource(dataset));
  return ReadVariableText(source, 1);
}

absl::StatusOr<std::vector<std::string>> ReadFixedTexts(const Hdf5Id& dataset, size_t size) {
  BENCH_ASSIGN_OR_RETURN(const Source source, DatasetSource(dataset));
  BENCH_ASSIGN_OR_RETURN(const ColumnType type, TypeOf(source));
  if (type != ColumnType::kFixedText || H5Tget_size(source.type.get()) != size) {
    return Bad(source.name(), absl::StrCat("is not text of ", size, " bytes a row"));
  }
  BENCH_ASSIGN_OR_RETURN(const size_t rows, NumRows(source, 1));
  std::string cells(rows * size, '\0');
  if (rows > 0 && source.Read(source.type.get(), cells.data()) < 0) {
    return Bad(source.name(), "cannot be read, or its checksum does not match");
  }
  std::vector<std::string> values;
  for (size_t i = 0; i < rows; ++i) values.push_back(ValidUtf8(cells.substr(i * size, size)));
  return values;
}

absl::StatusOr<double> ReadScalarNumber(const Hdf5Id& dataset) {
  BENCH_ASSIGN_OR_RETURN(const Source source, DatasetSource(dataset));
  return Only(ReadNumeric<double>(source, 0, ColumnType::kNumbers, H5T_NATIVE_DOUBLE));
}

absl::StatusOr<std::string> ReadScalarText(const Hdf5Id& dataset) {
  BENCH_ASSIGN_OR_RETURN(const Source source, DatasetSource(dataset));
  return Only(ReadVariableText(source, 0));
}

namespace {

struct ScaleSearch {
  std::string name;
  Hdf5Id found;
};

herr_t VisitScale(hid_t, unsigned, hid_t scale, void* data) {
  auto* search = static_cast<ScaleSearch*>(data);
  char name[64] = {};
  if (H5DSget_scale_name(scale, name, sizeof(name)) < 0 || search->name != name) return 0;
  H5Iinc_ref(scale);
  search->found = Hdf5Id(scale);
  return 1;
}

}  // namespace

absl::StatusOr<Hdf5Id> OpenScale(const Hdf5Id& dataset, const std::string& name) {
  ScaleSearch search{name, {}};
  if (H5DSiterate_scales(dataset.get(), 0, nullptr, VisitScale, &search) < 0 ||
      !search.found.valid()) {
    return Bad(NameOf(dataset), absl::StrCat("has no dimension scale \"", name, "\""));
  }
  return std::move(search.found);
}

}  // namespace bench::results
