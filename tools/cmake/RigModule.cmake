include(GoogleTest)

# rig_add_module(<name> [LIBRARY] SOURCES … [APIS …] [LIBS …] [TESTS …])
#
# Makes two targets of a module's folder:
#   rig_<name>_api  only the headers under include/; this is all that other modules may link
#   rig_<name>      the code
# SOURCES  translation units, relative to the folder
# APIS     modules whose public headers this one uses (core is always there)
# LIBS     third-party targets, private to the code
# TESTS    the *_test.cpp files beside the code. Those of io/ become the program <name>_io_tests, labelled
#          `threads`; all others become <name>_tests
# LIBRARY  a module without a lifecycle: it has no descriptor and is not in the registry
# A module that is no LIBRARY defines `extern constinit const rig::Descriptor kModule` in namespace
# rig::<name>; the program's module list refers to it, so the linker cannot drop it.
function(rig_add_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "LIBRARY" "" "SOURCES;APIS;LIBS;TESTS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "rig_add_module(${name}): unknown arguments ${arg_UNPARSED_ARGUMENTS}")
  endif()

  add_library(rig_${name}_api INTERFACE)
  target_include_directories(rig_${name}_api INTERFACE "${CMAKE_CURRENT_SOURCE_DIR}/include")
  if(NOT name STREQUAL "core")
    list(PREPEND arg_APIS core)
  endif()
  foreach(other ${arg_APIS})
    target_link_libraries(rig_${name}_api INTERFACE rig_${other}_api)
  endforeach()

  add_library(rig_${name} STATIC ${arg_SOURCES})
  target_include_directories(rig_${name} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
  target_link_libraries(rig_${name} PUBLIC rig_${name}_api rig_boost PRIVATE ${arg_LIBS})

  set_property(GLOBAL APPEND PROPERTY RIG_LIBRARIES rig_${name})
  if(NOT arg_LIBRARY)
    set_property(GLOBAL APPEND PROPERTY RIG_MODULES ${name})
  endif()

  rig_check_headers(${name})

  set(code)
  foreach(other ${arg_APIS})
    list(APPEND code rig_${other})
  endforeach()
  set(io_tests ${arg_TESTS})
  list(FILTER io_tests INCLUDE REGEX "^io/")
  list(FILTER arg_TESTS EXCLUDE REGEX "^io/")
  if(arg_TESTS)
    rig_add_test(${name}_tests SOURCES ${arg_TESTS} LIBS rig_${name} ${code} ${arg_LIBS}
      INCLUDES "${CMAKE_CURRENT_SOURCE_DIR}")
  endif()
  if(io_tests)
    rig_add_test(${name}_io_tests SOURCES ${io_tests} LIBS rig_${name} ${code} ${arg_LIBS}
      INCLUDES "${CMAKE_CURRENT_SOURCE_DIR}" LABELS threads)
  endif()
endfunction()

# The target check_headers compiles each public header of the module as the only include of a unit.
function(rig_check_headers name)
  if(NOT TARGET check_headers)
    add_custom_target(check_headers)
  endif()
  file(GLOB_RECURSE headers RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}/include" CONFIGURE_DEPENDS
    "${CMAKE_CURRENT_SOURCE_DIR}/include/*.hpp")
  if(NOT headers)
    return()
  endif()
  set(units)
  foreach(header ${headers})
    set(unit "${CMAKE_CURRENT_BINARY_DIR}/check_headers/${header}.cpp")
    file(CONFIGURE OUTPUT "${unit}" CONTENT "#include <${header}>\n" @ONLY)
    list(APPEND units "${unit}")
  endforeach()
  add_library(rig_${name}_headers OBJECT EXCLUDE_FROM_ALL ${units})
  target_link_libraries(rig_${name}_headers PRIVATE rig_${name}_api rig_boost)
  target_compile_options(rig_${name}_headers PRIVATE -O0)
  add_dependencies(check_headers rig_${name}_headers)
endfunction()

# rig_add_test(<target> SOURCES … [LIBS …] [INCLUDES …] [LABELS …] [TIMEOUT s] [TSAN_SUPPRESSIONS file]): a GoogleTest
# program, each of its cases a case of ctest. LABELS say what it needs: `threads`, `blackbox`, `lifecycle`. A test without
# a label is plain logic: TSan has nothing to look at there, so a TSan build leaves it out. TSAN_SUPPRESSIONS names
# findings in libraries that we cannot mend; the file says why each is harmless.
function(rig_add_test target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT;TSAN_SUPPRESSIONS" "SOURCES;LIBS;INCLUDES;LABELS")
  if(NOT RIG_TESTS OR (RIG_SANITIZE STREQUAL "thread" AND NOT arg_LABELS))
    return()
  endif()
  add_executable(${target} ${arg_SOURCES})
  target_include_directories(${target} PRIVATE ${arg_INCLUDES})
  target_link_libraries(${target} PRIVATE ${arg_LIBS} rig_boost GTest::gmock GTest::gtest_main)
  if(RIG_LTO)
    # The units are optimised already; to do it again across them costs each test program seconds at every link.
    target_link_options(${target} PRIVATE -Wl,--lto-O0 -Wl,--lto-CGO0)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  set(suppressions)
  if(arg_TSAN_SUPPRESSIONS)
    cmake_path(ABSOLUTE_PATH arg_TSAN_SUPPRESSIONS)
    set(suppressions "ENVIRONMENT_MODIFICATION TSAN_OPTIONS=path_list_append:suppressions=${arg_TSAN_SUPPRESSIONS}")
  endif()
  gtest_discover_tests(${target} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60 TEST_LIST ${target}_cases)
  # Set by a file of their own: the PROPERTIES of gtest_discover_tests break a list such as LABELS.
  set(properties "${CMAKE_CURRENT_BINARY_DIR}/${target}_properties.cmake")
  file(CONFIGURE OUTPUT "${properties}" @ONLY CONTENT [[
foreach(case IN LISTS @target@_cases)
  set_tests_properties("${case}" PROPERTIES LABELS "@arg_LABELS@" TIMEOUT @arg_TIMEOUT@ @suppressions@)
endforeach()
]])
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${properties}")
endfunction()

# rig_add_program(<name> [MODULES …]): a gateway of all modules that are known here, and of MODULES, which are libraries
# with a descriptor that no other program has (a test's).
function(rig_add_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "MODULES")
  get_property(modules GLOBAL PROPERTY RIG_MODULES)
  set(service "${PROJECT_SOURCE_DIR}/services/rig")
  set(RIG_MODULE_DECLARATIONS)
  set(RIG_MODULE_REFERENCES)
  set(libraries)
  foreach(module ${modules} ${arg_MODULES})
    string(APPEND RIG_MODULE_DECLARATIONS
      "namespace rig::${module} {\nextern constinit const Descriptor kModule;\n}\n")
    list(APPEND RIG_MODULE_REFERENCES "&rig::${module}::kModule")
    list(APPEND libraries rig_${module})
  endforeach()
  list(JOIN RIG_MODULE_REFERENCES ", " RIG_MODULE_REFERENCES)
  configure_file("${service}/module_list.cpp.in" "${CMAKE_CURRENT_BINARY_DIR}/${name}_module_list.cpp" @ONLY)

  get_property(code GLOBAL PROPERTY RIG_LIBRARIES)
  add_executable(${name} "${service}/main.cpp" "${CMAKE_CURRENT_BINARY_DIR}/${name}_module_list.cpp")
  target_include_directories(${name} PRIVATE "${service}")
  target_link_libraries(${name} PRIVATE ${libraries} ${code})
  if(TARGET rig_allocator)
    target_link_libraries(${name} PRIVATE rig_allocator)
  endif()
endfunction()
