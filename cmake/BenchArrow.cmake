# bench::arrow - the C++ libraries of Arrow and Parquet inside the PyPI package pyarrow, for the module
# that reads Parquet files. It is optional: without it there is no module, and the program says so
# when it meets such a file.
#
# Found through BENCH_ARROW_ROOT (.../site-packages/pyarrow), else beside LibTorch's package.
set(BENCH_ARROW_ROOT "" CACHE PATH "Folder of the Python package pyarrow")
if(NOT BENCH_ARROW_ROOT AND EXISTS "${BENCH_SITE_PACKAGES}/pyarrow/include")
  set(BENCH_ARROW_ROOT "${BENCH_SITE_PACKAGES}/pyarrow" CACHE PATH "" FORCE)
endif()
# The wheel has libraries with their versions only.
file(GLOB bench_arrow_library "${BENCH_ARROW_ROOT}/libarrow.so.*")
file(GLOB bench_parquet_library "${BENCH_ARROW_ROOT}/libparquet.so.*")
if(BENCH_ARROW_ROOT AND bench_arrow_library AND bench_parquet_library)
  message(STATUS "Arrow in ${BENCH_ARROW_ROOT}")
  add_library(bench_arrow INTERFACE)
  add_library(bench::arrow ALIAS bench_arrow)
  target_include_directories(bench_arrow SYSTEM INTERFACE ${BENCH_ARROW_ROOT}/include)
  target_link_libraries(bench_arrow INTERFACE ${bench_parquet_library} ${bench_arrow_library})
else()
  message(STATUS "Arrow: none, Parquet files cannot be read")
endif()

# bench_parquet_module_beside(TARGET): the module is built with the program and found beside it.
function(bench_parquet_module_beside target)
  if(NOT TARGET bench::arrow)
    return()
  endif()
  add_dependencies(${target} bench_parquet)
  if(NOT CMAKE_CURRENT_BINARY_DIR STREQUAL "${CMAKE_BINARY_DIR}/bin")
    file(CREATE_LINK "${CMAKE_BINARY_DIR}/bin/libbench_parquet.so"
      "${CMAKE_CURRENT_BINARY_DIR}/libbench_parquet.so" SYMBOLIC)
  endif()
endfunction()
