#include "harness/data/model_probe.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/data/sentencepiece_model.h"
#include "harness/data/text.h"

namespace bench::harness::internal {
namespace {

constexpr unsigned kMaxSeconds = 20;

void SilenceChild() {
  for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGTERM, SIGINT}) {
    std::signal(signal, SIG_DFL);
  }
  const rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  ::alarm(kMaxSeconds);
  // A CHECK failure of the library prints before it aborts.
  if (std::freopen("/dev/null", "w", stderr) == nullptr) ::_exit(1);
}

// A sample of the basic plane: one character in eleven, surrogates left out.
std::string ProbeText() {
  std::string text;
  for (char32_t c = 1; c < 0x10000; c += 11) {
    if (c < 0xD800 || c > 0xDFFF) AppendUtf8(c, text);
  }
  return text + " a b\n\t  ";
}

[[noreturn]] void ProbeInChild(std::string_view bytes) {
  SilenceChild();
  std::string error;
  const auto model = SentencePieceModel::Load(bytes, error);
  if (model != nullptr) model->Decode(model->Encode(ProbeText()));
  ::_exit(0);  // a model that is refused in order is the caller's to report
}

}  // namespace

absl::Status ProbeModel(std::string_view bytes) {
  const pid_t child = ::fork();
  if (child == 0) ProbeInChild(bytes);
  if (child == -1) {
    return EnvironmentError(absl::StrCat("cannot start a process: ", std::strerror(errno)));
  }
  int status = 0;
  while (::waitpid(child, &status, 0) == -1 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
  return DataError("no usable SentencePiece model: the library crashes on it");
}

}  // namespace bench::harness::internal
