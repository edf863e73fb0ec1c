# bench_program(NAME bench-run SOURCES main.cc LIBS bench::harness)
# A program for users: build/<preset>/bin/NAME, where the wrappers look for it.
function(bench_program)
  cmake_parse_arguments(P "" "NAME" "SOURCES;LIBS" ${ARGN})
  add_executable(${P_NAME} ${P_SOURCES})
  target_link_libraries(${P_NAME} PRIVATE ${P_LIBS} bench_warnings)
  set_target_properties(${P_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
endfunction()
