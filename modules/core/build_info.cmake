# Writes OUTPUT, the header that build_info.cpp includes. Run at each build, because the commit is not known when
# CMake configures; the file keeps its time, and nothing is compiled, unless its text changes.
#   cmake -DSOURCE=… -DOUTPUT=… -DVERSION=… -DCOMPILER=… -P build_info.cmake
set(commit "unknown")
find_program(GIT git)
if(GIT)
  execute_process(COMMAND "${GIT}" -c safe.directory=* -C "${SOURCE}" rev-parse --show-toplevel
                  OUTPUT_VARIABLE top OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  # An unpacked archive inside somebody else's repository has no commit of its own.
  get_filename_component(source "${SOURCE}" REALPATH)
  if(NOT failed AND top STREQUAL source)
    execute_process(COMMAND "${GIT}" -c safe.directory=* -C "${SOURCE}" rev-parse --short=12 --verify HEAD
                    OUTPUT_VARIABLE head OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
    if(NOT failed)
      set(commit "${head}")
    endif()
  endif()
endif()

file(CONFIGURE OUTPUT "${OUTPUT}" @ONLY CONTENT [[
#pragma once

#define RIG_BUILD_VERSION "@VERSION@"
#define RIG_BUILD_COMMIT "@commit@"
#define RIG_BUILD_COMPILER "@COMPILER@"
]])
