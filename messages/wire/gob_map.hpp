#pragma once

#include <cstddef>
#include <cstdint>

#include "messages/wire/gob_types.hpp"
#include <cafmesh/bytes.hpp>

/// Gob streams of one map whose keys and elements are of builtin types.
namespace cafmesh::wire {

/// Appends the type definition and the value of the map.
/// @param pairs `count` keys, each followed by its element.
void append_gob_map(bytes& out, gob_type key, gob_type element,
                    std::size_t count, byte_view pairs);

/// Reads the pairs of a stream of one map, whatever the map's type number.
///
///     gob_map_reader pairs{input, gob_type::text, gob_type::signed_int};
///     while (pairs.next())
///       …read a key and an element from pairs.cursor()…
///     if (auto problem = pairs.problem()) …
class gob_map_reader {
public:
  gob_map_reader(byte_view input, gob_type key, gob_type element);

  /// Moves to the next pair. Returns false at the end and after a failure.
  bool next() noexcept;

  /// A cursor at the current pair. The cursor has failed if the stream has
  /// anything other than a map from `key` to `element`.
  gob_cursor& cursor() noexcept {
    return in_;
  }

  /// Says what the stream contains instead of the map; null if it contains the
  /// map. Bytes after the map's messages are ignored.
  /// @pre `next` has returned false
  const char* problem() const noexcept;
  /// Like `problem`, but also allows bytes after the last pair within the map's
  /// message. A Go peer sends such bytes if another goroutine enlarges the map
  /// during encoding. When a Go peer receives such bytes, it ignores them.
  const char* problem_in_pairs() const noexcept;

  /// The number of ignored bytes: those after the last pair in the map's
  /// message, and those after the map's messages.
  /// @pre `next` has returned false, and `problem_in_pairs` returns null
  std::size_t surplus() const noexcept {
    return bytes_after_ + in_.remaining();
  }

  /// The size in bytes of the map's messages.
  std::size_t size() const noexcept {
    return size_;
  }

private:
  gob_cursor in_{byte_view{}};
  std::uint64_t pairs_left_ = 0;
  std::size_t size_ = 0;
  std::size_t bytes_after_ = 0; // bytes after the map's messages
  bool is_complete_ = false;
};

} // namespace cafmesh::wire
