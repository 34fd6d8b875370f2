# Finds CAF, because Debian's libcaf-dev has no CMake package. Defines CAF::core
# and CAF::io, as CAF's own package does, and CAF_VERSION. Components: core, io.
# Fails if headers and library are of different versions, or if their version is
# not the requested one.

# If the project already has a target CAF::core, that CAF is used.
set(_caf_hints)
if(TARGET CAF::core)
  get_target_property(_caf_hints CAF::core INTERFACE_INCLUDE_DIRECTORIES)
  string(REGEX REPLACE "\\$<(BUILD|INSTALL)_INTERFACE:([^>]*)>" "\\2" _caf_hints "${_caf_hints}")
  set(CAF_CORE_LIBRARY CAF::core)
endif()
find_path(CAF_INCLUDE_DIR caf/actor_system.hpp HINTS ${_caf_hints})
# Looks for the library beside the headers, because a library elsewhere may be
# of another version.
set(_caf_lib_hints "${CAF_INCLUDE_DIR}/../lib/${CMAKE_LIBRARY_ARCHITECTURE}" "${CAF_INCLUDE_DIR}/../lib")
find_library(CAF_CORE_LIBRARY caf_core HINTS ${_caf_lib_hints})

set(CAF_VERSION)
set(_caf_problem)
foreach(_caf_header config.hpp detail/build_config.hpp)
  set(_caf_header "${CAF_INCLUDE_DIR}/caf/${_caf_header}")
  if(NOT CAF_VERSION AND EXISTS "${_caf_header}")
    file(STRINGS "${_caf_header}" _caf_line REGEX "^#[ \t]*define[ \t]+CAF_VERSION[ \t]+[0-9]+")
    if(_caf_line MATCHES "CAF_VERSION[ \t]+([0-9]+)")
      math(EXPR _caf_major "${CMAKE_MATCH_1} / 10000")
      math(EXPR _caf_minor "(${CMAKE_MATCH_1} / 100) % 100")
      math(EXPR _caf_patch "${CMAKE_MATCH_1} % 100")
      set(CAF_VERSION "${_caf_major}.${_caf_minor}.${_caf_patch}")
    endif()
  endif()
endforeach()
if(CAF_INCLUDE_DIR AND NOT CAF_VERSION)
  set(_caf_problem "${CAF_INCLUDE_DIR}/caf/config.hpp does not say which version of CAF it belongs to. \
CMAKE_PREFIX_PATH, or CAF_INCLUDE_DIR and CAF_CORE_LIBRARY, say where to look for another one")
elseif(CAF_FIND_VERSION)
  set(_caf_problem "other versions have other interfaces. CMAKE_PREFIX_PATH, or \
CAF_INCLUDE_DIR and CAF_CORE_LIBRARY, say where to look")
endif()
# A shared library's file is named after its version, which is compared here.
if(CAF_VERSION AND EXISTS "${CAF_CORE_LIBRARY}")
  file(REAL_PATH "${CAF_CORE_LIBRARY}" _caf_file)
  if(_caf_file MATCHES "\\.so\\.([0-9]+\\.[0-9]+\\.[0-9]+)$" AND NOT CMAKE_MATCH_1 STREQUAL CAF_VERSION)
    set(_caf_problem "${_caf_file} does not belong to the headers in ${CAF_INCLUDE_DIR}, \
which are those of CAF ${CAF_VERSION}. Set CAF_INCLUDE_DIR and CAF_CORE_LIBRARY to one version")
    set(CAF_VERSION)
  endif()
endif()

if(CAF_CORE_LIBRARY)
  set(CAF_core_FOUND TRUE)
endif()
if("io" IN_LIST CAF_FIND_COMPONENTS)
  find_library(CAF_IO_LIBRARY caf_io HINTS ${_caf_lib_hints})
  find_path(CAF_IO_INCLUDE_DIR caf/io/middleman.hpp HINTS "${CAF_INCLUDE_DIR}")
  if(TARGET CAF::io OR (CAF_IO_LIBRARY AND CAF_IO_INCLUDE_DIR))
    set(CAF_io_FOUND TRUE)
  endif()
  mark_as_advanced(CAF_IO_LIBRARY CAF_IO_INCLUDE_DIR)
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(CAF REQUIRED_VARS CAF_CORE_LIBRARY CAF_INCLUDE_DIR CAF_VERSION
                                  VERSION_VAR CAF_VERSION HANDLE_VERSION_RANGE HANDLE_COMPONENTS
                                  REASON_FAILURE_MESSAGE "${_caf_problem}")
if(CAF_FOUND AND NOT TARGET CAF::core)
  add_library(CAF::core UNKNOWN IMPORTED)
  set_target_properties(CAF::core PROPERTIES IMPORTED_LOCATION "${CAF_CORE_LIBRARY}"
                                             INTERFACE_INCLUDE_DIRECTORIES "${CAF_INCLUDE_DIR}")
endif()
if(CAF_FOUND AND CAF_io_FOUND AND NOT TARGET CAF::io)
  add_library(CAF::io UNKNOWN IMPORTED)
  set_target_properties(CAF::io PROPERTIES IMPORTED_LOCATION "${CAF_IO_LIBRARY}"
                                           INTERFACE_INCLUDE_DIRECTORIES "${CAF_IO_INCLUDE_DIR}"
                                           INTERFACE_LINK_LIBRARIES CAF::core)
endif()
mark_as_advanced(CAF_INCLUDE_DIR CAF_CORE_LIBRARY)
