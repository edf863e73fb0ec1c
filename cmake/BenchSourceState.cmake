# Embeds into programs the state of the source that they are built from
# (harness/measurement/built_source.h).
#
# A build begins by writing the file `began`: everything that is compiled depends on that through
# bench_build_began. When everything else of a program is compiled, source_state reads the tree and
# compares the times of its files with `began`: if none is newer, what was compiled is what git says
# now. Both steps run at each build; what is the same stays untouched, so nothing is linked anew.
set(bench_began "${CMAKE_BINARY_DIR}/generated/began")
# The comments of both begin alike: set-up does not show them as building.
add_custom_target(bench_build_began
  COMMAND "${CMAKE_COMMAND}" -E touch "${bench_began}"
  BYPRODUCTS "${bench_began}"
  COMMENT "source state: the build begins"
  VERBATIM)

# bench_embed_source_state(TARGET bench-run AFTER bench_run_main bench_harness)
# AFTER: the libraries that hold all the code of the program TARGET, which has none of its own.
function(bench_embed_source_state)
  cmake_parse_arguments(E "" "TARGET" "AFTER" ${ARGN})
  set(code "${CMAKE_BINARY_DIR}/generated/${E_TARGET}/embedded_source.cc")
  add_custom_target(${E_TARGET}_source_state
    COMMAND source_state "${PROJECT_SOURCE_DIR}" "${bench_began}" "${code}"
    BYPRODUCTS "${code}"
    COMMENT "source state: reading it"
    VERBATIM)
  add_dependencies(${E_TARGET}_source_state ${E_AFTER})
  # An object of its own: each state is compiled once, which no compiler cache need remember.
  add_library(${E_TARGET}_source OBJECT "${code}")
  set_source_files_properties("${code}" PROPERTIES GENERATED TRUE)
  set_target_properties(${E_TARGET}_source PROPERTIES CXX_COMPILER_LAUNCHER "")
  add_dependencies(${E_TARGET}_source ${E_TARGET}_source_state)
  target_link_libraries(${E_TARGET} PRIVATE ${E_TARGET}_source)
endfunction()
