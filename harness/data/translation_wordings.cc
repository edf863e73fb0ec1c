#include "harness/data/translation_wordings.h"

#include <array>

namespace bench::harness {
namespace {

constexpr uint64_t kInlineEvery = 4;
constexpr std::string_view kTextMark = "{}";

struct Wordings {
  std::string_view task;
  std::array<std::string_view, 6> with_input;
  std::array<std::string_view, 4> with_text_inside;
};

constexpr std::array<Wordings, 3> kWordings = {{
    {"zh_hant_zh_hans",
     {"将下列繁体中文改写成简体中文：", "把下面的繁体文本转换为简体中文。",
      "请用简体中文写出这段文字：",
      "Convert the following Traditional Chinese text to Simplified Chinese.",
      "Rewrite this text in Simplified Chinese:",
      "Give the Simplified Chinese version of the text below."},
     {"将“{}”改写成简体中文。", "用简体中文怎么写“{}”？", "Write \"{}\" in Simplified Chinese.",
      "Convert this Traditional Chinese text to Simplified Chinese: {}"}},
    {"en_zh",
     {"将下列文本翻译成中文：", "把下面的英文译成简体中文。", "请翻译成中文：",
      "Translate the following text into Chinese.",
      "Translate this English text into Simplified Chinese:",
      "Give the Chinese translation of the text below."},
     {"将“{}”翻译成中文。", "“{}”用中文怎么说？", "Translate \"{}\" into Chinese.",
      "Translate this English text into Simplified Chinese: {}"}},
    {"zh_en",
     {"将下列文本翻译成英文：", "把下面的中文译成英文。", "请翻译成英文：",
      "Translate the following text into English.", "Translate this Chinese text into English:",
      "Give the English translation of the text below."},
     {"将“{}”翻译成英文。", "“{}”用英文怎么说？", "Translate \"{}\" into English.",
      "Translate this Chinese text into English: {}"}},
}};

const Wordings& WordingsOf(std::string_view task) {
  for (const Wordings& wordings : kWordings) {
    if (wordings.task == task) return wordings;
  }
  return kWordings.front();
}

}  // namespace

SftExample WordExample(const TranslationPair& pair, uint64_t draw) {
  const Wordings& wordings = WordingsOf(pair.task);
  const uint64_t index = draw / kInlineEvery;
  SftExample example{
      .instruction = {}, .input = {}, .output = pair.output, .task = std::string(pair.task)};
  if (draw % kInlineEvery == 0) {
    example.instruction = wordings.with_text_inside[index % wordings.with_text_inside.size()];
    example.instruction.replace(example.instruction.find(kTextMark), kTextMark.size(), pair.input);
  } else {
    example.instruction = wordings.with_input[index % wordings.with_input.size()];
    example.input = pair.input;
  }
  return example;
}

std::string_view InputText(const SftExample& example) {
  if (!example.input.empty()) return example.input;
  const std::string_view instruction = example.instruction;
  for (const std::string_view wording : WordingsOf(example.task).with_text_inside) {
    const size_t mark = wording.find(kTextMark);
    const std::string_view before = wording.substr(0, mark);
    const std::string_view after = wording.substr(mark + kTextMark.size());
    if (instruction.size() < before.size() + after.size() || !instruction.starts_with(before) ||
        !instruction.ends_with(after)) {
      continue;
    }
    return instruction.substr(before.size(), instruction.size() - before.size() - after.size());
  }
  return instruction;
}

}  // namespace bench::harness
