#include "models/safetensors.h"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>

#include "base/file.h"
#include "tests/models/testing.h"

namespace bench::models {
namespace {

using testing::HasSubstr;

// Of this process: tests run beside each other.
std::string TempPath(const std::string& name) {
  return testing::TempDir() + "/" + std::to_string(::getpid()) + "_" + name;
}

// A file with the given header length field.
std::string Bytes(uint64_t header_bytes, const std::string& rest) {
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &header_bytes, 8);
  return bytes + rest;
}

absl::Status ReadBytes(const std::string& bytes) {
  const std::string path = TempPath("bad.safetensors");
  const absl::Status published = PublishFile(path, bytes);
  if (!published.ok()) return published;
  const absl::Status read = ReadSafetensors(path).status();
  EXPECT_EQ(MapSafetensors(path).status(), read);
  return read;
}

void ExpectDataError(const std::string& bytes, const std::string& message) {
  const absl::Status status = ReadBytes(bytes);
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(message));
  EXPECT_THAT(std::string(status.message()), HasSubstr("bad.safetensors"));
}

TEST(Safetensors, FilesOfThePythonLibraryRoundTripByteForByte) {
  for (const char* name : {"llama_gqa_untied", "llama_tied", "llama_mqa_long", "edge_cases"}) {
    const auto file = ReadSafetensors(GoldenPath(name));
    ASSERT_TRUE(file.ok()) << file.status();
    const std::string copy = TempPath("copy.safetensors");
    ASSERT_TRUE(WriteSafetensors(copy, file->tensors, file->metadata).ok());
    EXPECT_EQ(*ReadFile(copy), *ReadFile(GoldenPath(name)));
  }
}

TEST(Safetensors, EveryTypeScalarsAndEmptyTensorsRoundTrip) {
  std::vector<NamedTensor> tensors;
  for (const at::ScalarType type :
       {at::kBool, at::kByte, at::kChar, at::kFloat8_e4m3fn, at::kFloat8_e5m2, at::kShort,
        at::kUInt16, at::kHalf, at::kBFloat16, at::kInt, at::kUInt32, at::kFloat, at::kLong,
        at::kUInt64, at::kDouble}) {
    const auto tag = std::to_string(static_cast<int>(type));
    tensors.push_back({"matrix" + tag, at::arange(6, at::kFloat).view({2, 3}).to(type)});
    tensors.push_back({"scalar" + tag, at::ones({}, at::kFloat).to(type)});
    tensors.push_back({"empty" + tag, at::empty({2, 0, 3}, at::TensorOptions(type))});
  }
  const std::string path = TempPath("types.safetensors");
  ASSERT_TRUE(WriteSafetensors(path, tensors, {}).ok());
  EXPECT_EQ(SafetensorsBytes(SpecsOf(tensors)).value(), std::ssize(*ReadFile(path)));
  ASSERT_TRUE(WriteSafetensors(path, tensors, {{"note", "\u4e2d"}}).ok());
  for (const auto read : {ReadSafetensors, MapSafetensors}) {
    const auto file = read(path);
    ASSERT_TRUE(file.ok()) << file.status();
    EXPECT_EQ(file->metadata.at("note"), "\u4e2d");
    ASSERT_EQ(file->tensors.size(), tensors.size());
    for (size_t i = 0; i < tensors.size(); ++i) {
      const at::Tensor &a = tensors[i].tensor, &b = file->tensors[i].tensor;
      EXPECT_EQ(file->tensors[i].name, tensors[i].name);
      EXPECT_EQ(a.scalar_type(), b.scalar_type());
      EXPECT_EQ(a.sizes(), b.sizes());
      EXPECT_EQ(std::memcmp(a.const_data_ptr(), b.const_data_ptr(), a.nbytes()), 0);
      // What is smaller than its neighbours' alignment is copied to where it may be used.
      EXPECT_EQ(reinterpret_cast<uintptr_t>(b.const_data_ptr()) % b.element_size(), 0U);
    }
  }
}

TEST(Safetensors, MappedTensorsTakeNoMemoryAndOutliveTheFilesName) {
  const std::string path = TempPath("mapped.safetensors");
  const at::Tensor values = at::arange(1000, at::kFloat);
  ASSERT_TRUE(WriteSafetensors(path, {{"a", values}, {"b", values}}, {}).ok());
  at::Tensor a, b;
  {
    const auto file = MapSafetensors(path);
    ASSERT_TRUE(file.ok()) << file.status();
    a = file->tensors[0].tensor;
    b = file->tensors[1].tensor;
  }
  ASSERT_EQ(::unlink(path.c_str()), 0);
  // Side by side in the mapped pages, and of no allocator.
  EXPECT_EQ(
      static_cast<const char*>(b.const_data_ptr()) - static_cast<const char*>(a.const_data_ptr()),
      4000);
  EXPECT_TRUE(a.equal(values) && b.equal(values));
}

// Fault 10: edge_cases.safetensors is of the Python library (make_safetensors_edge_cases.py).
TEST(Safetensors, ScalarsAndZeroSizesOfThePythonLibraryAreRead) {
  const auto file = ReadSafetensors(GoldenPath("edge_cases"));
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->metadata.at("note"), "繁體");
  std::map<std::string, at::Tensor> tensors;
  for (const NamedTensor& t : file->tensors) tensors[t.name] = t.tensor;
  ASSERT_EQ(tensors.size(), 6U);
  EXPECT_TRUE(at::equal(tensors["matrix"], at::arange(6, at::kFloat).view({2, 3})));
  EXPECT_EQ(tensors["scalar"].dim(), 0);
  EXPECT_EQ(tensors["scalar"].item<double>(), 1.5);
  EXPECT_EQ(tensors["zero_rows"].sizes(), (at::IntArrayRef{0, 4}));
  EXPECT_EQ(tensors["zero_in_the_middle"].sizes(), (at::IntArrayRef{2, 0, 3}));
  EXPECT_EQ(tensors["bytes"].numel(), 5);
  EXPECT_TRUE(at::equal(tensors["名字"], at::arange(3).ne(1)));
}

TEST(Safetensors, TheEmptyFileIsThatOfThePythonLibrary) {
  const std::string path = TempPath("empty.safetensors");
  ASSERT_TRUE(WriteSafetensors(path, {}, {}).ok());
  EXPECT_EQ(*ReadFile(path), Bytes(8, "{}      "));  // safetensors.numpy.save({})
}

TEST(Safetensors, ViewsAreWrittenInCOrder) {
  const at::Tensor transposed = at::arange(6, at::kFloat).view({2, 3}).t();
  const std::string path = TempPath("view.safetensors");
  ASSERT_TRUE(WriteSafetensors(path, {{"t", transposed}}, {}).ok());
  EXPECT_TRUE(at::equal(ReadSafetensors(path)->tensors[0].tensor, transposed));
}

TEST(Safetensors, EmptyAndPaddedFilesAreAccepted) {
  EXPECT_TRUE(ReadBytes(Bytes(2, "{}")).ok());
  EXPECT_TRUE(ReadBytes(Bytes(8, "{}      ")).ok());
}

TEST(Safetensors, RefusesEveryLengthBelowAHeader) {
  for (size_t n = 0; n < 8; ++n) {
    ExpectDataError(std::string(n, '\0'), "a file of " + std::to_string(n) + " bytes");
  }
}

TEST(Safetensors, RefusesHeaderLengthsBeyondTheCapOrTheFile) {
  ExpectDataError(Bytes(~uint64_t{0}, "{}"), "exceeds 100000000");
  ExpectDataError(Bytes(100'000'001, "{}"), "exceeds 100000000");
  ExpectDataError(Bytes(99'999'999, "{}"), "in a file of 10 bytes");
  ExpectDataError(Bytes(3, "{}"), "in a file of 10 bytes");
}

TEST(Safetensors, RefusesMissingAndTrailingBytesNamingTheTensor) {
  const std::string header = R"({"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})";
  EXPECT_TRUE(ReadBytes(Bytes(header.size(), header + "abcd")).ok());
  ExpectDataError(Bytes(header.size(), header + "abc"), "tensor w");
  ExpectDataError(Bytes(header.size(), header + "abcde"), "after the last tensor, w");
}

// Fault 9: in a process that may map 16 MiB more, files that claim terabytes and headers of
// 100 MB are refused like any other.
TEST(Safetensors, RefusalsAllocateNothingThatTheFileDoesNotHold) {
  const auto with_shape = [](const std::string& shape, const std::string& end) {
    const std::string header =
        R"({"w":{"dtype":"F32","shape":)" + shape + R"(,"data_offsets":[0,)" + end + "]}}";
    return Bytes(header.size(), header + "abcd");
  };
  const std::string files[] = {Bytes(100'000'000, "{}"), Bytes(99'999'999, "{}"),
                               with_shape("[1099511627776]", "4398046511104"),
                               with_shape("[1099511627776]", "4"),
                               with_shape("[4611686018427387904,4]", "4")};
  for (const std::string& bytes : files) {
    const std::string path = TempPath("claims.safetensors");
    ASSERT_TRUE(PublishFile(path, bytes).ok());
    const pid_t child = ::fork();
    if (child == 0) {
      int64_t pages = 0;
      std::ifstream("/proc/self/statm") >> pages;
      const rlim_t limit = static_cast<rlim_t>(pages * ::sysconf(_SC_PAGESIZE)) + (16 << 20);
      const rlimit limits = {limit, limit};
      ::setrlimit(RLIMIT_AS, &limits);
      ::_exit(ReadSafetensors(path).status().code() == absl::StatusCode::kDataLoss ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0) << bytes.substr(8);
  }
}

TEST(Safetensors, EveryTruncationOfAFileIsRefused) {
  const std::string path = TempPath("whole.safetensors");
  ASSERT_TRUE(WriteSafetensors(path, {{"a", at::ones({3})}, {"b", at::ones({2})}}, {}).ok());
  const std::string whole = *ReadFile(path);
  for (size_t n = 0; n < whole.size(); ++n) {
    EXPECT_EQ(ReadBytes(whole.substr(0, n)).code(), absl::StatusCode::kDataLoss) << n;
  }
}

TEST(Safetensors, AbsentFilesAndFoldersAreReported) {
  EXPECT_EQ(ReadSafetensors(TempPath("absent")).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReadSafetensors(testing::TempDir()).status().code(), absl::StatusCode::kDataLoss);
}

TEST(Safetensors, WritingRefusesDuplicateAndReservedNames) {
  const std::string path = TempPath("never.safetensors");
  const at::Tensor t = at::ones({1});
  EXPECT_THAT(std::string(WriteSafetensors(path, {{"a", t}, {"a", t}}, {}).message()),
              HasSubstr("tensor a"));
  EXPECT_FALSE(WriteSafetensors(path, {{"__metadata__", t}}, {}).ok());
  EXPECT_FALSE(Exists(path));
}

// Fails the k-th write or fsync; everything else passes through.
class FailingDisk : public Syscalls {
 public:
  explicit FailingDisk(int fail_at) : left_(fail_at) {}
  ssize_t Write(int fd, const void* data, size_t size) override {
    if (Fails()) return -1;
    return Syscalls::Write(fd, data, size);
  }
  int Fsync(int fd) override { return Fails() ? -1 : Syscalls::Fsync(fd); }
  bool failed() const { return left_ < 0; }

 private:
  bool Fails() {
    errno = ENOSPC;
    return --left_ < 0;
  }
  int left_;
};

TEST(Safetensors, AFullDiskLeavesTheOldFile) {
  const std::string folder = TempPath("full_disk");
  ASSERT_TRUE(MakeFolders(folder).ok());
  const std::string path = folder + "/w.safetensors";
  ASSERT_TRUE(WriteSafetensors(path, {{"a", at::ones({3})}}, {}).ok());
  const std::string before = *ReadFile(path);
  for (int k = 0;; ++k) {
    FailingDisk disk(k);
    SetSyscallsForTest(&disk);
    const absl::Status status = WriteSafetensors(path, {{"a", at::zeros({3})}}, {});
    SetSyscallsForTest(nullptr);
    if (!disk.failed()) break;
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << k;
    // Old, or (when only the folder's fsync after the rename failed) new.
    const float value = ReadSafetensors(path)->tensors[0].tensor[0].item<float>();
    EXPECT_TRUE(value == 1.0F ? *ReadFile(path) == before : value == 0.0F) << k;
    EXPECT_EQ(*ListFolder(folder), std::vector<std::string>{"w.safetensors"});
    ASSERT_LT(k, 10);
  }
}

}  // namespace
}  // namespace bench::models
