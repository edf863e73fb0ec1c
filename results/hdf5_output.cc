#include "results/hdf5_output.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "results/hdf5_layout.h"
#include "results/text.h"

namespace bench::results {
namespace {

// Rows a chunk: 64 KiB of numbers, enough for deflate and little to read in vain.
constexpr hsize_t kChunkRows = 8192;
constexpr unsigned kDeflateLevel = 4;
constexpr size_t kMemoryIncrement = 1 << 20;

absl::Status Failed(const std::string& what) {
  return EnvironmentError(absl::StrCat("HDF5 cannot write ", EscapeForTerminal(what)));
}

absl::StatusOr<Hdf5Id> Checked(hid_t id, const std::string& what) {
  if (id < 0) return Failed(what);
  return Hdf5Id(id);
}

Hdf5Id TextType(size_t size) {
  Hdf5Id type(H5Tcopy(H5T_C_S1));
  H5Tset_size(type.get(), size);
  H5Tset_cset(type.get(), H5T_CSET_UTF8);
  if (size != H5T_VARIABLE) H5Tset_strpad(type.get(), H5T_STR_NULLPAD);
  return type;
}

// The enumeration that h5py reads as bool.
Hdf5Id BoolType() {
  Hdf5Id type(H5Tenum_create(H5T_STD_I8LE));
  const int8_t no = 0;
  const int8_t yes = 1;
  H5Tenum_insert(type.get(), "FALSE", &no);
  H5Tenum_insert(type.get(), "TRUE", &yes);
  return type;
}

Hdf5Id ScalarSpace() { return Hdf5Id(H5Screate(H5S_SCALAR)); }
Hdf5Id ColumnSpace(size_t rows) {
  const hsize_t size = rows;
  return Hdf5Id(H5Screate_simple(1, &size, nullptr));
}

// The core driver's memory, which it would free when the file is closed: then `data`, a void**,
// gets it instead. H5Fget_file_image of an open file does not do: in this library the superblock
// that it copies has a wrong checksum.
H5FD_file_image_callbacks_t ImageCallbacks(void** data) {
  H5FD_file_image_callbacks_t callbacks = {};
  callbacks.image_malloc = [](size_t size, H5FD_file_image_op_t, void*) {
    return std::malloc(size);
  };
  callbacks.image_memcpy = [](void* to, const void* from, size_t size, H5FD_file_image_op_t,
                              void*) { return std::memcpy(to, from, size); };
  callbacks.image_realloc = [](void* image, size_t size, H5FD_file_image_op_t, void*) {
    return std::realloc(image, size);
  };
  callbacks.image_free = [](void* image, H5FD_file_image_op_t op, void* out) -> herr_t {
    if (op == H5FD_FILE_IMAGE_OP_FILE_CLOSE) {
      *static_cast<void**>(out) = image;
    } else {
      std::free(image);
    }
    return 0;
  };
  callbacks.udata_copy = [](void* out) { return out; };
  callbacks.udata_free = [](void*) -> herr_t { return 0; };
  callbacks.udata = data;
  return callbacks;
}

struct RawAttribute {
  hid_t file_type;
  hid_t memory_type;
  const void* data;
};

absl::Status WriteRaw(const Hdf5Id& object, const std::string& name, const Hdf5Id& space,
                      const RawAttribute& raw) {
  Hdf5Id properties(H5Pcreate(H5P_ATTRIBUTE_CREATE));
  H5Pset_char_encoding(properties.get(), H5T_CSET_UTF8);
  BENCH_ASSIGN_OR_RETURN(const Hdf5Id attribute,
                         Checked(H5Acreate2(object.get(), ValidUtf8(name).c_str(), raw.file_type,
                                            space.get(), properties.get(), H5P_DEFAULT),
                                 name));
  if (H5Awrite(attribute.get(), raw.memory_type, raw.data) < 0) return Failed(name);
  return absl::OkStatus();
}

struct AttributeWriter {
  const Hdf5Id& object;
  const std::string& name;

  absl::Status operator()(const std::string& value) const {
    const Hdf5Id type = TextType(H5T_VARIABLE);
    const std::string text = ValidUtf8(value);
    const char* data = text.c_str();
    return WriteRaw(object, name, ScalarSpace(), {type.get(), type.get(), &data});
  }
  absl::Status operator()(int64_t value) const {
    return WriteRaw(object, name, ScalarSpace(), {H5T_STD_I64LE, H5T_NATIVE_INT64, &value});
  }
  absl::Status operator()(double value) const {
    return WriteRaw(object, name, ScalarSpace(), {H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &value});
  }
  absl::Status operator()(bool value) const {
    const Hdf5Id type = BoolType();
    const int8_t data = value ? 1 : 0;
    return WriteRaw(object, name, ScalarSpace(), {type.get(), type.get(), &data});
  }
};

// Properties of a new object. Object times are left out, so that equal records give equal bytes.
// Attributes stay in the object's header: a heap and an index of its own for each object with more
// than eight takes a reader twice as long.
Hdf5Id ObjectProperties(hid_t property_class) {
  constexpr unsigned kMaxInHeader = 64;
  Hdf5Id properties(H5Pcreate(property_class));
  H5Pset_obj_track_times(properties.get(), false);
  H5Pset_attr_phase_change(properties.get(), kMaxInHeader, kMaxInHeader / 2);
  return properties;
}

Hdf5Id DatasetProperties() { return ObjectProperties(H5P_DATASET_CREATE); }

Hdf5Id ColumnProperties(size_t rows) {
  Hdf5Id properties = DatasetProperties();
  const hsize_t chunk = std::clamp<hsize_t>(rows, 1, kChunkRows);
  H5Pset_chunk(properties.get(), 1, &chunk);
  H5Pset_shuffle(properties.get());
  H5Pset_deflate(properties.get(), kDeflateLevel);
  H5Pset_fletcher32(properties.get());
  return properties;
}

Hdf5Id LinkProperties() {
  Hdf5Id properties(H5Pcreate(H5P_LINK_CREATE));
  H5Pset_char_encoding(properties.get(), H5T_CSET_UTF8);
  return properties;
}

struct RawDataset {
  hid_t file_type;
  hid_t memory_type;
  const void* data;
  const Hdf5Id& space;
  const Hdf5Id& properties;
};

absl::StatusOr<Hdf5Id> WriteRaw(const Hdf5Id& group, const std::string& link,
                                const RawDataset& raw) {
  BENCH_ASSIGN_OR_RETURN(
      Hdf5Id dataset, Checked(H5Dcreate2(group.get(), link.c_str(), raw.file_type, raw.space.get(),
                                         LinkProperties().get(), raw.properties.get(), H5P_DEFAULT),
                              link));
  if (H5Dwrite(dataset.get(), raw.memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, raw.data) < 0) {
    return Failed(link);
  }
  return dataset;
}

std::vector<std::string> AllValidUtf8(const std::vector<std::string>& values) {
  std::vector<std::string> valid;
  valid.reserve(values.size());
  for (const std::string& value : values) valid.push_back(ValidUtf8(value));
  return valid;
}

std::vector<const char*> Pointers(const std::vector<std::string>& values) {
  std::vector<const char*> pointers;
  pointers.reserve(values.size());
  for (const std::string& value : values) pointers.push_back(value.c_str());
  return pointers;
}

}  // namespace

absl::StatusOr<MemoryFile> MemoryFile::Create() {
  SilenceHdf5();
  MemoryFile file;
  file.image_ = std::make_unique<void*>(nullptr);
  const Hdf5Id access(H5Pcreate(H5P_FILE_ACCESS));
  H5Pset_fapl_core(access.get(), kMemoryIncrement, /*backing_store=*/false);
  H5FD_file_image_callbacks_t callbacks = ImageCallbacks(file.image_.get());
  H5Pset_file_image_callbacks(access.get(), &callbacks);
  H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG);
  // The 1.10 format has checksums in its object headers and chunk indexes.
  H5Pset_libver_bounds(access.get(), H5F_LIBVER_V110, H5F_LIBVER_V110);
  const Hdf5Id creation = ObjectProperties(H5P_FILE_CREATE);
  file.root_ = Hdf5Id(
      H5Fcreate(UniqueMemoryFileName().c_str(), H5F_ACC_TRUNC, creation.get(), access.get()));
  if (!file.root_.valid()) return Failed("a file in memory");
  return file;
}

MemoryFile& MemoryFile::operator=(MemoryFile&& other) noexcept {
  std::swap(image_, other.image_);
  std::swap(root_, other.root_);
  return *this;
}

MemoryFile::~MemoryFile() {
  root_ = Hdf5Id();  // closing hands the image over
  if (image_ != nullptr) std::free(*image_);
}

absl::StatusOr<std::string> MemoryFile::Close() && {
  if (H5Fflush(root_.get(), H5F_SCOPE_GLOBAL) < 0) return Failed("the file");
  const ssize_t size = H5Fget_file_image(root_.get(), nullptr, 0);
  if (!root_.Close() || *image_ == nullptr || size <= 0) return Failed("the file");
  // Closing has given back space that was reserved at the end.
  const std::string_view image(static_cast<const char*>(*image_), static_cast<size_t>(size));
  const std::optional<uint64_t> end = layout::EndOfFile(image);
  if (!end || *end > image.size()) return Failed("the file");
  return std::string(image.substr(0, *end));
}

absl::StatusOr<Hdf5Id> CreateGroup(const Hdf5Id& parent, const std::string& link) {
  const Hdf5Id properties = ObjectProperties(H5P_GROUP_CREATE);
  return Checked(
      H5Gcreate2(parent.get(), link.c_str(), LinkProperties().get(), properties.get(), H5P_DEFAULT),
      link);
}

absl::Status WriteAttribute(const Hdf5Id& object, const std::string& name, const Attribute& value) {
  return std::visit(AttributeWriter{object, name}, value);
}

absl::Status WriteAttribute(const Hdf5Id& object, const std::string& name,
                            const std::vector<int64_t>& values) {
  return WriteRaw(object, name, ColumnSpace(values.size()),
                  {H5T_STD_I64LE, H5T_NATIVE_INT64, values.data()});
}

absl::Status WriteAttribute(const Hdf5Id& object, const std::string& name,
                            const std::vector<std::string>& values) {
  const Hdf5Id type = TextType(H5T_VARIABLE);
  const std::vector<std::string> valid = AllValidUtf8(values);
  const std::vector<const char*> pointers = Pointers(valid);
  return WriteRaw(object, name, ColumnSpace(values.size()),
                  {type.get(), type.get(), pointers.data()});
}

absl::StatusOr<Hdf5Id> WriteColumn(const Hdf5Id& group, const std::string& link,
                                   const std::vector<int64_t>& values) {
  return WriteRaw(group, link,
                  {H5T_STD_I64LE, H5T_NATIVE_INT64, values.data(), ColumnSpace(values.size()),
                   ColumnProperties(values.size())});
}

absl::StatusOr<Hdf5Id> WriteColumn(const Hdf5Id& group, const std::string& link,
                                   const std::vector<double>& values) {
  BENCH_ASSIGN_OR_RETURN(Hdf5Id dataset,
                         WriteRaw(group, link,
                                  {H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, values.data(),
                                   ColumnSpace(values.size()), ColumnProperties(values.size())}));
  const int64_t non_finite = std::count_if(values.begin(), values.end(),
                                           [](double value) { return !std::isfinite(value); });
  if (non_finite > 0) {
    BENCH_RETURN_IF_ERROR(WriteAttribute(dataset, "non_finite", Attribute(non_finite)));
  }
  return dataset;
}

absl::StatusOr<Hdf5Id> WriteColumn(const Hdf5Id& group, const std::string& link,
                                   const std::vector<std::string>& values) {
  const Hdf5Id type = TextType(H5T_VARIABLE);
  const std::vector<std::string> valid = AllValidUtf8(values);
  const std::vector<const char*> pointers = Pointers(valid);
  // HDF5 has no checksum for text of variable length; the side record's SHA-256 covers it.
  return WriteRaw(
      group, link,
      {type.get(), type.get(), pointers.data(), ColumnSpace(values.size()), DatasetProperties()});
}

absl::StatusOr<Hdf5Id> WriteFixedColumn(const Hdf5Id& group, const std::string& link,
                                        const std::vector<std::string>& values, size_t size) {
  const Hdf5Id type = TextType(size);
  std::string cells;
  for (std::string value : values) {
    value.resize(size);
    cells += value;
  }
  return WriteRaw(group, link,
                  {type.get(), type.get(), cells.data(), ColumnSpace(values.size()),
                   ColumnProperties(values.size())});
}

absl::StatusOr<Hdf5Id> WriteScalar(const Hdf5Id& group, const std::string& link, double value) {
  const Hdf5Id properties = DatasetProperties();
  H5Pset_layout(properties.get(), H5D_COMPACT);
  BENCH_ASSIGN_OR_RETURN(Hdf5Id dataset, WriteRaw(group, link,
                                                  {H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &value,
                                                   ScalarSpace(), properties}));
  if (!std::isfinite(value)) {
    BENCH_RETURN_IF_ERROR(WriteAttribute(dataset, "non_finite", Attribute(int64_t{1})));
  }
  return dataset;
}

absl::Status WriteScalarText(const Hdf5Id& group, const std::string& link,
                             const std::string& text) {
  const Hdf5Id type = TextType(H5T_VARIABLE);
  const std::string valid = ValidUtf8(text);
  const char* data = valid.c_str();
  return WriteRaw(group, link, {type.get(), type.get(), &data, ScalarSpace(), DatasetProperties()})
      .status();
}

}  // namespace bench::results
