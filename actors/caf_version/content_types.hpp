#pragma once

#include <string>
#include <string_view>

#include <caf/error.hpp>
#include <caf/expected.hpp>
#include <caf/fwd.hpp>
#include <caf/rtti_pair.hpp>
#include <caf/type_erased_value.hpp>

/// Which types may travel in messages between peers.
namespace cafmesh::caf_version {

/// The maximum number of elements of a message.
constexpr std::size_t max_elements = 255;

/// The name that a type has in messages; for a type without one, the compiler's
/// name.
std::string name_of_type(const caf::actor_system& system,
                         const caf::rtti_pair& type);

/// Makes an element of the named type, with its default value. Refuses unknown
/// types and some of CAF's own: stream messages, which assume that nothing is
/// lost; system messages, with which a peer could forge the end of an actor;
/// and groups, because CAF creates a group when it reads one.
/// @returns errc::unknown_type with the name of the type
caf::expected<caf::type_erased_value_ptr>
make_element(const caf::actor_system& system, const std::string& name);

/// Checks each type in CAF's list of type names, `@<>+name+name`.
/// @returns errc::unknown_type as `make_element` does, also if the list does not
///          start with `@<>`; errc::malformed if it is malformed or too long
caf::error check_type_list(const caf::actor_system& system,
                           std::string_view names);

/// Checks the types of the content, and the types of messages within it: a
/// message may be an element, or the context of an error. Also refuses content
/// that nests too deeply (errc::too_large).
caf::error check_types(const caf::actor_system& system,
                       const caf::type_erased_tuple& content);

} // namespace cafmesh::caf_version
