#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>

namespace cafmesh::test {

/// A wire from a dialler to a peer that lets through no more of what the
/// dialler says than it is told to, and all that the peer says. One dialler
/// only; what he says beyond waits in here, whatever the kernel would hold.
class wiretap {
public:
  /// @param to the port of a peer on loopback.
  explicit wiretap(std::uint16_t to, std::size_t allowed = SIZE_MAX);
  wiretap(const wiretap&) = delete;
  wiretap& operator=(const wiretap&) = delete;
  /// Cuts the wire.
  ~wiretap();

  /// Where to dial.
  std::string address() const;

  /// So many bytes of the dialler's in all. @pre no less have passed
  void allow(std::size_t bytes) {
    allowed_ = bytes;
  }
  void release() {
    allow(SIZE_MAX);
  }
  /// What each has said, passed on or not.
  std::size_t from_dialler() const {
    return from_dialler_;
  }
  std::size_t from_acceptor() const {
    return from_acceptor_;
  }
  /// Of the dialler's.
  std::size_t passed() const {
    return passed_;
  }

private:
  void carry();
  /// Waits a little for either end. @returns whether both are still there.
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
