#pragma once

#include <string_view>

#include <caf/expected.hpp>

#include <cafmesh/settings.hpp>

namespace cafmesh {

/// Default settings, named after the network between the nodes:
///
///     |            | original | loopback |   lan |   wan |
///     | heartbeats |     30 s |   500 ms |   2 s |  15 s |
///     | patience   |     60 s |      5 s |  10 s |  90 s |
///     | gossip     |     30 s |      1 s |  10 s |  30 s |
///     | retries    | 2–360 s  | 0.1–2 s  | 1–30 s| 2–360 s |
///
/// `original` is `settings{}`, with the Go library's times. `loopback` listens
/// only on 127.0.0.1. All nodes of a mesh should use the same preset. If a
/// neighbour's heartbeats are further apart than this node's patience, its
/// patience is at least 60 s (see `settings::patience`), so the neighbour's
/// failure is noticed later. With `loopback` and `lan`, this applies to Go
/// peers, which send a heartbeat every 30 s.
/// @returns errc::bad_setting for any other name.
caf::expected<settings> preset(std::string_view name);

} // namespace cafmesh
