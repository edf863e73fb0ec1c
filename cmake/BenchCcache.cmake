# ccache when it is installed; the sloppiness is what precompiled headers need.
find_program(BENCH_CCACHE ccache)
if(BENCH_CCACHE)
  foreach(lang C CXX CUDA)
    set(CMAKE_${lang}_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
        CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${BENCH_CCACHE})
  endforeach()
endif()
