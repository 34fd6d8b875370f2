#pragma once

#include <caf/expected.hpp>
#include <caf/fwd.hpp>

#include <cafmesh/router.hpp>
#include <cafmesh/settings.hpp>

namespace cafmesh {

/// Adds all settings to the options of an application: those of `settings` as
/// `mesh.port` and so on, those of `actor_settings` as `actors.window` and so
/// on. Use `--mesh.port=6784` on the command line, or in a configuration file
///
///     [mesh]
///     preset = "lan"
///     peers = ["ann.example:6783", "bob.example"]
///     gossip-interval = 5s
///
/// `--long-help` lists the options with their defaults. Call `add_options` in
/// the constructor of the application's configuration. A second call does
/// nothing. The call also registers the types of public messages
/// (`caf::id_block::cafmesh`), lets `actor_system::render` render our errors,
/// and gives each actor system that is made from the configuration a random
/// node ID, even if `caf::io` is loaded.
///
/// Differences from CAF's own options: lists may be repeated (`--mesh.peers=a,b
/// --mesh.peers=c`), each occurrence of `--mesh.password` is one password, and
/// a switch such as `--mesh.discovery` needs `=true` or `=false`. Write
/// `--mesh.password='""'` for an empty password. `--dump-config` shows
/// passwords, unless they come from `mesh.password-file`, a file with one
/// password per line. Such a file also keeps passwords out of the process list.
void add_options(caf::actor_system_config& config);

/// Reads the settings from the options. The command line takes precedence over
/// the configuration file, and the file over the defaults of `settings` or of
/// the preset.
/// @returns the settings, or errc::bad_setting, bad_address or bad_peer_name.
///          The error names the option, the given value and the valid values.
///          An option under `mesh.` that neither `add_options` nor the
///          application has added is an error too.
caf::expected<settings> get_settings(const caf::actor_system_config& config);

/// Overwrites the passwords from `mesh.password` in `config` and in `argv`. The
/// process list then shows `*`. Call this function after `get_settings` and
/// before the program has threads:
///
///     config.parse(argc, argv);
///     auto mesh = cafmesh::get_settings(config);
///     cafmesh::wipe_passwords(config, argc, argv);
///     caf::actor_system system{config};
///
/// CAF copied the command line, the text of the configuration file and some
/// values while it parsed them. These copies stay in freed memory until the
/// memory is used again. `mesh.password-file` leaves no copies.
///
/// Afterwards `get_settings` returns an error if there were passwords, so that
/// no later node starts without encryption.
/// @param argv the arguments of `main`; null leaves the command line unchanged.
void wipe_passwords(caf::actor_system_config& config, int argc = 0,
                    char** argv = nullptr);

/// Like `spawn_router` in router.hpp. If `config` is an error, returns this
/// error. This allows the call `spawn_router(system, get_settings(config))`.
caf::expected<router_actor> spawn_router(caf::actor_system& system,
                                         caf::expected<settings> config,
                                         transport_ptr sockets = nullptr,
                                         log_sink_ptr log = nullptr,
                                         overlay_actor overlay = {});

} // namespace cafmesh
