#include "messages/wire/gob_types.hpp"

#include <utility>

namespace cafmesh::wire {

namespace {

// The fields of Go's wireType. Exactly one of them is present.
enum class definition_field : std::size_t {
  array,
  slice,
  structure,
  map,
  gob_encoder,
  binary_marshaler,
  text_marshaler,
};
constexpr std::size_t definition_fields = 7;

// Reads a name and a type number: Go's CommonType or fieldType.
gob_field read_field(gob_cursor& in) noexcept {
  gob_field result;
  gob_fields parts{in, 2};
  while (parts.next()) {
    if (parts.index() == 0)
      result.name = in.read_run().as_text();
    else
      result.type = in.read_int();
  }
  return result;
}

// Skips the CommonType with which each definition starts: the type's name,
// which is not needed, and its number, which has been read already.
void skip_common(gob_cursor& in) noexcept {
  read_field(in);
}

// Reads a CommonType, and then one or two integers.
void read_numbers(gob_cursor& in, std::int64_t& first,
                  std::int64_t* second) noexcept {
  gob_fields parts{in, second != nullptr ? 3u : 2u};
  while (parts.next()) {
    if (parts.index() == 0)
      skip_common(in);
    else if (parts.index() == 1)
      first = in.read_int();
    else if (second != nullptr)
      *second = in.read_int();
  }
}

void read_field_list(gob_cursor& in, std::vector<gob_field>& out) {
  // The minimum size in bytes of an encoded field. A field's name has at least
  // one letter.
  constexpr std::size_t min_field_size = 6;
  auto count = in.read_uint();
  if (!in.ok() || count > in.remaining() / min_field_size || !out.empty()) {
    in.fail();
    return;
  }
  out.reserve(static_cast<std::size_t>(count));
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    out.push_back(read_field(in));
    if (out.back().name.empty() || out.back().type <= 0)
      in.fail();
  }
}

void read_structure(gob_cursor& in, gob_definition& out) {
  gob_fields parts{in, 2};
  while (parts.next()) {
    if (parts.index() == 0)
      skip_common(in);
    else
      read_field_list(in, out.fields);
  }
}

void read_opaque(gob_cursor& in) noexcept {
  gob_fields parts{in, 1};
  while (parts.next())
    skip_common(in);
}

void read_shape(gob_cursor& in, std::size_t field, gob_definition& out) {
  switch (static_cast<definition_field>(field)) {
  case definition_field::array:
    out.shape = gob_shape::array;
    read_numbers(in, out.element, &out.length);
    return;
  case definition_field::slice:
    out.shape = gob_shape::slice;
    read_numbers(in, out.element, nullptr);
    return;
  case definition_field::structure:
    out.shape = gob_shape::structure;
    read_structure(in, out);
    return;
  case definition_field::map:
    out.shape = gob_shape::map;
    read_numbers(in, out.key, &out.element);
    return;
  case definition_field::gob_encoder:
  case definition_field::binary_marshaler:
  case definition_field::text_marshaler:
    out.shape = gob_shape::opaque;
    read_opaque(in);
    return;
  }
}

bool has_valid_parts(const gob_definition& x) noexcept {
  switch (x.shape) {
  case gob_shape::array:
    return x.element > 0 && x.length >= 0;
  case gob_shape::slice:
    return x.element > 0;
  case gob_shape::map:
    return x.element > 0 && x.key > 0;
  case gob_shape::structure:
  case gob_shape::opaque:
    return true;
  }
  return false;
}

// Skips an interface value: the name of a Go type (empty for nil), the type's
// number, and the value with its length. Type definitions inside an interface
// value are not supported, because no type of the mesh has an interface field.
bool skip_interface(gob_cursor& in) noexcept {
  if (in.read_run().empty())
    return in.ok();
  if (in.read_int() <= 0)
    return in.fail();
  in.read_run();
  return in.ok();
}

} // namespace

bool gob_type_table::define(std::int64_t type, gob_cursor& in) {
  // INT64_MIN is refused because it has no positive counterpart.
  if (type > -first_defined_gob_type || type == INT64_MIN
      || find(-type) != nullptr || definitions_.size() == max_definitions)
    return in.fail();
  gob_definition result;
  result.number = -type;
  gob_fields shapes{in, definition_fields};
  if (!shapes.next())
    return in.fail();
  read_shape(in, shapes.index(), result);
  if (shapes.next() || !in.ok() || !has_valid_parts(result))
    return in.fail();
  definitions_.push_back(std::move(result));
  return true;
}

const gob_definition* gob_type_table::find(std::int64_t number) const noexcept {
  for (const auto& x : definitions_)
    if (x.number == number)
      return &x;
  return nullptr;
}

bool gob_type_table::skip_nested(gob_cursor& in, std::int64_t type,
                                 int depth) const noexcept {
  if (depth == 0)
    return in.fail();
  switch (static_cast<gob_type>(type)) {
  case gob_type::boolean:
  case gob_type::signed_int:
  case gob_type::unsigned_int:
  case gob_type::floating:
    in.read_uint();
    return in.ok();
  case gob_type::byte_slice:
  case gob_type::text:
    in.read_run();
    return in.ok();
  case gob_type::complex_number:
    in.read_uint();
    in.read_uint();
    return in.ok();
  case gob_type::interface:
    return skip_interface(in);
  }
  return skip_defined(in, type, depth - 1);
}

bool gob_type_table::skip_defined(gob_cursor& in, std::int64_t type,
                                  int depth) const noexcept {
  auto definition = find(type);
  if (definition == nullptr)
    return in.fail();
  if (definition->shape == gob_shape::opaque) {
    in.read_run();
    return in.ok();
  }
  if (definition->shape == gob_shape::structure) {
    gob_fields fields{in, definition->fields.size()};
    while (fields.next())
      if (!skip_nested(in, definition->fields[fields.index()].type, depth))
        return false;
    return in.ok();
  }
  auto count = in.read_uint();
  auto is_map = definition->shape == gob_shape::map;
  auto is_array = definition->shape == gob_shape::array;
  // The count cannot exceed the number of bytes left, because every value takes
  // at least one byte.
  if (!in.ok() || count > in.remaining()
      || (is_array && count != static_cast<std::uint64_t>(definition->length)))
    return in.fail();
  for (std::uint64_t i = 0; i < count; ++i) {
    if (is_map && !skip_nested(in, definition->key, depth))
      return false;
    if (!skip_nested(in, definition->element, depth))
      return false;
  }
  return true;
}

gob_status gob_reader::next(gob_message& out) {
  for (;;) {
    auto status = take_gob_message(rest_, out);
    if (status != gob_status::complete || out.type > 0)
      return status;
    gob_cursor in{out.body};
    if (!types_.define(out.type, in) || !in.at_end())
      return gob_status::malformed;
  }
}

} // namespace cafmesh::wire
