#pragma once

#include <array>
#include <string>

#include <netinet/in.h>

namespace cafmesh::test {

/// Listens, and has no room for who calls: its kernel answers nobody.
class busy_listener {
public:
  busy_listener();
  busy_listener(const busy_listener&) = delete;
  busy_listener& operator=(const busy_listener&) = delete;
  ~busy_listener();

  /// `host:port`
  std::string address() const;

private:
  sockaddr_in at_{};
  std::array<int, 4> sockets_{};
};

} // namespace cafmesh::test
