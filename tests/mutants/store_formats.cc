#include <filesystem>

#include "base/file.h"
#include "base/json.h"
#include "base/sha256.h"
#include "harness/store/store.h"
#include "harness/training/checkpoint.h"
#include "tests/mutants/format.h"
#include "tests/support/temp_folder.h"

namespace bench::mutants {
namespace {

using namespace bench::harness;  // NOLINT: a table of this library's readers

constexpr char kOlder[] = "/checkpoints/step-000000001";
constexpr char kNewer[] = "/checkpoints/step-000000002";

void SaveTwo(const std::string& folder) {
  for (const int64_t step : {1, 2}) {
    Checkpoint checkpoint;
    checkpoint.step = step;
    checkpoint.task_state = {{"stage", {{"cursors", {1, 2, 3}}}}, {"statistics", 0.5}};
    checkpoint.tensors = {{"model/w", at::full({2, 3}, static_cast<double>(step))},
                          {"optimizer/exp_avg/w", at::zeros({2, 3})}};
    SaveCheckpoint(folder, checkpoint).IgnoreError();
  }
}

Corpus FileOfCheckpoint(const std::string& name, std::vector<std::string> words) {
  TempFolder folder;
  SaveTwo(folder.path());
  return {{ReadFile(folder.path() + kNewer + name).value()}, std::move(words)};
}

// Loading never fails: what is damaged is passed over for the one before, and said.
absl::Status LoadNewest(const std::string& folder) {
  const absl::StatusOr<LoadedCheckpoint> loaded = LoadLatestCheckpoint(folder);
  if (!loaded.ok()) return EnvironmentError(absl::StrCat("it failed: ", loaded.status().message()));
  if (!loaded->checkpoint) return EnvironmentError("the older checkpoint was not used");
  if (loaded->passed_over.empty()) return absl::OkStatus();
  if (loaded->checkpoint->step != 1) return EnvironmentError("another checkpoint was used");
  return DataError(loaded->passed_over.front());
}

absl::Status ReadCheckpointFile(const std::string& name, const std::string& bytes,
                                const std::string& folder) {
  if (!Exists(folder + kOlder)) SaveTwo(folder);
  WriteFile(folder + kNewer + name, bytes);
  return LoadNewest(folder);
}

// Nothing may be read that was not written: at most white space of the text was touched.
bool IsTheSecond(const Checkpoint& checkpoint) {
  return checkpoint.step == 2 && checkpoint.task_state["statistics"] == 0.5 &&
         checkpoint.tensors.size() == 2 &&
         checkpoint.tensors[0].tensor.equal(at::full({2, 3}, 2.0));
}

absl::Status ReadDamaged(const std::string& name, const std::string& bytes,
                         const std::string& folder) {
  BENCH_RETURN_IF_ERROR(ReadCheckpointFile(name, bytes, folder));
  if (IsTheSecond(*LoadLatestCheckpoint(folder)->checkpoint)) return absl::OkStatus();
  return EnvironmentError("another content was read");
}

// Behind the digest: the state is a mutant, and the digest is the mutant's.
Corpus States() {
  Corpus corpus = FileOfCheckpoint("/state.json", JsonWords());
  corpus.files.front() = nlohmann::json::parse(corpus.files.front())["state"].dump();
  return corpus;
}
absl::Status ReadSignedState(const std::string& bytes, const std::string& folder) {
  const absl::StatusOr<nlohmann::json> state = ParseJson(bytes);
  const std::string digest = Sha256Hex(state.ok() ? state->dump() : bytes);
  return ReadCheckpointFile(
      "/state.json", absl::StrCat("{\"state\":", bytes, ",\"sha256\":\"", digest, "\"}"), folder);
}

const Store& StoreIn(const std::string& folder) {
  static const Store store = Store::Open(folder + "/store").value();
  return store;
}

std::string GoodManifest() {
  const std::string digest = Sha256Hex("data");
  return R"({"files":[{"bytes":4,"name":"data.txt","sha256":")" + digest +
         R"("},{"bytes":4,"name":"sub/data.txt","sha256":")" + digest + "\"}]}";
}

// The object whose manifest is `manifest`, under its digest's name; returns the digest.
std::string MakeObject(const std::string& folder, const std::string& manifest) {
  const std::string digest = Sha256Hex(manifest);
  const std::string object = folder + "/store/objects/" + digest;
  std::filesystem::create_directories(object + "/sub");
  for (const char* name : {"/data.txt", "/sub/data.txt"}) WriteFile(object + name, "data");
  WriteFile(object + "/manifest.json", manifest);
  return digest;
}

absl::Status ReadStoreManifest(const std::string& bytes, const std::string& folder) {
  const Store& store = StoreIn(folder);
  const std::string digest = MakeObject(folder, bytes);
  const absl::Status status = store.Load(digest).status();
  std::filesystem::remove_all(folder + "/store/objects/" + digest);
  return status;
}

Corpus StoreRecipes() {
  return {{R"({"artifact":")" + Sha256Hex(GoodManifest()) +
           R"(","experiment":"e@1","definition_sha256":"d"})"},
          JsonWords()};
}

// What cannot be read is no recipe: the artifact is made again.
absl::Status ReadStoreRecipe(const std::string& bytes, const std::string& folder) {
  const Store& store = StoreIn(folder);
  MakeObject(folder, GoodManifest());
  WriteFile(folder + "/store/recipes/key.json", bytes);
  const auto found = store.Find("key");
  if (!found.ok()) return EnvironmentError(std::string(found.status().message()));
  if (const auto listed = store.List({}); !listed.ok()) {
    return EnvironmentError(std::string(listed.status().message()));
  }
  return found->has_value() ? absl::OkStatus() : DataError("no artifact");
}

}  // namespace

std::vector<Format> StoreFormats() {
  const auto file = [](const char* name, std::vector<std::string> words) {
    return std::pair([=] { return FileOfCheckpoint(name, words); },
                     [=](const std::string& bytes, const std::string& folder) {
                       return ReadDamaged(name, bytes, folder);
                     });
  };
  const auto [states, read_state] = file("/state.json", JsonWords());
  const auto [tensors, read_tensors] = file("/tensors.safetensors", JsonWords());
  return {
      {"checkpoint state.json", states, read_state},
      {"checkpoint state.json, digest mended", States, ReadSignedState},
      {"checkpoint tensors", tensors, read_tensors},
      {"store manifest",
       [] {
         return Corpus{{GoodManifest()}, JsonWords()};
       },
       ReadStoreManifest},
      {"store recipe", StoreRecipes, ReadStoreRecipe},
  };
}

}  // namespace bench::mutants
