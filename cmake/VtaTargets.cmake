# How every target of the project is declared: one function for each kind of target.

add_library(vta_options INTERFACE)
target_compile_features(vta_options INTERFACE cxx_std_20)
target_compile_options(vta_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                                             -Wno-sign-conversion -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")  # GCC 12 warns falsely about "text" + std::string
  target_compile_options(vta_options INTERFACE -Wno-restrict)
endif()
target_include_directories(vta_options INTERFACE ${CMAKE_SOURCE_DIR})
if(VTA_SANITIZE)
  target_compile_options(vta_options INTERFACE -fsanitize=${VTA_SANITIZE} -fno-omit-frame-pointer
                                               -fno-sanitize-recover=all)
  target_link_options(vta_options INTERFACE -fsanitize=${VTA_SANITIZE})
  target_compile_definitions(vta_options INTERFACE _GLIBCXX_ASSERTIONS)
endif()
if(VTA_FUZZ)
  target_compile_options(vta_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# vta_library(NAME SOURCES… DEPS… [PRIVATE_DEPS…]): static library vta_NAME.
function(vta_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(vta_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(vta_${name} PUBLIC vta_options ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS})
endfunction()

add_library(vta_test_main STATIC ${CMAKE_SOURCE_DIR}/tests/main.cc
                                 ${CMAKE_SOURCE_DIR}/tests/golden.cc)
target_link_libraries(vta_test_main PUBLIC vta_options GTest::gmock GTest::gtest)
target_compile_definitions(vta_test_main PUBLIC
  VTA_PYTHON="${CMAKE_SOURCE_DIR}/build/python/bin/python")

add_custom_target(unit_tests)  # builds every test with the label 'unit'

# vta_test(NAME SOURCES… DEPS… [ARGS…] [LABELS…]): GoogleTest executable NAME, one ctest entry.
# LABELS 'unit' is what runs once more under the sanitizers; give 'e2e' to slow, whole-tool tests.
function(vta_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;ARGS;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/test)
  target_link_libraries(${name} PRIVATE vta_options ${ARG_DEPS} vta_test_main)
  add_test(NAME ${name} COMMAND ${name} ${ARG_ARGS})
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  if("unit" IN_LIST ARG_LABELS)
    add_dependencies(unit_tests ${name})
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" SKIP_RETURN_CODE 77
                       WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
endfunction()

# vta_program(NAME SOURCES… DEPS…): an executable in build/bin.
function(vta_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE vta_options ${ARG_DEPS})
endfunction()

# vta_embed(TARGET FUNCTION FILES…): gives TARGET a function `const std::vector<vta::EmbeddedFile>&
# FUNCTION()` (qualified: vta::rtl::sources), which the sources have to declare, with the text of
# FILES.
function(vta_embed target function)
  string(REPLACE "::" "_" name ${function})
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${target}_${name}.cc)
  set(files "")
  foreach(file IN LISTS ARGN)
    get_filename_component(path ${file} ABSOLUTE)
    list(APPEND files ${path})
  endforeach()
  set(script ${CMAKE_SOURCE_DIR}/cmake/Embed.cmake)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DFUNCTION=${function} -DBASE=${CMAKE_SOURCE_DIR}
            "-DFILES=${files}" -P ${script}
    DEPENDS ${files} ${script}
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
