#include "actors/core/directory/document_header.hpp"

#include <tuple>

#include "actors/core/directory/directory_messages.hpp"

namespace cafmesh::names {

bool operator==(const header& x, const header& y) {
  return x.of == y.of && x.version == y.version && same_content(x, y);
}

bool same_content(const header& x, const header& y) {
  return x.node == y.node && x.count == y.count && x.content == y.content;
}

bool supersedes(const header& x, const header& y) {
  auto order = [](const header& z) {
    return std::tuple{z.version, z.content.high(), z.content.low(), z.count,
                      std::string_view{z.node}};
  };
  return order(x) > order(y);
}

header_summary::header_summary(const header&, fingerprint of) : content(of) {
}

header_summary& header_summary::operator+=(const header_summary& x) {
  content += x.content;
  return *this;
}

header_summary& header_summary::operator-=(const header_summary& x) {
  content -= x.content;
  return *this;
}

fingerprint header_summary::digest_of(std::string_view, const header& x) {
  bytes description;
  append_header(description, x);
  return fingerprint_of(description);
}

std::string key_of(const life& x) {
  bytes result;
  x.peer.append_to(result);
  for (int shift = 56; shift >= 0; shift -= 8)
    result.push_back(static_cast<std::uint8_t>(value_of(x.uid) >> shift));
  return std::string{byte_view{result}.as_text()};
}

} // namespace cafmesh::names
