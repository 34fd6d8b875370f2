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

/// The name under which a type is registered with CAF. If the type is not
/// registered, returns the compiler's name.
std::string name_of_type(const caf::actor_system& system,
                         const caf::rtti_pair& type);

/// Makes an element of the named type, with its default value. Refuses unknown
/// types, and these types of CAF:
/// - stream messages, because a stream breaks if one of them is lost;
/// - system messages, with which a peer could forge the end of an actor;
/// - groups, because reading a group creates it.
/// @returns the element; or errc::unknown_type with the name of the type
caf::expected<caf::type_erased_value_ptr>
make_element(const caf::actor_system& system, const std::string& name);

/// Checks each type in a list in CAF's format, `@<>+name+name`.
/// @returns errc::unknown_type if a type is refused or the list does not start
///          with `@<>`; errc::malformed if the list is malformed or too long
caf::error check_type_list(const caf::actor_system& system,
                           std::string_view names);

/// Checks the types of a message's elements and of nested messages. Nested
/// messages are found if they are elements, contexts of errors, or items of a
/// vector, list, deque, optional or map with text keys. They are not found in
/// other types of the application.
/// @returns errc::unknown_type for a type that is refused; errc::too_large if
///          there are too many elements or messages nest too deeply
caf::error check_types(const caf::actor_system& system,
                       const caf::type_erased_tuple& content);

/// Whether the result of `check_types` depends on the values of the elements,
/// and not on their types alone.
bool may_have_messages(const caf::type_erased_tuple& content);

} // namespace cafmesh::caf_version
