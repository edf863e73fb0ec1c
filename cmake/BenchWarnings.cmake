# Compile options of our own code, linked privately by every library and program.
# Designated initialisers leave the other fields at their defaults on purpose. GCC 12 sees
# uninitialised and overlapping memory inside std::string where there is none (GCC bugs 105562 and
# 105329), at -O3 only.
add_library(bench_warnings INTERFACE)
target_compile_options(bench_warnings INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
    -Wno-missing-field-initializers -Wno-maybe-uninitialized -Wno-restrict>
  $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<BOOL:${BENCH_WERROR}>>:-Werror>)

# Applied to the whole tree: precompiled headers are shared only between equal flags.
if(BENCH_SANITIZE)
  add_compile_options($<$<COMPILE_LANGUAGE:C,CXX>:-fsanitize=address,undefined>
                      $<$<COMPILE_LANGUAGE:C,CXX>:-fno-omit-frame-pointer>)
  add_link_options(-fsanitize=address,undefined)
endif()
# Winvalid-pch would warn on every sanitised or differently optimised use: a mismatch is an error.
add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Winvalid-pch>)
