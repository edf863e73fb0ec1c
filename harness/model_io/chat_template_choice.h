// Which prompt template a run takes where a folder that it begins with has a chat template.
//
// The folder is that of the definition's own tokenizer or, if there is no template, of its initial
// weights. A chat template that is one of our rows (harness/data/chat_template.h) is taken where
// the definition does not write data.prompt_template; nothing else changes what is written or its
// default. Training with another template than a model was tuned with costs quality without an
// error, so every difference is said.
#pragma once

#include <string>

#include "harness/definition/load.h"

namespace bench::harness {

// Sets data.prompt_template of a definition that does not write it; its hash stays, and the digest
// of the template is an input of the run. Returns what the user should
// know, in one line; "" where there is no chat template, or it is the one that is written.
std::string ChooseChatTemplate(LoadedDefinition& loaded);

}  // namespace bench::harness
