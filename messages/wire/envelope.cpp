#include "messages/wire/envelope.hpp"

#include <array>

#include "messages/wire/gob.hpp"

namespace cafmesh::wire {

namespace {

// The number of hex digits of a name on the wire. Names of flavour `hash`
// travel as text; names of flavour `mac` travel as numbers and have no digits.
constexpr std::size_t digits_of(name_flavour flavour) noexcept {
  switch (flavour) {
  case name_flavour::mac:
    return 0;
  case name_flavour::hash:
    break;
  }
  return 2 * name_size(flavour);
}

bool take_text(byte_view& input, std::string_view& out) noexcept {
  auto in = take_gob_value(input, gob_type::text);
  out = in.read_run().as_text();
  return in.ok() && in.at_end();
}

bool take_mac(byte_view& input, peer_name& out) noexcept {
  auto in = take_gob_value(input, gob_type::unsigned_int);
  auto number = in.read_uint();
  out = peer_name::from_number(number);
  return in.ok() && in.at_end() && out.number() == number;
}

bool take_hash(byte_view& input, peer_name& out) noexcept {
  std::string_view digits;
  if (!take_text(input, digits))
    return false;
  if (digits.empty()) {
    out = peer_name::unknown(name_flavour::hash);
    return true;
  }
  std::array<std::uint8_t, name_size(name_flavour::hash)> xs;
  if (!from_hex(digits, xs.data(), xs.size()))
    return false;
  auto name = peer_name::from_bytes({xs.data(), xs.size()}, name_flavour::hash);
  if (!name)
    return false;
  out = *name;
  return true;
}

bool take_name(byte_view& input, name_flavour flavour,
               peer_name& out) noexcept {
  switch (flavour) {
  case name_flavour::mac:
    return take_mac(input, out);
  case name_flavour::hash:
    break;
  }
  return take_hash(input, out);
}

bool take_data(byte_view& input, byte_view& out) noexcept {
  auto in = take_gob_value(input, gob_type::byte_slice);
  out = in.read_run();
  return in.ok() && in.at_end();
}

// The size in bytes of a gob message: a length, a type number, a zero, and
// `inside` bytes.
std::size_t gob_message_size(std::size_t inside) noexcept {
  return gob_uint_size(inside + 2) + 2 + inside;
}

std::size_t run_message_size(std::size_t size) noexcept {
  return gob_message_size(gob_uint_size(size) + size);
}

std::size_t name_message_size(peer_name name) noexcept {
  switch (name.flavour()) {
  case name_flavour::mac:
    return gob_message_size(gob_uint_size(name.number()));
  case name_flavour::hash:
    break;
  }
  return run_message_size(name.is_unknown() ? 0 : digits_of(name.flavour()));
}

std::uint8_t* write_name(std::uint8_t* to, peer_name name) {
  switch (name.flavour()) {
  case name_flavour::mac:
    return write_gob_uint_message(to, name.number());
  case name_flavour::hash:
    break;
  }
  return write_gob_text_message(to, name.str());
}

} // namespace

bool read_envelope(message_tag tag, byte_view payload, name_flavour flavour,
                   envelope& out) noexcept {
  if (!take_text(payload, out.channel)
      || !take_name(payload, flavour, out.source))
    return false;
  out.destination = peer_name::unknown(flavour);
  if (tag == message_tag::unicast
      && !take_name(payload, flavour, out.destination))
    return false;
  return take_data(payload, out.data) && payload.empty();
}

std::size_t message_size(message_tag tag, std::string_view channel,
                         peer_name source, peer_name destination,
                         std::size_t data_size) noexcept {
  auto result = 1 + run_message_size(channel.size()) + name_message_size(source)
                + run_message_size(data_size);
  if (tag == message_tag::unicast)
    result += name_message_size(destination);
  return result;
}

void append_message_head(message_tag tag, std::string_view channel,
                         peer_name source, peer_name destination,
                         std::size_t data_size, bytes& out) {
  constexpr std::size_t parts = 4;
  auto before = out.size();
  out.resize(before + 1 + parts * max_gob_message_start + channel.size()
             + digits_of(source.flavour()) + digits_of(destination.flavour()));
  auto to = out.data() + before;
  *to++ = static_cast<std::uint8_t>(tag);
  to = write_gob_text_message(to, channel);
  to = write_name(to, source);
  if (tag == message_tag::unicast)
    to = write_name(to, destination);
  to = write_gob_bytes_message_header(to, data_size);
  out.resize(static_cast<std::size_t>(to - out.data()));
}

} // namespace cafmesh::wire
