#pragma once

#include <cstddef>
#include <string>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include <caf/expected.hpp>

#include <cafmesh/bytes.hpp>
#include <cafmesh/instant.hpp>
#include <cafmesh/reachable.hpp>

/// Tells which optional members a value type has; `replicated.hpp` lists them.
namespace cafmesh::replication {

template <class V, class = void>
inline constexpr bool has_age = false;

template <class V>
inline constexpr bool
  has_age<V, std::void_t<decltype(std::declval<V&>().advance(instant{}))>> =
    true;

template <class V, class = void>
inline constexpr bool has_date = false;

template <class V>
inline constexpr bool
  has_date<V, std::void_t<decltype(std::declval<V&>().set_date(wall_time{}))>> =
    true;

template <class V, class = void>
inline constexpr bool has_limit = false;

template <class V>
inline constexpr bool
  has_limit<V, std::void_t<decltype(std::declval<const V&>().refused())>> =
    true;

template <class V, class = void>
inline constexpr bool can_be_ahead = false;

template <class V>
inline constexpr bool can_be_ahead<
  V, std::void_t<decltype(std::declval<const V&>().is_ahead_of(wall_time{}))>> =
  true;

template <class V, class = void>
inline constexpr bool has_question = false;

template <class V>
inline constexpr bool
  has_question<V, std::void_t<decltype(std::declval<const V&>().question())>> =
    true;

template <class V, class = void>
inline constexpr bool tells_surplus = false;

template <class V>
inline constexpr bool
  tells_surplus<V, std::void_t<decltype(std::declval<const V&>().decode(
                     byte_view{}, std::declval<std::size_t&>()))>> = true;

/// Decodes a message.
/// @param ignored receives the number of ignored bytes if V reports it
template <class V>
caf::expected<V> decode_counting(const V& value, byte_view message,
                                 std::size_t& ignored) {
  if constexpr (tells_surplus<V>)
    return value.decode(message, ignored);
  else
    return value.decode(message);
}

template <class V, class = void>
inline constexpr bool has_load = false;

template <class V>
inline constexpr bool
  has_load<V, std::void_t<decltype(std::declval<V&>().load(byte_view{}))>> =
    true;

template <class V, class = void>
inline constexpr bool has_stored_as = false;

template <class V>
inline constexpr bool has_stored_as<V, std::void_t<decltype(V::stored_as)>> =
  true;

/// The name with which a storage marks values of this type.
template <class V>
std::string stored_type() {
  if constexpr (has_stored_as<V>)
    return std::string{V::stored_as};
  else
    return typeid(V).name();
}

} // namespace cafmesh::replication
