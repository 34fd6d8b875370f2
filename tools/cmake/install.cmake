# `cmake --install` installs headers under include/cafmesh/, the libraries, a CMake
# package and a pkg-config file.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/cafmesh")
set(package_build_dir "${PROJECT_BINARY_DIR}/package")

add_library(cafmesh::cafmesh ALIAS cafmesh)
set_target_properties(cafmesh_core PROPERTIES EXPORT_NAME core)
foreach(library cafmesh_core cafmesh)
  # Before 1.0 a minor version may break the ABI, so the soname has both
  # numbers. With the RPATH, a shared libcafmesh finds libcafmesh_core beside
  # itself.
  set_target_properties(${library} PROPERTIES VERSION ${PROJECT_VERSION}
                                              SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
                                              INSTALL_RPATH $ORIGIN)
  target_compile_features(${library} PUBLIC cxx_std_17)
  target_include_directories(${library} PUBLIC $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
endforeach()
if(CAFMESH_SANITIZERS) # a program that links these needs the run-time library, too
  target_link_options(cafmesh_core PUBLIC -fsanitize=${CAFMESH_SANITIZERS})
endif()
if(NOT CAFMESH_INSTALL)
  return()
endif()

install(TARGETS cafmesh_core cafmesh EXPORT cafmesh_targets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library NAMELINK_COMPONENT development)

install(FILES ${cafmesh_public_headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/cafmesh COMPONENT development)
install(FILES ${cafmesh_detail_headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/cafmesh/detail
        COMPONENT development)

configure_package_config_file(tools/cmake/cafmeshConfig.cmake.in ${package_build_dir}/cafmeshConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
# Before 1.0 a minor version may break the API, so only the same one is
# compatible.
write_basic_package_version_file(${package_build_dir}/cafmeshConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(EXPORT cafmesh_targets NAMESPACE cafmesh:: FILE cafmeshTargets.cmake DESTINATION ${package_dir}
        COMPONENT development)
install(FILES ${package_build_dir}/cafmeshConfig.cmake ${package_build_dir}/cafmeshConfigVersion.cmake
              tools/cmake/FindCAF.cmake
        DESTINATION ${package_dir} COMPONENT development)

# The prefix is relative, so that an installed tree can be moved.
set(pkgconfig_dir "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
file(RELATIVE_PATH pkgconfig_prefix "/${pkgconfig_dir}" "/")
string(REGEX REPLACE "/$" "" pkgconfig_prefix "${pkgconfig_prefix}")
cmake_path(APPEND pkgconfig_includedir "\${prefix}" "${CMAKE_INSTALL_INCLUDEDIR}")
cmake_path(APPEND pkgconfig_libdir "\${prefix}" "${CMAKE_INSTALL_LIBDIR}")
set(cafmesh_pc_sqlite)
if(SQLite3_FOUND)
  set(cafmesh_pc_sqlite " sqlite3")
endif()
configure_file(tools/cmake/cafmesh.pc.in ${package_build_dir}/cafmesh.pc @ONLY)
install(FILES ${package_build_dir}/cafmesh.pc DESTINATION ${pkgconfig_dir} COMPONENT development)
