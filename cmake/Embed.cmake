# Run as a script by vta_embed: writes OUTPUT, a C++ source with the text of each of FILES.
#   cmake -DOUTPUT=… -DFUNCTION=vta::rtl::sources -DBASE=/the/repository "-DFILES=a.sv;b.sv" -P Embed.cmake
string(REGEX MATCH "^(.*)::([^:]+)$" unused "${FUNCTION}")
set(namespace "${CMAKE_MATCH_1}")
set(function "${CMAKE_MATCH_2}")

set(code "// Generated from the files named below.\n#include \"vta/base/embedded.h\"\n\n")
string(APPEND code "namespace ${namespace} {\n\nconst std::vector<EmbeddedFile>& ${function}() {\n")
string(APPEND code "  static const std::vector<EmbeddedFile> files = {\n")
foreach(path IN LISTS FILES)
  file(RELATIVE_PATH name "${BASE}" "${path}")
  file(READ "${path}" text)
  string(APPEND code "      {\"${name}\", R\"embedded(${text})embedded\"},\n")
endforeach()
string(APPEND code "  };\n  return files;\n}\n\n}  // namespace ${namespace}\n")
file(WRITE "${OUTPUT}" "${code}")
