#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>

namespace cafmesh::test {

/// A TCP proxy between one dialler and a peer. It passes on everything that the
/// peer sends, but only the first bytes of the dialler, up to a limit. It reads
/// the dialler's other bytes too, but holds them back.
class wiretap {
public:
  /// @param to the port of the peer on loopback
  /// @param allowed how many of the dialler's bytes may be passed on
  explicit wiretap(std::uint16_t to, std::size_t allowed = SIZE_MAX);
  wiretap(const wiretap&) = delete;
  wiretap& operator=(const wiretap&) = delete;
  ~wiretap();

  std::string address() const;

  /// Sets the total number of the dialler's bytes that may be passed on.
  /// @pre not less than `passed()`
  void allow(std::size_t bytes) {
    allowed_ = bytes;
  }
  void release() {
    allow(SIZE_MAX);
  }
  /// The number of bytes that the dialler has sent, whether passed on or not.
  std::size_t from_dialler() const {
    return from_dialler_;
  }
  std::size_t from_acceptor() const {
    return from_acceptor_;
  }
  /// The number of the dialler's bytes that were passed on.
  std::size_t passed() const {
    return passed_;
  }

private:
  void carry();
  /// Waits up to 5 ms for bytes from either side.
  /// @returns whether both are still connected
  bool read_both(std::string& held, std::string& answer);

  std::uint16_t to_;
  std::atomic<std::size_t> allowed_;
  std::uint16_t port_ = 0;
  int listening_ = -1;
  int dialler_ = -1;
  int acceptor_ = -1;
  std::atomic<bool> ended_{false};
  std::atomic<std::size_t> from_dialler_{0};
  std::atomic<std::size_t> from_acceptor_{0};
  std::atomic<std::size_t> passed_{0};
  std::thread thread_;
};

} // namespace cafmesh::test
