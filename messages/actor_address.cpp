#include <cafmesh/actor_address.hpp>

#include <charconv>
#include <optional>

#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>

namespace cafmesh {

namespace {

constexpr std::string_view address_scheme = "cafmesh:";

bool read_number(std::string_view text, std::uint64_t& out) {
  const auto* end = text.data() + text.size();
  auto [last, code] = std::from_chars(text.data(), end, out);
  return code == std::errc{} && last == end && out != 0;
}

caf::error bad_address(std::string_view text) {
  return make_error(errc::malformed,
                    escaped_in_quotes(text) + " is not cafmesh:PEER/UID/ACTOR");
}

// A text is a valid name of at most one flavour.
std::optional<peer_name> parse_name(std::string_view text) {
  for (auto flavour : all_name_flavours)
    if (auto name = peer_name::parse(text, flavour))
      return *name;
  return std::nullopt;
}

} // namespace

std::string to_string(const actor_address& x) {
  return std::string{address_scheme} + x.peer.str() + "/"
         + std::to_string(value_of(x.uid)) + "/" + std::to_string(x.actor);
}

caf::expected<actor_address> parse_actor_address(std::string_view text) {
  if (text.substr(0, address_scheme.size()) != address_scheme)
    return bad_address(text);
  auto rest = text.substr(address_scheme.size());
  auto first = rest.find('/');
  auto second = first == rest.npos ? rest.npos : rest.find('/', first + 1);
  if (second == rest.npos)
    return bad_address(text);
  auto name = parse_name(rest.substr(0, first));
  std::uint64_t uid = 0;
  actor_address result;
  if (!name || name->is_unknown()
      || !read_number(rest.substr(first + 1, second - first - 1), uid)
      || !read_number(rest.substr(second + 1), result.actor))
    return bad_address(text);
  result.peer = *name;
  result.uid = peer_uid{uid};
  return result;
}

} // namespace cafmesh
