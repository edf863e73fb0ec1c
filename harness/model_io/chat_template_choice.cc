#include "harness/model_io/chat_template_choice.h"

#include <filesystem>
#include <optional>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "harness/data/chat_template.h"
#include "harness/definition/enum_names.h"
#include "harness/definition/written_key.h"

namespace bench::harness {
namespace {

SftDataSpec& PromptsOf(SftSpec& spec) { return spec.data; }
RewardDataSpec& PromptsOf(RewardSpec& spec) { return spec.data; }
SftDataSpec& PromptsOf(PpoSpec& spec) { return spec.data.source; }

// The folders in which a chat template may lie, in the order of their say.
std::vector<std::string> FoldersOf(const TokenizerRef& tokenizer, const InitSpec& init) {
  std::vector<std::string> folders;
  if (tokenizer.path) {
    std::error_code error;
    const std::filesystem::path path(*tokenizer.path);
    const bool is_folder = std::filesystem::is_directory(path, error);
    const std::filesystem::path folder = is_folder ? path : path.parent_path();
    folders.push_back(folder.empty() ? std::string(1, '.') : folder.string());
  }
  if (init.folder) folders.push_back(*init.folder);
  return folders;
}

absl::StatusOr<std::optional<ChatTemplate>> FirstChatTemplate(
    const std::vector<std::string>& folders) {
  for (const std::string& folder : folders) {
    auto found = ReadChatTemplate(folder);
    if (!found.ok() || *found) return found;
  }
  return std::optional<ChatTemplate>();
}

std::string Named(PromptTemplate row) {
  return absl::StrCat("data.prompt_template = \"", internal::View(Name(row)), "\"");
}

std::string NotOurs(std::string_view why, PromptTemplate used) {
  return absl::StrCat(internal::View(why), " (ours: ",
                      absl::StrJoin(EnumNames(PromptTemplate{}), ", ",
                                    [](std::string* out, std::string_view name) {
                                      absl::StrAppend(out, internal::View(name));
                                    }),
                      "); prompts are written with ", Named(used));
}

std::string Choose(PromptTemplate& used, bool is_written, const std::vector<std::string>& folders) {
  const auto found = FirstChatTemplate(folders);
  if (!found.ok()) {
    return NotOurs(absl::StrCat("the chat template is not used, since it cannot be read: ",
                                found.status().message()),
                   used);
  }
  if (!*found) return "";
  const std::string& where = (*found)->where;
  const std::optional<PromptTemplate> row = RowOf(**found);
  if (!row) {
    return NotOurs(absl::StrCat("the chat template in ", where, " is none of ours and not used"),
                   used);
  }
  if (!is_written) {
    used = *row;
    return absl::StrCat("prompts are written with ", Named(*row), ", the chat template in ", where);
  }
  if (used == *row) return "";
  return absl::StrCat("prompts are written with ", Named(used), ", but the chat template in ",
                      where, " is \"", internal::View(Name(*row)),
                      "\": a model tuned with that one expects its prompts");
}

}  // namespace

std::string ChooseChatTemplate(LoadedDefinition& loaded) {
  const bool is_written = IsWritten(loaded, "data.prompt_template");
  return std::visit(
      [&](auto& spec) -> std::string {
        if constexpr (requires { PromptsOf(spec); }) {
          return Choose(PromptsOf(spec).prompt_template, is_written,
                        FoldersOf(spec.tokenizer, spec.init));
        }
        return "";
      },
      loaded.definition.stage);
}

}  // namespace bench::harness
