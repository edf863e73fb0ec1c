#include "models/safetensors.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <optional>
#include <set>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "base/file.h"
#include "base/mapped_file.h"
#include "base/status.h"
#include "models/safetensors_header.h"

namespace bench::models {
namespace {

static_assert(std::endian::native == std::endian::little, "tensors are copied as they lie");

using TypePair = std::pair<std::string_view, at::ScalarType>;
constexpr std::array<TypePair, 15> kTypes = {{{"BOOL", at::kBool},
                                              {"U8", at::kByte},
                                              {"I8", at::kChar},
                                              {"F8_E4M3", at::kFloat8_e4m3fn},
                                              {"F8_E5M2", at::kFloat8_e5m2},
                                              {"I16", at::kShort},
                                              {"U16", at::kUInt16},
                                              {"F16", at::kHalf},
                                              {"BF16", at::kBFloat16},
                                              {"I32", at::kInt},
                                              {"U32", at::kUInt32},
                                              {"F32", at::kFloat},
                                              {"I64", at::kLong},
                                              {"U64", at::kUInt64},
                                              {"F64", at::kDouble}}};

std::optional<at::ScalarType> TypeOf(std::string_view name) {
  for (const auto& [known, type] : kTypes) {
    if (known == name) return type;
  }
  return std::nullopt;
}

std::optional<std::string_view> NameOf(at::ScalarType type) {
  for (const auto& [name, known] : kTypes) {
    if (known == type) return name;
  }
  return std::nullopt;
}

// A file opened for reading at given positions; the size is that at opening.
class InputFile {
 public:
  static absl::StatusOr<InputFile> Open(const std::string& path) {
    InputFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat info {};
    if (file.fd_ == -1 || ::fstat(file.fd_, &info) == -1) {
      return EnvironmentError(absl::StrCat("cannot open: ", std::strerror(errno)));
    }
    if (!S_ISREG(info.st_mode)) return DataError("not a file");
    file.size_ = static_cast<uint64_t>(info.st_size);
    return file;
  }
  InputFile(InputFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)), size_(other.size_) {}
  InputFile& operator=(InputFile&&) = delete;
  ~InputFile() {
    if (fd_ != -1) ::close(fd_);
  }

  uint64_t size() const { return size_; }

  absl::Status Read(uint64_t position, void* target, uint64_t bytes) const {
    auto* out = static_cast<char*>(target);
    while (bytes > 0) {
      const ssize_t n = ::pread(fd_, out, bytes, static_cast<off_t>(position));
      if (n == -1 && errno == EINTR) continue;
      if (n == -1) return EnvironmentError(absl::StrCat("cannot read: ", std::strerror(errno)));
      if (n == 0) return DataError("the file became shorter while it was read");
      out += n;
      position += static_cast<uint64_t>(n);
      bytes -= static_cast<uint64_t>(n);
    }
    return absl::OkStatus();
  }

 private:
  explicit InputFile(int fd) : fd_(fd) {}
  int fd_;
  uint64_t size_ = 0;
};

absl::StatusOr<uint64_t> HeaderBytes(const InputFile& file) {
  if (file.size() < 8) {
    return DataError(absl::StrCat("a file of ", file.size(), " bytes has no header length"));
  }
  uint64_t bytes = 0;
  BENCH_RETURN_IF_ERROR(file.Read(0, &bytes, sizeof(bytes)));
  if (bytes > kMaxHeaderBytes) {
    return DataError(absl::StrCat("a header of ", bytes, " bytes exceeds ", kMaxHeaderBytes));
  }
  if (bytes > file.size() - 8) {
    return DataError(
        absl::StrCat("a header of ", bytes, " bytes in a file of ", file.size(), " bytes"));
  }
  return bytes;
}

struct Layout {
  SafetensorsHeader header;
  uint64_t buffer_start = 0;
};

absl::StatusOr<Layout> ReadLayout(const InputFile& file) {
  BENCH_ASSIGN_OR_RETURN(const uint64_t header_bytes, HeaderBytes(file));
  std::string json(header_bytes, '\0');
  BENCH_RETURN_IF_ERROR(file.Read(8, json.data(), header_bytes));
  Layout layout;
  layout.buffer_start = 8 + header_bytes;
  BENCH_ASSIGN_OR_RETURN(layout.header, ParseHeader(json, file.size() - layout.buffer_start));
  return layout;
}

absl::StatusOr<SafetensorsFile> ReadAll(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(path));
  BENCH_ASSIGN_OR_RETURN(Layout layout, ReadLayout(file));
  SafetensorsFile result{{}, std::move(layout.header.metadata)};
  for (const TensorEntry& entry : layout.header.entries) {
    const at::Tensor tensor = at::empty(entry.shape, at::TensorOptions(*TypeOf(entry.dtype)));
    BENCH_RETURN_IF_ERROR(Annotate(file.Read(layout.buffer_start + entry.begin,
                                             tensor.mutable_data_ptr(), entry.end - entry.begin),
                                   "tensor " + entry.name));
    result.tensors.push_back({entry.name, tensor});
  }
  return result;
}

// A view of the mapped file, which lives as long as the view; a copy where the file has no room for
// its alignment.
at::Tensor ViewOf(const std::shared_ptr<const MappedFile>& mapped, const TensorEntry& entry,
                  uint64_t buffer_start) {
  const auto options = at::TensorOptions(*TypeOf(entry.dtype));
  if (entry.begin == entry.end) return at::empty(entry.shape, options);
  const char* data = mapped->bytes().data() + buffer_start + entry.begin;
  if (reinterpret_cast<uintptr_t>(data) % options.dtype().itemsize() != 0) {
    at::Tensor copy = at::empty(entry.shape, options);
    std::memcpy(copy.mutable_data_ptr(), data, entry.end - entry.begin);
    return copy;
  }
  return at::from_blob(
      const_cast<char*>(data), entry.shape, [mapped](void*) {}, options);
}

absl::StatusOr<SafetensorsFile> MapAll(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(path));
  BENCH_ASSIGN_OR_RETURN(Layout layout, ReadLayout(file));
  BENCH_ASSIGN_OR_RETURN(MappedFile opened, MappedFile::Open(path));
  const auto mapped = std::make_shared<const MappedFile>(std::move(opened));
  if (mapped->bytes().size() != file.size()) return DataError("the file changed while it was read");
  SafetensorsFile result{{}, std::move(layout.header.metadata)};
  for (const TensorEntry& entry : layout.header.entries) {
    result.tensors.push_back({entry.name, ViewOf(mapped, entry, layout.buffer_start)});
  }
  return result;
}

absl::StatusOr<SafetensorsHeader> MakeHeader(const std::vector<TensorSpec>& tensors,
                                             const SafetensorsMetadata& metadata) {
  SafetensorsHeader header{{}, metadata};
  std::set<std::string_view> names;
  uint64_t position = 0;
  for (const TensorSpec& t : tensors) {
    const std::optional<std::string_view> dtype = NameOf(t.type);
    if (!dtype.has_value()) return DataError("tensor " + t.name + ": its type cannot be stored");
    if (t.name == "__metadata__" || !names.insert(t.name).second) {
      return DataError("tensor " + t.name + ": the name is reserved or used twice");
    }
    const auto bytes =
        static_cast<uint64_t>(c10::multiply_integers(t.shape)) * c10::elementSize(t.type);
    header.entries.push_back({t.name, std::string(*dtype), t.shape, position, position + bytes});
    position += bytes;
  }
  return header;
}

}  // namespace

absl::StatusOr<SafetensorsFile> ReadSafetensors(const std::string& path) {
  absl::StatusOr<SafetensorsFile> file = ReadAll(path);
  if (!file.ok()) return Annotate(file.status(), path);
  return file;
}

absl::StatusOr<SafetensorsFile> MapSafetensors(const std::string& path) {
  absl::StatusOr<SafetensorsFile> file = MapAll(path);
  if (!file.ok()) return Annotate(file.status(), path);
  return file;
}

absl::StatusOr<int64_t> SafetensorsBytes(const std::vector<TensorSpec>& tensors) {
  BENCH_ASSIGN_OR_RETURN(const SafetensorsHeader header, MakeHeader(tensors, /*metadata=*/{}));
  const uint64_t buffer_bytes = header.entries.empty() ? 0 : header.entries.back().end;
  return static_cast<int64_t>(sizeof(uint64_t) + FormatHeader(header).size() + buffer_bytes);
}

struct SafetensorsWriter::State {
  std::string path, temporary;
  std::vector<TensorSpec> tensors;
  AppendFile file;
  size_t num_appended = 0;
};

SafetensorsWriter::SafetensorsWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
SafetensorsWriter::SafetensorsWriter(SafetensorsWriter&&) noexcept = default;

SafetensorsWriter::~SafetensorsWriter() {
  if (state_ != nullptr) ::unlink(state_->temporary.c_str());  // gone once it is published
}

absl::StatusOr<SafetensorsWriter> SafetensorsWriter::Create(const std::string& path,
                                                            const std::vector<TensorSpec>& tensors,
                                                            const SafetensorsMetadata& metadata) {
  absl::StatusOr<SafetensorsHeader> header = MakeHeader(tensors, metadata);
  if (!header.ok()) return Annotate(header.status(), path);
  const std::string temporary = absl::StrCat(path, ".tmp.", ::getpid());
  BENCH_ASSIGN_OR_RETURN(AppendFile file, AppendFile::Open(temporary));
  SafetensorsWriter writer(
      std::make_unique<State>(State{path, temporary, tensors, std::move(file)}));
  AppendFile& to = writer.state_->file;
  const std::string json = FormatHeader(*header);
  const auto size = static_cast<uint64_t>(json.size());
  BENCH_RETURN_IF_ERROR(to.Truncate(0));  // left by a process that was killed
  BENCH_RETURN_IF_ERROR(to.Append({reinterpret_cast<const char*>(&size), sizeof(size)}));
  BENCH_RETURN_IF_ERROR(to.Append(json));
  return writer;
}

absl::Status SafetensorsWriter::Append(const NamedTensor& tensor) {
  TORCH_CHECK(state_->num_appended < state_->tensors.size(), "no tensor follows the last");
  const TensorSpec& expected = state_->tensors[state_->num_appended++];
  TORCH_CHECK(tensor.name == expected.name && tensor.tensor.scalar_type() == expected.type &&
                  tensor.tensor.sizes() == at::IntArrayRef(expected.shape),
              "tensor ", tensor.name, " came where ", expected.name, " was announced");
  const at::Tensor bytes = tensor.tensor.detach().to(at::kCPU).contiguous();
  return state_->file.Append({static_cast<const char*>(bytes.const_data_ptr()), bytes.nbytes()});
}

absl::Status SafetensorsWriter::Publish() {
  TORCH_CHECK(state_->num_appended == state_->tensors.size(), "tensors are missing");
  return PublishExisting(state_->temporary, state_->path);
}

absl::Status WriteSafetensors(const std::string& path, const std::vector<NamedTensor>& tensors,
                              const SafetensorsMetadata& metadata) {
  BENCH_ASSIGN_OR_RETURN(SafetensorsWriter writer,
                         SafetensorsWriter::Create(path, SpecsOf(tensors), metadata));
  for (const NamedTensor& tensor : tensors) BENCH_RETURN_IF_ERROR(writer.Append(tensor));
  return writer.Publish();
}

std::vector<TensorSpec> SpecsOf(const std::vector<NamedTensor>& tensors) {
  std::vector<TensorSpec> specs;
  for (const auto& [name, tensor] : tensors) {
    specs.push_back({name, tensor.scalar_type(), tensor.sizes().vec()});
  }
  return specs;
}

}  // namespace bench::models
