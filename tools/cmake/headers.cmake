# Makes `<cafmesh/name.hpp>` work in a build as it does once installed. Headers
# directly in messages/, crypto/ and actors/ are public, those in actors/detail/
# serve public templates, and no other header can be found. Sets
# cafmesh_public_headers, cafmesh_detail_headers and cafmesh_include_dir.
set(cafmesh_include_dir "${PROJECT_BINARY_DIR}/include")

file(GLOB cafmesh_public_headers CONFIGURE_DEPENDS messages/*.hpp crypto/*.hpp actors/*.hpp)
file(GLOB cafmesh_detail_headers CONFIGURE_DEPENDS actors/detail/*.hpp)

function(cafmesh_forward_headers folder)
  set(wanted)
  foreach(header ${ARGN})
    cmake_path(GET header FILENAME name)
    file(CONFIGURE OUTPUT "${folder}/${name}" CONTENT "#include \"${header}\"\n" @ONLY)
    list(APPEND wanted "${folder}/${name}")
  endforeach()
  # Removes headers that were moved or renamed, so that they cannot be found.
  file(GLOB present "${folder}/*.hpp")
  foreach(header ${present})
    if(NOT header IN_LIST wanted)
      file(REMOVE "${header}")
    endif()
  endforeach()
endfunction()
cafmesh_forward_headers("${cafmesh_include_dir}/cafmesh" ${cafmesh_public_headers})
cafmesh_forward_headers("${cafmesh_include_dir}/cafmesh/detail" ${cafmesh_detail_headers})
