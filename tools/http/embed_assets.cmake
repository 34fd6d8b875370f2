# Builds files into a program, for http::add_assets.
#
#   cafmesh_embed_assets(TARGET FOLDER NAMESPACE FUNCTION)
#
# adds to the target the function `http::asset_table NAMESPACE::FUNCTION()`, which
# the user declares, with all files below the folder. FOLDER/assets/page.js is
# served as /assets/page.js. The assembler reads the files, which takes no time even
# if they are large.
#
# CMake runs this file again as a script while it builds, to compress the files and
# to write the table.

function(cafmesh_embed_assets target folder namespace function)
  get_filename_component(folder "${folder}" ABSOLUTE)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS "${folder}/*")
  set(output "${CMAKE_CURRENT_BINARY_DIR}/${namespace}_${function}")
  add_custom_command(
    OUTPUT ${output}.cpp VERBATIM
    COMMAND ${CMAKE_COMMAND} -D FOLDER=${folder} -D OUTPUT=${output} -D NAMESPACE=${namespace} -D FUNCTION=${function}
            -P ${CMAKE_CURRENT_FUNCTION_LIST_FILE}
    DEPENDS ${files} ${CMAKE_CURRENT_FUNCTION_LIST_FILE})
  target_sources(${target} PRIVATE ${output}.cpp)
endfunction()

function(cafmesh_content_type path result)
  get_filename_component(extension "${path}" LAST_EXT)
  set(text "text/plain; charset=utf-8")
  set(.html "text/html; charset=utf-8")
  set(.css "text/css; charset=utf-8")
  set(.js "text/javascript; charset=utf-8")
  set(.txt "${text}")
  set(.md "${text}")
  set(.json "application/json")
  set(.map "application/json")
  set(.svg "image/svg+xml")
  set(.png "image/png")
  set(.ico "image/x-icon")
  set(.woff2 "font/woff2")
  if(NOT extension OR NOT DEFINED "${extension}")
    set(extension .other)
    set(.other "application/octet-stream")
  endif()
  set(${result} "${${extension}}" PARENT_SCOPE)
endfunction()

# Appends a file's bytes to the assembler's text.
function(cafmesh_incbin symbol file)
  string(APPEND assembler "  \".global ${symbol}\\n\"\n  \"${symbol}: .incbin \\\"${file}\\\"\\n\"\n")
  set(assembler "${assembler}" PARENT_SCOPE)
endfunction()

function(cafmesh_write_assets)
  file(GLOB_RECURSE files RELATIVE "${FOLDER}" "${FOLDER}/*")
  list(SORT files)
  set(prefix "${NAMESPACE}_${FUNCTION}")
  set(assembler "")
  set(declarations "")
  set(rows "")
  set(index 0)
  foreach(file ${files})
    set(symbol "${prefix}_${index}")
    set(packed "${OUTPUT}_${index}.gz")
    # Without name and time, so that each build makes the same bytes.
    execute_process(COMMAND gzip -9 -n -c "${FOLDER}/${file}" OUTPUT_FILE "${packed}" COMMAND_ERROR_IS_FATAL ANY)
    file(SIZE "${FOLDER}/${file}" size)
    file(SIZE "${packed}" packed_size)
    file(SHA256 "${FOLDER}/${file}" digest)
    string(SUBSTRING "${digest}" 0 16 digest)
    cafmesh_content_type("${file}" type)
    cafmesh_incbin(${symbol} "${FOLDER}/${file}")
    string(APPEND declarations "extern const char ${symbol}[];\n")
    set(gzip "{}")
    if(packed_size LESS size)
      cafmesh_incbin(${symbol}_gz "${packed}")
      string(APPEND declarations "extern const char ${symbol}_gz[];\n")
      set(gzip "{${symbol}_gz, ${packed_size}}")
    endif()
    string(APPEND rows "  {\"/${file}\", \"${type}\", \"\\\"${digest}\\\"\",\n   {${symbol}, ${size}}, ${gzip}},\n")
    math(EXPR index "${index} + 1")
  endforeach()
  file(WRITE "${OUTPUT}.cpp" "#include \"tools/http/assets.hpp\"

__asm__(
  \".pushsection .rodata\\n\"
${assembler}  \".popsection\\n\");

extern \"C\" {
${declarations}}

namespace ${NAMESPACE} {

http::asset_table ${FUNCTION}();

http::asset_table ${FUNCTION}() {
  static const http::asset table[] = {
${rows}  };
  return {table, ${index}};
}

} // namespace ${NAMESPACE}
")
endfunction()

if(CMAKE_SCRIPT_MODE_FILE)
  cafmesh_write_assets()
endif()
