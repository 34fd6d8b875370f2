#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <caf/error.hpp>
#include <caf/fwd.hpp>
#include <caf/message.hpp>

#include "actors/caf_version/content_decoder.hpp"
#include <cafmesh/bytes.hpp>

/// Encodes and decodes messages between peers. A message is encoded as the
/// number of elements, the type name of each element, and then the elements'
/// values. CAF's own functions lose errors of nested messages; the functions
/// below report them. See PROTOCOL.md, "Messages between actors".
namespace cafmesh::caf_version {

/// Identifies the encoder to which a set of remembered type names belongs. The
/// same type may have different names in different actor systems.
enum class types_owner : std::uint64_t { none };

/// Returns an owner that is unique in this process.
types_owner new_types_owner() noexcept;

/// Appends an encoded message to `out`. For each local actor whose handle the
/// message contains, CAF locks the actor and adds it to the system's registry.
/// The caller must therefore not hold the lock of an actor.
/// @param max_size the maximum number of bytes to append
/// @param local_actors receives the IDs of those local actors that have not
///        ended, even if the message cannot be encoded: they are in the
///        registry then, too
/// @param owner unless `none`, the type names of the latest message are
///        remembered for this owner and thread, which saves time
/// @returns errc::unknown_type, errc::too_large, or the error of the
///          application's `inspect`; `out` is then unchanged
caf::error encode_content(caf::actor_system& system,
                          const caf::type_erased_tuple& content,
                          std::size_t max_size, bytes& out,
                          std::vector<caf::actor_id>& local_actors,
                          types_owner owner = types_owner::none);

/// The type names of the first 16 elements, in printable ASCII, for logs and
/// reports.
std::vector<std::string> type_names(const caf::actor_system& system,
                                    const caf::type_erased_tuple& content);
/// The type names of the first 16 elements of an encoded message. If the
/// message is malformed, returns the names before the malformed part.
std::vector<std::string> type_names(byte_view encoded);

/// Decodes a message, which must take up all of `from`.
/// @returns errc::unknown_type, errc::malformed, errc::too_large, or the error
///          of the application's `inspect`; errc::ended if a handle is null or
///          its actor does not exist
caf::error decode_content(caf::actor_system& system, byte_view from,
                          const handle_source& handles, caf::message& out);

} // namespace cafmesh::caf_version
