# `cmake --install` also installs the programs that this build has, with the service's unit,
# its settings and manual pages.
set(packaging_folder ${CMAKE_CURRENT_LIST_DIR})
set(packaging_build_folder ${PROJECT_BINARY_DIR}/packaging)

# With the prefix /usr, settings belong in /etc. With another prefix they stay
# below it, so that an installation writes nowhere else.
if(CMAKE_INSTALL_PREFIX STREQUAL /usr)
  set(packaging_etc /etc)
else()
  set(packaging_etc etc)
endif()
set(packaging_config ${CMAKE_INSTALL_FULL_SYSCONFDIR}/meshd/meshd.conf)

# Compresses without a time stamp, so that equal sources make equal packages.
function(packaging_compress from to)
  get_filename_component(folder ${to} DIRECTORY)
  file(MAKE_DIRECTORY ${folder})
  execute_process(COMMAND gzip -9nc ${from} OUTPUT_FILE ${to} COMMAND_ERROR_IS_FATAL ANY)
  set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${from})
endfunction()

# Installs compressed manual pages. A page may name the version.
function(packaging_manual component)
  foreach(page ${ARGN})
    string(REGEX REPLACE "\\.in$" "" name ${page})
    get_filename_component(name ${name} NAME)
    string(REGEX REPLACE ".*\\." "" section ${name})
    configure_file(${page} ${packaging_build_folder}/${name} @ONLY)
    packaging_compress(${packaging_build_folder}/${name} ${packaging_build_folder}/man/${name}.gz)
    install(FILES ${packaging_build_folder}/man/${name}.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section}
            COMPONENT ${component})
  endforeach()
endfunction()

if(TARGET meshd)
  configure_file(${packaging_folder}/service/meshd.service.in ${packaging_build_folder}/meshd.service @ONLY)
  install(TARGETS meshd RUNTIME DESTINATION ${CMAKE_INSTALL_SBINDIR} COMPONENT meshd)
  install(FILES ${packaging_build_folder}/meshd.service DESTINATION lib/systemd/system COMPONENT meshd)
  install(FILES ${packaging_folder}/service/meshd.conf DESTINATION ${packaging_etc}/meshd COMPONENT meshd)
  packaging_manual(meshd ${packaging_folder}/man/meshd.8.in ${packaging_folder}/man/meshd.conf.5.in)
endif()
if(TARGET meshctl)
  install(TARGETS meshctl RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT meshctl)
  file(GLOB packaging_pages CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tools/meshctl/man/*.1)
  packaging_manual(meshctl ${packaging_pages})
  install(FILES ${PROJECT_SOURCE_DIR}/tools/meshctl/completion/meshctl.bash
          DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME meshctl COMPONENT meshctl)
endif()
