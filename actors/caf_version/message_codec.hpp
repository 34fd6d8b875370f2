#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include <caf/error.hpp>
#include <caf/fwd.hpp>
#include <caf/message.hpp>
#include <caf/proxy_registry.hpp>

#include <cafmesh/bytes.hpp>

/// Messages as bytes: the number of elements, the type name of each element,
/// then the values of the elements. Unlike CAF's own format, this format names
/// all types before the first value, and its errors are not lost. Serves
/// PROTOCOL.md, "Messages between actors".
namespace cafmesh::caf_version {

/// Appends the content. CAF puts each local actor whose handle the content
/// contains into the system's registry, so the caller must not hold the lock of
/// an actor.
/// @param max_size the maximum number of bytes to append
/// @param local_actors receives the IDs of those local actors
/// @returns errc::unknown_type or too_large, and then `out` is as it was; or
///          the error of the application's `inspect`
caf::error encode_content(caf::actor_system& system,
                          const caf::type_erased_tuple& content,
                          std::size_t max_size, bytes& out,
                          std::vector<caf::actor_id>& local_actors);

/// The names of the elements' types, for people: the first 16 of them, in
/// printable ASCII.
std::vector<std::string> type_names(const caf::actor_system& system,
                                    const caf::type_erased_tuple& content);
/// Like the function above, for encoded content. Returns the names that can be
/// read.
std::vector<std::string> type_names(byte_view encoded);

/// What `decode_content` needs to turn IDs into handles.
struct handle_source {
  /// The proxy of an actor of another node; null if there is none. It must be a
  /// `caf::actor_proxy`.
  std::function<caf::strong_actor_ptr(const caf::node_id&, caf::actor_id)>
    find_remote;
  /// Whether peers may address this local actor.
  std::function<bool(caf::actor_id)> may_address;
};

/// Reads a message, which must take up all of `from`.
/// @returns errc::unknown_type, malformed, too_large, or ended if a handle is
///          null or its actor does not exist
caf::error decode_content(caf::actor_system& system, byte_view from,
                          const handle_source& handles, caf::message& out);

} // namespace cafmesh::caf_version
