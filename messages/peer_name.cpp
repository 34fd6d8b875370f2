#include <cafmesh/peer_name.hpp>

#include <algorithm>
#include <array>
#include <optional>

#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>

namespace cafmesh {

namespace {

constexpr auto mac_groups = name_size(name_flavour::mac);
constexpr auto hash_digits = 2 * name_size(name_flavour::hash);

struct group_list {
  std::array<std::uint64_t, mac_groups> values{};
  std::size_t size = 0;
};

// Reads groups of one or two hex digits, separated by single colons. Empty text
// is valid and has no groups.
bool read_groups(std::string_view text, group_list& out) {
  while (!text.empty()) {
    auto colon = std::min(text.find(':'), text.size());
    auto digits = std::string{text.substr(0, colon)};
    if (digits.empty() || digits.size() > 2 || out.size == mac_groups)
      return false;
    bytes value;
    if (!from_hex(digits.size() == 1 ? "0" + digits : digits, value))
      return false;
    out.values[out.size++] = value[0];
    if (colon == text.size())
      return true;
    text.remove_prefix(colon + 1);
    if (text.empty())
      return false;
  }
  return true;
}

// `::` stands for two or more missing groups. Unlike in IPv6, `::` alone is not
// valid.
std::optional<std::uint64_t> read_mac(std::string_view text) {
  group_list front;
  group_list back;
  auto gap = text.find("::");
  if (!read_groups(text.substr(0, gap), front))
    return std::nullopt;
  if (gap == std::string_view::npos) {
    if (front.size != mac_groups)
      return std::nullopt;
  } else {
    if (!read_groups(text.substr(gap + 2), back))
      return std::nullopt;
    auto given = front.size + back.size;
    if (given == 0 || given > mac_groups - 2)
      return std::nullopt;
  }
  std::uint64_t result = 0;
  for (std::size_t i = 0; i < front.size; ++i)
    result |= front.values[i] << (8 * (mac_groups - 1 - i));
  for (std::size_t i = 0; i < back.size; ++i)
    result |= back.values[i] << (8 * (back.size - 1 - i));
  return result;
}

} // namespace

const char* to_string(name_flavour flavour) noexcept {
  switch (flavour) {
  case name_flavour::mac:
    return "mac";
  case name_flavour::hash:
    break;
  }
  return "hash";
}

caf::expected<name_flavour> parse_name_flavour(std::string_view text) {
  std::string known;
  for (auto x : all_name_flavours) {
    if (text == to_string(x))
      return x;
    known += known.empty() ? "" : " or ";
    known += to_string(x);
  }
  return make_error(errc::bad_setting, "peer name flavour: expected " + known
                                         + ", got " + escaped_in_quotes(text));
}

caf::expected<peer_name> peer_name::parse(std::string_view text,
                                          name_flavour flavour) {
  switch (flavour) {
  case name_flavour::mac:
    if (auto number = read_mac(text))
      return from_number(*number);
    return make_error(errc::bad_peer_name,
                      "expected six hex pairs like 01:02:03:04:05:06, got "
                        + escaped_in_quotes(text));
  case name_flavour::hash:
    break;
  }
  bytes xs;
  if ((text.size() == hash_digits || text.empty()) && from_hex(text, xs))
    return from_bytes(xs, flavour);
  return make_error(errc::bad_peer_name,
                    "expected 32 hex digits, got " + escaped_in_quotes(text));
}

caf::expected<peer_name> peer_name::from_bytes(byte_view xs,
                                               name_flavour flavour) {
  auto size = name_size(flavour);
  if (xs.empty())
    return unknown(flavour);
  if (xs.size() != size)
    return make_error(errc::bad_peer_name, "expected " + std::to_string(size)
                                             + " bytes, got "
                                             + std::to_string(xs.size()));
  return read_from(xs.data(), flavour);
}

void peer_name::append_to(bytes& out) const {
  auto before = out.size();
  out.resize(before + size());
  write_to(out.data() + before);
}

std::string peer_name::str() const {
  std::array<std::uint8_t, max_name_size> xs{};
  write_to(xs.data());
  auto result = to_hex({xs.data(), size()});
  switch (flavour_) {
  case name_flavour::mac:
    for (std::size_t i = mac_groups - 1; i > 0; --i)
      result.insert(2 * i, 1, ':');
    break;
  case name_flavour::hash:
    if (is_unknown())
      result.clear();
    break;
  }
  return result;
}

std::string to_string(peer_name name) {
  return name.str();
}

} // namespace cafmesh
