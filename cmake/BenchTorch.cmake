# bench::torch - LibTorch's C++ library without its CMake package, which insists on a CUDA toolkit.
#
# Found through Torch_DIR (.../torch/share/cmake/Torch, as for find_package), the environment's
# Torch_DIR, or an installed Python's torch. Programs link the CPU libraries only; the CUDA ones are
# loaded at run time when a CUDA device is asked for, so CPU runs start without mapping gigabytes.
if(NOT Torch_DIR AND DEFINED ENV{Torch_DIR})
  set(Torch_DIR "$ENV{Torch_DIR}")
endif()
if(NOT Torch_DIR)
  find_program(BENCH_PYTHON NAMES python3)
  execute_process(
    COMMAND ${BENCH_PYTHON} -c "import importlib.util as u; print(u.find_spec('torch').submodule_search_locations[0] + '/share/cmake/Torch')"
    OUTPUT_VARIABLE Torch_DIR OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT EXISTS "${Torch_DIR}/TorchConfig.cmake")
  message(FATAL_ERROR "LibTorch not found: pass -DTorch_DIR=<torch>/share/cmake/Torch (./bench-run installs it)")
endif()
set(Torch_DIR "${Torch_DIR}" CACHE PATH "Folder of TorchConfig.cmake" FORCE)
get_filename_component(BENCH_TORCH_ROOT "${Torch_DIR}/../../.." ABSOLUTE)
get_filename_component(BENCH_SITE_PACKAGES "${BENCH_TORCH_ROOT}/.." ABSOLUTE)

file(STRINGS "${BENCH_TORCH_ROOT}/version.py" bench_torch_version REGEX "^__version__")
string(REGEX REPLACE ".*'(.*)'.*" "\\1" BENCH_TORCH_VERSION "${bench_torch_version}")
message(STATUS "LibTorch ${BENCH_TORCH_VERSION} in ${BENCH_TORCH_ROOT}")

add_library(bench_torch INTERFACE)
add_library(bench::torch ALIAS bench_torch)
target_include_directories(bench_torch SYSTEM INTERFACE
  ${BENCH_TORCH_ROOT}/include ${BENCH_TORCH_ROOT}/include/torch/csrc/api/include)
target_link_libraries(bench_torch INTERFACE
  ${BENCH_TORCH_ROOT}/lib/libtorch_cpu.so ${BENCH_TORCH_ROOT}/lib/libc10.so)
target_link_options(bench_torch INTERFACE
  -Wl,-rpath-link,${BENCH_SITE_PACKAGES}/nvidia/cu13/lib
  -Wl,-rpath-link,${BENCH_SITE_PACKAGES}/nvidia/cusparselt/lib
  -Wl,-rpath-link,${BENCH_SITE_PACKAGES}/nvidia/nvshmem/lib)
target_compile_definitions(bench_torch INTERFACE BENCH_TORCH_VERSION="${BENCH_TORCH_VERSION}")

# nvtx3 is header-only: the toolkit's copy, else the wheel's; without either, ranges are only counted.
find_path(BENCH_NVTX_INCLUDE nvtx3/nvToolsExt.h
  HINTS ${BENCH_SITE_PACKAGES}/nvidia/cu13/include /usr/local/cuda/include)

# One precompiled header for all that uses Torch.
file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/torch_pch.cc.in" "// Holds the shared precompiled header.\n")
configure_file("${CMAKE_CURRENT_BINARY_DIR}/torch_pch.cc.in" "${CMAKE_CURRENT_BINARY_DIR}/torch_pch.cc" COPYONLY)
add_library(bench_torch_pch OBJECT "${CMAKE_CURRENT_BINARY_DIR}/torch_pch.cc")
target_link_libraries(bench_torch_pch PRIVATE bench_torch bench_warnings)
target_precompile_headers(bench_torch_pch PRIVATE
  <memory> <optional> <string> <string_view> <unordered_map> <vector>
  <ATen/ATen.h> <torch/csrc/autograd/autograd.h> <torch/csrc/autograd/custom_function.h>)
# Libraries and tests that include Torch call this after target_link_libraries.
function(bench_use_torch target)
  target_link_libraries(${target} PUBLIC bench_torch PRIVATE bench_warnings)
  # Programs get -fPIE, which would not match the precompiled header; the last option wins.
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fPIC>)
  target_precompile_headers(${target} REUSE_FROM bench_torch_pch)
endfunction()
