# CUDA sources are compiled (for sm_90) wherever a toolkit is found, and need no GPU to build.
# BENCH_HAVE_CUDA says whether they are part of this build; without them a file of the same symbols
# that report "not built" takes their place.
include(CheckLanguage)
set(CMAKE_CUDA_ARCHITECTURES 90 CACHE STRING "CUDA architectures")
if(BENCH_WITH_CUDA AND NOT BENCH_SANITIZE)
  check_language(CUDA)
endif()
if(CMAKE_CUDA_COMPILER)
  enable_language(CUDA)
  set(CMAKE_CUDA_STANDARD 17)
  set(CMAKE_CUDA_STANDARD_REQUIRED ON)
  set(BENCH_HAVE_CUDA TRUE)
else()
  set(BENCH_HAVE_CUDA FALSE)
endif()
message(STATUS "CUDA kernels: ${BENCH_HAVE_CUDA}")
