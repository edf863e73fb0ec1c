# cmake -DPROGRAM=... -DOUTPUT=... -DPROPERTIES=... [-DTOGETHER=name] [-DAPART=suite,...]
#       -P DiscoverTests.cmake
#
# Asks a GoogleTest program for its tests and writes the file that ctest includes: one entry a suite,
# or one a test where BENCH_TEST_CASES is set when ctest runs (which ./run-tests -R does). With
# TOGETHER all suites but those of APART are one entry of that name: loading LibTorch takes longer than
# most suites. Values of parameters stay out of the names: they may hold addresses, which differ from
# build to build.
cmake_minimum_required(VERSION 3.25)

execute_process(COMMAND "${PROGRAM}" --gtest_list_tests OUTPUT_VARIABLE listed
                RESULT_VARIABLE result ERROR_VARIABLE errors TIMEOUT 60)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} --gtest_list_tests ended with ${result}: ${errors}")
endif()

# One line an item; what follows "#" is the text of a parameter, which may hold anything.
string(REGEX REPLACE " *#[^\n]*" "" listed "${listed}")
string(REPLACE "\n" ";" listed "${listed}")

string(REPLACE "," ";" APART "${APART}")
set(found "")  # suites of APART
set(suites "")
set(cases "")
set(shared "*")
set(separator "-")  # between what the filter of the one entry takes and what it leaves out
macro(add_entry to name)
  string(APPEND ${to} "  add_test([=[${name}]=] [=[${PROGRAM}]=] [=[--gtest_filter=${ARGN}]=])\n"
    "  set_tests_properties([=[${name}]=] PROPERTIES ${PROPERTIES})\n")
endmacro()
foreach(line IN LISTS listed)
  if(line MATCHES "^  (.+)$")
    add_entry(cases "${suite}${CMAKE_MATCH_1}" "${suite}${CMAKE_MATCH_1}")
  elseif(line MATCHES "^[^ ]+\\.$")
    set(suite "${line}")
    string(REGEX REPLACE "\\.$" "" name "${suite}")
    if(NOT TOGETHER)
      add_entry(suites "${name}" "${suite}*")
    elseif(name IN_LIST APART)
      add_entry(suites "${name}" "${suite}*")
      list(APPEND found "${name}")
      string(APPEND shared "${separator}${suite}*")
      set(separator ":")
    endif()
  endif()
endforeach()
if(APART)
  set(missing ${APART})
  list(REMOVE_ITEM missing ${found})
  if(missing)
    message(FATAL_ERROR "${PROGRAM} has no suite ${missing}, which is to be APART")
  endif()
endif()
if(TOGETHER)
  add_entry(suites "${TOGETHER}" "${shared}")
endif()
file(WRITE "${OUTPUT}" "if(DEFINED ENV{BENCH_TEST_CASES})\n${cases}else()\n${suites}endif()\n")
