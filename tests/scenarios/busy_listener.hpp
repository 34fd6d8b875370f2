#pragma once

#include <array>
#include <string>

#include <netinet/in.h>

namespace cafmesh::test {

/// A listener whose backlog is full: the kernel does not answer dials to it.
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
