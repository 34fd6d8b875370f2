# `cpack`, which tools/package runs, makes Debian packages: the library, its
# development files, and the programs that this build has. It needs a build with
# shared libraries.
set(CAFMESH_MAINTAINER "cafmesh packages <root@localhost>" CACHE STRING
    "Name and address of whoever makes the packages")
set(packaging_maintainer "${CAFMESH_MAINTAINER}")
# Sorts before revision 1, which belongs to Debian.
set(packaging_revision 1~local1)
set(packaging_documents "${CMAKE_INSTALL_DATADIR}/doc")

# The changelogs and the copyright, which each package has.
string(TIMESTAMP packaging_date "%a, %d %b %Y %H:%M:%S +0000" UTC) # of SOURCE_DATE_EPOCH, if that is set
configure_file(${packaging_folder}/debian/changelog.in ${packaging_build_folder}/changelog.Debian @ONLY)
packaging_compress(${packaging_build_folder}/changelog.Debian ${packaging_build_folder}/changelog.Debian.gz)
packaging_compress(${PROJECT_SOURCE_DIR}/CHANGELOG.md ${packaging_build_folder}/changelog.gz)

# The page that meshd serves contains packages under licences of their own.
set(packaging_page "")
set(packaging_page_licences ${PROJECT_SOURCE_DIR}/tools/meshd/page/dist/licenses.txt)
if(EXISTS ${packaging_page_licences})
  file(READ ${packaging_page_licences} packaging_page)
  string(REGEX REPLACE "\n\n" "\n.\n" packaging_page "${packaging_page}")
  string(REGEX REPLACE "\n" "\n " packaging_page "${packaging_page}")
  string(PREPEND packaging_page "Comment:\n ")
endif()
configure_file(${packaging_folder}/debian/copyright.in ${packaging_build_folder}/copyright @ONLY)

function(packaging_documents component package)
  install(FILES ${packaging_build_folder}/changelog.Debian.gz ${packaging_build_folder}/changelog.gz
                ${packaging_build_folder}/copyright
          DESTINATION ${packaging_documents}/${package} COMPONENT ${component})
  if(EXISTS ${packaging_folder}/debian/${component}.lintian-overrides)
    install(FILES ${packaging_folder}/debian/${component}.lintian-overrides
            DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides RENAME ${package} COMPONENT ${component})
  endif()
endfunction()

# -- the library

set(packaging_soname ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
set(CPACK_COMPONENTS_ALL library development)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libcafmesh${packaging_soname})
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${packaging_folder}/debian/triggers)
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION "Gossip mesh on the C++ Actor Framework, shared library
Nodes of a mesh exchange messages over any number of hops, agree on
replicated values and hold handles of each other's actors. The wire protocol is
that of the Go library weaveworks/mesh.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libcafmesh-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
    "libcaf-dev (>= 0.17.6), libcaf-dev (<< 0.18~), libsodium-dev, libspdlog-dev, libssl-dev")
set(CPACK_COMPONENT_DEVELOPMENT_DEPENDS library)
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "Gossip mesh on the C++ Actor Framework, development files
Headers, a CMake package and a pkg-config file to build programs whose actors
talk over a mesh, and examples.")
install(DIRECTORY ${PROJECT_SOURCE_DIR}/tools/examples/ DESTINATION ${packaging_documents}/libcafmesh-dev/examples
        COMPONENT development FILES_MATCHING PATTERN *.cpp PATTERN work_queue EXCLUDE)
packaging_documents(library ${CPACK_DEBIAN_LIBRARY_PACKAGE_NAME})
packaging_documents(development libcafmesh-dev)

# -- the service

if(TARGET meshd)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/tools/examples/work_queue DESTINATION ${packaging_documents}/meshd/examples
          USE_SOURCE_PERMISSIONS COMPONENT meshd)
  list(APPEND CPACK_COMPONENTS_ALL meshd)
  set(CPACK_DEBIAN_MESHD_PACKAGE_NAME meshd)
  set(CPACK_DEBIAN_MESHD_PACKAGE_SECTION net)
  set(CPACK_COMPONENT_MESHD_DEPENDS library)
  set(CPACK_COMPONENT_MESHD_DESCRIPTION "node of a gossip mesh with an HTTP API
The meshd of each machine joins it to a mesh. Programs on the machine send
and receive messages, and share a key-value map, counters and sets with those
on others, by HTTP. After installation the service listens on loopback only.")
  packaging_documents(meshd meshd)
  file(WRITE ${packaging_build_folder}/control/conffiles "/etc/meshd/meshd.conf\n")
  set(CPACK_DEBIAN_MESHD_PACKAGE_CONTROL_EXTRA ${packaging_build_folder}/control/conffiles)
  foreach(script postinst prerm postrm)
    configure_file(${packaging_folder}/debian/meshd.${script} ${packaging_build_folder}/control/${script} COPYONLY)
    list(APPEND CPACK_DEBIAN_MESHD_PACKAGE_CONTROL_EXTRA ${packaging_build_folder}/control/${script})
  endforeach()
endif()

if(TARGET meshctl)
  list(APPEND CPACK_COMPONENTS_ALL meshctl)
  set(CPACK_DEBIAN_MESHCTL_PACKAGE_NAME meshctl)
  set(CPACK_DEBIAN_MESHCTL_PACKAGE_SECTION net)
  set(CPACK_DEBIAN_MESHCTL_PACKAGE_SUGGESTS meshd)
  set(CPACK_COMPONENT_MESHCTL_DESCRIPTION "command line for meshd, a node of a gossip mesh
Shows peers, connections and health of a mesh, follows events, and reads and
writes its key-value map, through the HTTP API of a meshd.")
  packaging_documents(meshctl meshctl)
endif()

# -- all packages

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME cafmesh)
set(CPACK_PACKAGE_CONTACT "${CAFMESH_MAINTAINER}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "") # else it would precede each description
set(CPACK_PACKAGE_CHECKSUM SHA256)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
                                                WORLD_READ WORLD_EXECUTE)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE ${packaging_revision})
set(CPACK_DEBIAN_PACKAGE_SOURCE cafmesh)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR})
include(CPack)
