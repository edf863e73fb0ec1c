#include "harness/data/disjoint_prompts.h"

#include "absl/strings/str_cat.h"
#include "base/sha256.h"
#include "base/status.h"

namespace bench::harness {

std::string PromptSha256(std::string_view instruction, std::string_view input,
                         const EarlierTurns& earlier) {
  Sha256 sha;
  // Lengths keep two conversations apart whose texts are one when put together.
  const auto add = [&sha](std::string_view kind, std::string_view text) {
    sha.Update(absl::StrCat(internal::View(kind), " ", text.size(), "\n"));
    sha.Update(text);
  };
  if (earlier.system) add("system", *earlier.system);
  for (const Turn& turn : earlier.turns) {
    add("user", turn.user);
    add("assistant", turn.assistant);
  }
  sha.Update(instruction);
  if (!input.empty()) {
    sha.Update("\n");
    sha.Update(input);
  }
  return sha.HexDigest();
}

absl::Status DisjointPrompts::Add(const std::string& part, const std::string& sha256,
                                  const std::string& where) {
  PartCount& count = parts_[part];
  ++count.num_records;
  const auto [first, is_new] = prompts_.try_emplace(sha256, First{part, where});
  if (is_new) {
    ++count.num_prompts;
  } else if (first->second.part != part) {
    return DataError(absl::StrCat(where, ": the prompt (SHA-256 ", sha256.substr(0, 16),
                                  "...) of part \"", part, "\" is in part \"", first->second.part,
                                  "\" too, at ", first->second.where,
                                  ": what is trained on must not be evaluated on"));
  }
  return absl::OkStatus();
}

}  // namespace bench::harness
