#include "subnet.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "../messages/errc.hpp"
#include "../messages/quoted.hpp"

namespace cafmesh {

namespace {

// IPv4 addresses are held as the IPv6 addresses that stand for them.
constexpr unsigned v4_prefix = 96;

template <class Bytes>
void clear_behind(Bytes& xs, unsigned prefix) {
  for (unsigned bit = prefix; bit < xs.size() * 8; ++bit)
    xs[bit / 8] = static_cast<std::uint8_t>(xs[bit / 8]
                                            & ~(0x80u >> (bit % 8)));
}

} // namespace

bool subnet::read(const std::string& text, raw_address& out, bool& is_v4) {
  in_addr v4;
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) {
    out = {};
    out[10] = out[11] = 0xff;
    auto* first = reinterpret_cast<const std::uint8_t*>(&v4);
    std::copy(first, first + 4, out.begin() + 12);
    is_v4 = true;
    return true;
  }
  if (inet_pton(AF_INET6, text.c_str(), out.data()) != 1)
    return false;
  is_v4 = std::all_of(out.begin(), out.begin() + 10,
                      [](std::uint8_t x) { return x == 0; })
          && out[10] == 0xff && out[11] == 0xff;
  return true;
}

caf::expected<subnet> subnet::parse(const std::string& text) {
  auto bad = [&] {
    return make_error(errc::bad_setting,
                      "expected a subnet like 10.0.0.0/8, got "
                        + quoted(text));
  };
  auto slash = text.find('/');
  subnet result;
  if (slash == std::string::npos
      || !read(text.substr(0, slash), result.network_, result.is_v4_))
    return bad();
  auto first = text.data() + slash + 1;
  auto last = text.data() + text.size();
  unsigned prefix = 0;
  auto [end, failure] = std::from_chars(first, last, prefix);
  if (failure != std::errc{} || end != last
      || prefix > (result.is_v4_ ? 32u : 128u))
    return bad();
  result.prefix_ = result.is_v4_ ? prefix + v4_prefix : prefix;
  clear_behind(result.network_, result.prefix_);
  return result;
}

bool subnet::contains(const std::string& address) const {
  raw_address x;
  bool is_v4 = false;
  // Without the second, all of version 6 would include all of version 4.
  if (!read(address, x, is_v4) || is_v4 != is_v4_)
    return false;
  clear_behind(x, prefix_);
  return x == network_;
}

std::string subnet::str() const {
  char text[INET6_ADDRSTRLEN] = {};
  if (is_v4_) {
    inet_ntop(AF_INET, network_.data() + 12, text, sizeof(text));
    return std::string{text} + "/" + std::to_string(prefix_ - v4_prefix);
  }
  inet_ntop(AF_INET6, network_.data(), text, sizeof(text));
  return std::string{text} + "/" + std::to_string(prefix_);
}

} // namespace cafmesh
