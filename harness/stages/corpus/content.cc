#include "harness/stages/corpus/content.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <numeric>
#include <queue>
#include <system_error>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/file_kind.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/control/parallel.h"
#include "harness/corpus/digest.h"
#include "harness/data/source_content.h"

namespace bench::harness {
namespace {

namespace fs = std::filesystem;

constexpr size_t kDigestBytes = 32;
constexpr int64_t kOpenBytes =
    64 << 10;  // what opening a file takes, as if it were so much to read

struct Listing {
  std::string root;
  std::vector<std::string> names;  // in byte order
  std::vector<int64_t> sizes;
};

absl::StatusOr<Listing> ListingOf(const std::string& path) {
  BENCH_RETURN_IF_ERROR(CheckFileOrFolder(path));
  std::error_code error;
  Listing listing;
  if (fs::is_directory(path, error)) {
    listing.root = path;
    BENCH_ASSIGN_OR_RETURN(listing.names, RegularFiles(path));
  } else {
    listing.root = (fs::path(path).parent_path() / ".").string();
    listing.names = {fs::path(path).filename().string()};
  }
  for (const std::string& name : listing.names) {
    const auto size = fs::file_size(absl::StrCat(listing.root, "/", name), error);
    if (error) {
      return EnvironmentError(
          absl::StrCat("cannot read ", path, ": ", name, ": ", error.message()));
    }
    listing.sizes.push_back(static_cast<int64_t>(size));
  }
  return listing;
}

// Whether this rank sees what rank 0 sees.
absl::Status CheckSameListing(const std::string& path, const Listing& listing, Ranks& ranks) {
  std::string text;
  for (size_t i = 0; i < listing.names.size(); ++i) {
    absl::StrAppend(&text, listing.names[i], " ", listing.sizes[i], "\n");
  }
  const corpus::Digest128 digest = corpus::DigestOf(text);
  const std::vector<int64_t> own = {static_cast<int64_t>(digest.high),
                                    static_cast<int64_t>(digest.low)};
  const at::Tensor all = ranks.GatherRows(at::tensor(own, at::kLong).view({1, 2}));
  if (all[ranks.rank()].equal(all[0])) return absl::OkStatus();
  return UsageError(absl::StrCat("path: rank ", ranks.rank(), " sees other files in ", path,
                                 " than rank 0: give all the same files"));
}

// Row i: the SHA-256 of the i-th of `files`.
absl::StatusOr<at::Tensor> DigestsOf(const Listing& listing, const std::vector<size_t>& files,
                                     int64_t num_threads) {
  at::Tensor rows = at::zeros({std::ssize(files), static_cast<int64_t>(kDigestBytes)}, at::kByte);
  auto* bytes = rows.data_ptr<uint8_t>();
  BENCH_RETURN_IF_ERROR(
      ForEachInParallel(std::ssize(files), num_threads, [&](int64_t i) -> absl::Status {
        const std::string& name = listing.names[files[static_cast<size_t>(i)]];
        BENCH_ASSIGN_OR_RETURN(const std::string hex,
                               Sha256File(absl::StrCat(listing.root, "/", name)));
        const std::string digest = absl::HexStringToBytes(hex);
        std::copy(digest.begin(), digest.end(), bytes + i * static_cast<int64_t>(kDigestBytes));
        return absl::OkStatus();
      }));
  return rows;
}

std::string TreeDigest(const Listing& listing, const std::vector<std::vector<size_t>>& files,
                       const at::Tensor& rows) {
  std::vector<std::string> digests(listing.names.size());
  const auto* next = rows.data_ptr<uint8_t>();
  for (const std::vector<size_t>& of_rank : files) {
    for (const size_t file : of_rank) {
      digests[file] = absl::BytesToHexString(std::string(next, next + kDigestBytes));
      next += kDigestBytes;
    }
  }
  Sha256 sha;
  for (size_t i = 0; i < digests.size(); ++i) {
    sha.Update(absl::StrCat(listing.names[i], " ", digests[i], "\n"));
  }
  return sha.HexDigest();
}

}  // namespace

std::vector<std::vector<size_t>> FilesOfRanks(const std::vector<int64_t>& sizes,
                                              int64_t num_ranks) {
  std::vector<size_t> order(sizes.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return sizes[a] > sizes[b]; });
  using Load = std::pair<int64_t, size_t>;  // bytes, and whose
  std::priority_queue<Load, std::vector<Load>, std::greater<>> least;
  std::vector<std::vector<size_t>> files(static_cast<size_t>(num_ranks));
  for (size_t rank = 0; rank < files.size(); ++rank) least.emplace(0, rank);
  for (const size_t file : order) {
    const auto [bytes, rank] = least.top();
    least.pop();
    files[rank].push_back(file);
    least.emplace(bytes + sizes[file] + kOpenBytes, rank);
  }
  return files;
}

absl::StatusOr<std::string> UserTreeSha256(const std::string& path, int64_t num_threads,
                                           Ranks& ranks) {
  const absl::StatusOr<Listing> listing = ListingOf(path);
  BENCH_RETURN_IF_ERROR(ranks.Agree(listing.status()));
  BENCH_RETURN_IF_ERROR(ranks.Agree(CheckSameListing(path, *listing, ranks)));
  const auto files = FilesOfRanks(listing->sizes, ranks.size());
  std::vector<int64_t> counts;
  for (const auto& of_rank : files) counts.push_back(std::ssize(of_rank));
  const absl::StatusOr<at::Tensor> own =
      DigestsOf(*listing, files[static_cast<size_t>(ranks.rank())], num_threads);
  BENCH_RETURN_IF_ERROR(ranks.Agree(own.status()));
  const at::Tensor all = ranks.GatherToLeader(*own, counts);
  return ranks.leads() ? TreeDigest(*listing, files, all) : "";
}

}  // namespace bench::harness
