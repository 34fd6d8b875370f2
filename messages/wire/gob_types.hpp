#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "messages/wire/gob.hpp"

/// The type definitions in a gob stream. Without them, its values can neither
/// be read nor skipped.
namespace cafmesh::wire {

enum class gob_shape : std::uint8_t {
  array,
  slice,
  structure,
  map,
  /// A type that encodes its values itself, as a length and that many bytes.
  opaque,
};

struct gob_field {
  std::string_view name;
  std::int64_t type = 0;
};

/// The definition of one type; the names are views into the stream.
struct gob_definition {
  std::int64_t number = 0;
  gob_shape shape = gob_shape::opaque;
  /// The element type of an array, slice or map.
  std::int64_t element = 0;
  std::int64_t key = 0;
  std::int64_t length = 0;
  std::vector<gob_field> fields;
};

/// The type definitions of a stream, found by the number of the type.
class gob_type_table {
public:
  /// The maximum number of definitions, more than any honest stream of the mesh
  /// has.
  static constexpr std::size_t max_definitions = 64;

  /// The maximum nesting depth of a value that `skip_value` can skip.
  static constexpr int max_depth = 32;

  /// Adds a definition.
  /// @param type the negated number of the defined type, as in the message.
  /// @returns false, with the cursor failed, if the definition is malformed,
  ///          its number is already defined, or the table is full.
  bool define(std::int64_t type, gob_cursor& in);

  /// The definition of a type; null if the type has none.
  const gob_definition* find(std::int64_t number) const noexcept;

  /// Skips a value. Takes time proportional to its bytes, whatever the types.
  bool skip_value(gob_cursor& in, std::int64_t type) const noexcept {
    return skip_nested(in, type, max_depth);
  }

private:
  bool skip_nested(gob_cursor& in, std::int64_t type, int depth) const noexcept;
  bool skip_defined(gob_cursor& in, std::int64_t type,
                    int depth) const noexcept;

  std::vector<gob_definition> definitions_;
};

/// Reads the values of a stream, and collects the type definitions that come
/// between them.
class gob_reader {
public:
  explicit gob_reader(byte_view input) noexcept : input_(input), rest_(input) {
  }

  gob_status next(gob_message& out);

  /// The size in bytes of all messages read so far.
  std::size_t position() const noexcept {
    return input_.size() - rest_.size();
  }
  gob_type_table& types() noexcept {
    return types_;
  }

private:
  byte_view input_;
  byte_view rest_;
  gob_type_table types_;
};

} // namespace cafmesh::wire
