#include <cafmesh/subnet.hpp>

#include <charconv>

#include "actors/core/addresses/ip_address.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>

namespace cafmesh {

caf::expected<subnet> subnet::parse(const std::string& text) {
  auto bad = [&] {
    return make_error(errc::bad_setting,
                      "expected a subnet like 10.0.0.0/8, got "
                        + escaped_in_quotes(text));
  };
  auto slash = text.find('/');
  if (slash == std::string::npos)
    return bad();
  auto address = ip_address::parse(std::string_view{text}.substr(0, slash));
  if (!address)
    return bad();
  auto first = text.data() + slash + 1;
  auto last = text.data() + text.size();
  unsigned prefix = 0;
  auto [end, failure] = std::from_chars(first, last, prefix);
  if (failure != std::errc{} || end != last
      || prefix > (address->is_v4() ? 32u : 128u))
    return bad();
  subnet result;
  result.is_v4_ = address->is_v4();
  result.prefix_ = result.is_v4_ ? prefix + ip_address::v4_prefix : prefix;
  result.network_ = address->network(result.prefix_).bytes();
  return result;
}

bool subnet::contains(const std::string& address) const {
  auto x = ip_address::parse(without_zone(address));
  // Compares the IP versions, so that `::/0` does not contain IPv4 addresses.
  return x && x->is_v4() == is_v4_ && x->network(prefix_).bytes() == network_;
}

std::string subnet::str() const {
  auto prefix = is_v4_ ? prefix_ - ip_address::v4_prefix : prefix_;
  return ip_address{network_}.str() + "/" + std::to_string(prefix);
}

} // namespace cafmesh
