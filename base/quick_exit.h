// Ends the process without the destructors of its static objects.
//
// LibTorch's deregister thousands of operators one by one, 0.2 s in which nothing is gained: the
// system takes everything back anyway. Standard streams are flushed. An ordinary exit remains under
// a sanitizer, and where a tool was loaded into the process (LD_PRELOAD, NVTX_INJECTION64_PATH or
// CUDA_INJECTION64_PATH: profilers), since both write at exit what they have found.
#pragma once

namespace bench {

[[noreturn]] void QuickExit(int exit_code);

}  // namespace bench
