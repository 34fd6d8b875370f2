#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

/// How much memory a value takes.
namespace cafmesh::replication {

template <class V, class = void>
inline constexpr bool tells_memory = false;

template <class V>
inline constexpr bool
  tells_memory<V, std::void_t<decltype(std::declval<const V&>().memory())>> =
    true;

template <class V, class = void>
inline constexpr bool tells_content = false;

template <class V>
inline constexpr bool tells_content<
  V, std::void_t<decltype(std::declval<const V&>().bytes_of_content())>> = true;

/// The memory of a value in bytes; 0 if V does not report it.
template <class V>
std::size_t memory_of(const V& x) {
  if constexpr (tells_memory<V>)
    return x.memory();
  else if constexpr (tells_content<V>)
    return x.bytes_of_content();
  else
    return 0;
}

} // namespace cafmesh::replication
