// Function multiversioning: one portable binary, the loader picks the widest variant that the
// processor has. Only for free functions whose callees inline.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__)  // the resolver runs before the sanitizer's run time
#define BENCH_CPU_VARIANTS \
  __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define BENCH_CPU_VARIANTS
#endif
