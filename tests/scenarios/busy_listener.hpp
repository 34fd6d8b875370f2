#pragma once

#include <array>
#include <cstdint>
#include <string>

#include <netinet/in.h>

namespace cafmesh::test {

/// A listening socket whose backlog is full. A dial to this socket gets no
/// answer from the kernel.
class busy_listener {
public:
  /// @param port 0: any free port
  explicit busy_listener(const std::string& host = "127.0.0.1",
                         std::uint16_t port = 0);
  busy_listener(const busy_listener&) = delete;
  busy_listener& operator=(const busy_listener&) = delete;
  ~busy_listener();

  std::string address() const;

private:
  std::string host_;
  sockaddr_in at_{};
  std::array<int, 4> sockets_{};
};

} // namespace cafmesh::test
