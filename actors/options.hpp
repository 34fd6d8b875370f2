#pragma once

#include <caf/expected.hpp>
#include <caf/fwd.hpp>

#include <cafmesh/router.hpp>
#include <cafmesh/settings.hpp>

namespace cafmesh {

/// Puts all settings among the options of an application, as `mesh.port`,
/// `mesh.peers` and so on: `--mesh.port=6784` on the command line, and in its
/// configuration file
///
///     [mesh]
///     preset = "lan"
///     peers = ["ann.example:6783", "bob.example"]
///     gossip-interval = 5s
///
/// `--long-help` lists them. To be called in the constructor of the
/// application's configuration; once is enough. Also registers the types of
/// public messages (`caf::id_block::cafmesh`), and how errors are rendered by
/// `actor_system::render`.
///
/// Differences from CAF's own options: lists may be repeated
/// (`--mesh.peers=a,b --mesh.peers=c`), each occurrence of `--mesh.password` is
/// one password, and `--mesh.discovery=false` needs its value. CAF takes an
/// empty value for a missing one: `--mesh.password='""'` is the empty password.
/// `--dump-config` shows passwords; `mesh.password-file`, one a line, keeps
/// them out of it and out of the list of processes.
void add_options(caf::actor_system_config& config);

/// What the options come to: the defaults of `settings`, or of the preset; then
/// the file; then the command line. All or nothing.
/// @returns errc::bad_setting, bad_address or bad_peer_name that names the
///          option, what it may be and what it is. A name under `mesh.` that is
///          no option, of ours or of the application, is an error too.
caf::expected<settings> get_settings(const caf::actor_system_config& config);

/// Overwrites the passwords that `mesh.password` gave: among the options, and on
/// the command line, which the list of processes shows: there `*` replaces them.
/// To be called once the settings are there, and before there are threads:
///
///     config.parse(argc, argv);
///     auto mesh = cafmesh::get_settings(config);
///     cafmesh::wipe_passwords(config, argc, argv);
///     caf::actor_system system{config};
///
/// Out of reach are copies that CAF made while it parsed: of the command line,
/// of the text of a configuration file and of values that it moved. They lie in
/// memory that was freed, until that is used again. Who minds uses
/// `mesh.password-file`, which leaves none.
///
/// Afterwards `get_settings` is an error where there were any, lest a node that
/// comes later does without.
void wipe_passwords(caf::actor_system_config& config, int argc = 0,
                    char** argv = nullptr);

/// For `spawn_router(system, get_settings(config))`: passes the error on.
caf::expected<router_actor> spawn_router(caf::actor_system& system,
                                         caf::expected<settings> config,
                                         transport_ptr sockets = nullptr,
                                         log_sink_ptr log = nullptr,
                                         overlay_actor overlay = {});

} // namespace cafmesh
