#include "harness/data/compression.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/data/byte_stream.h"

namespace bench::harness {
namespace {

struct Magic {
  std::string_view bytes;
  Compression compression;
};
// Behind it a digit, and then the first block.
constexpr std::string_view kBzip2 = "BZh";
constexpr std::array<Magic, 5> kMagics = {{{"\x1F\x8B", {"gzip", "gzip -dk"}},
                                           {"\x28\xB5\x2F\xFD", {"Zstandard", "zstd -dk"}},
                                           {{"\xFD\x37zXZ\0", 6}, {"xz", "xz -dk"}},
                                           {kBzip2, {"bzip2", "bzip2 -dk"}},
                                           {"PK\x03\x04", {"ZIP (as .xlsx is)", "unzip"}}}};
constexpr size_t kHeadBytes = 10;
constexpr std::string_view kBzip2Block = "\x31\x41\x59\x26\x53\x59";

bool IsOf(std::string_view head, const Magic& magic) {
  if (!head.starts_with(magic.bytes)) return false;
  // Three letters and a digit may begin a text.
  return magic.bytes != kBzip2 || head.substr(kBzip2.size()).ends_with(kBzip2Block);
}

}  // namespace

absl::StatusOr<std::string> FirstBytes(const std::string& path, size_t count) {
  BENCH_ASSIGN_OR_RETURN(ByteStream stream, ByteStream::Open(path, static_cast<int64_t>(count)));
  std::string head;
  for (auto c = stream.PeekAny(); c && head.size() < count; c = stream.PeekAny()) {
    head.push_back(*c);
    stream.Skip();
  }
  return head;
}

absl::StatusOr<std::optional<Compression>> CompressionOf(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(const std::string head, FirstBytes(path, kHeadBytes));
  for (const Magic& magic : kMagics) {
    if (IsOf(head, magic)) return std::optional(magic.compression);
  }
  return std::optional<Compression>();
}

absl::Status CheckNotCompressed(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(const std::optional<Compression> found, CompressionOf(path));
  if (!found) return absl::OkStatus();
  return DataError(absl::StrCat(path, ": compressed by ", internal::View(found->name),
                                ", but rows are read from plain files: unpack it first, as by ",
                                internal::View(found->undone_by)));
}

}  // namespace bench::harness
