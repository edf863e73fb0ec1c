# bench_test(NAME journal_test SOURCES journal_test.cc LIBS bench::results [LABELS slow]
#            [TOGETHER] [APART CudaKernels ...] [COST 30])
# One GoogleTest program; ctest has an entry for each of its suites (DiscoverTests.cmake), or with
# TOGETHER one for all: programs of many short suites that load LibTorch. A suite that may be skipped
# as a whole stays APART, so that ctest reports the skip; so does one that takes long. COST is about
# the seconds of an entry that takes more than ten: ctest -j starts the costliest first, also on a
# machine where nothing has been timed, so that none is left to run alone at the end.
# Compiled in: BENCH_TEST_DATA (the tests folder), BENCH_SOURCE_DIR, and BENCH_TEST_PYTHON (an
# interpreter with h5py and numpy, "" if there is none).
function(bench_test)
  cmake_parse_arguments(T "TOGETHER" "NAME;COST" "SOURCES;LIBS;LABELS;APART" ${ARGN})
  add_executable(${T_NAME} ${T_SOURCES})
  target_link_libraries(${T_NAME} PRIVATE ${T_LIBS} GTest::gmock bench_test_main bench_warnings)
  target_compile_definitions(${T_NAME} PRIVATE
    BENCH_TEST_DATA="${PROJECT_SOURCE_DIR}/tests" BENCH_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    BENCH_TEST_PYTHON="${BENCH_TEST_PYTHON}")
  set(listed "${CMAKE_CURRENT_BINARY_DIR}/${T_NAME}_listed.cmake")
  # Tests share the cores: a thread that waits gives its core away (GOMP_SPINCOUNT).
  set(properties "TIMEOUT 600 SKIP_RETURN_CODE 77 ENVIRONMENT GOMP_SPINCOUNT=1000")
  if(T_LABELS)
    string(APPEND properties " LABELS \"${T_LABELS}\"")
  endif()
  if(T_COST)
    string(APPEND properties " COST ${T_COST}")
  endif()
  set(grouping "")
  if(T_TOGETHER)
    list(JOIN T_APART "," apart)
    set(grouping "-DTOGETHER=${T_NAME}" "-DAPART=${apart}")
  endif()
  add_custom_command(TARGET ${T_NAME} POST_BUILD BYPRODUCTS "${listed}" VERBATIM
    COMMAND "${CMAKE_COMMAND}" "-DPROGRAM=$<TARGET_FILE:${T_NAME}>" "-DOUTPUT=${listed}"
            "-DPROPERTIES=${properties}" ${grouping} -P "${PROJECT_SOURCE_DIR}/cmake/DiscoverTests.cmake")
  # A program that is not built is a failure, not a smaller number of tests.
  set(included "${CMAKE_CURRENT_BINARY_DIR}/${T_NAME}_include.cmake")
  file(WRITE "${included}" "if(EXISTS [=[${listed}]=])\n  include([=[${listed}]=])\nelse()\n"
    "  add_test(${T_NAME}_NOT_BUILT ${T_NAME}_NOT_BUILT)\nendif()\n")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${included}")
endfunction()

# bench_python_test(NAME wrappers_test [H5PY] [ARGS ...] [LABELS slow] [COST 30])
# NAME.py of the current folder as one test. It gets the source folder, the build folder and ARGS as
# arguments. With H5PY it runs under BENCH_TEST_PYTHON, and is reported as skipped where that is
# missing; without, under any Python 3 (standard library only).
function(bench_python_test)
  cmake_parse_arguments(T "H5PY" "NAME;COST" "ARGS;LABELS" ${ARGN})
  set(python "${BENCH_PYTHON}")
  if(T_H5PY)
    set(python "${BENCH_TEST_PYTHON}")
  endif()
  if(python)
    add_test(NAME ${T_NAME} COMMAND ${python} "${CMAKE_CURRENT_SOURCE_DIR}/${T_NAME}.py"
      "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}" ${T_ARGS})
  else()
    add_test(NAME ${T_NAME} COMMAND sh -c "echo 'no Python with h5py and numpy'; exit 77")
  endif()
  set_tests_properties(${T_NAME} PROPERTIES TIMEOUT 600 SKIP_RETURN_CODE 77 LABELS "${T_LABELS}")
  if(T_COST)
    set_tests_properties(${T_NAME} PROPERTIES COST ${T_COST})
  endif()
endfunction()

find_program(BENCH_PYTHON NAMES python3 REQUIRED)
# The environment that LibTorch was found in has h5py when set-up made it; else any that has.
if(NOT DEFINED BENCH_TEST_PYTHON)
  set(bench_found "")
  foreach(candidate "${BENCH_SITE_PACKAGES}/../../../bin/python3" "${BENCH_PYTHON}" /usr/bin/python3)
    get_filename_component(candidate "${candidate}" ABSOLUTE)
    if(NOT bench_found AND EXISTS "${candidate}")
      execute_process(COMMAND ${candidate} -c "import h5py, numpy" RESULT_VARIABLE bench_failed
        OUTPUT_QUIET ERROR_QUIET)
      if(bench_failed EQUAL 0)
        set(bench_found "${candidate}")
      endif()
    endif()
  endforeach()
  set(BENCH_TEST_PYTHON "${bench_found}" CACHE FILEPATH "Python with h5py and numpy, for tests")
endif()
message(STATUS "Python of tests: ${BENCH_TEST_PYTHON}")
