#pragma once

#include <cstddef>

#include <sys/socket.h>

#include "tools/meshctl/http/deadline.hpp"

namespace meshctl {

/// Waits until a descriptor is ready. If `descriptor` is negative, only waits
/// until the deadline.
/// @returns false after the deadline
/// @throws interrupted, output_closed
bool wait_until_ready(int descriptor, short events, const deadline& until);

/// A blocking socket with a deadline.
///
/// Waiting throws `failure` of exit_code::timed_out, `interrupted` after
/// Ctrl-C, or `output_closed` if nobody reads this program's output. Other
/// errors are returned as in `errno`.
class waiting_socket {
public:
  waiting_socket() = default;
  waiting_socket(const waiting_socket&) = delete;
  waiting_socket& operator=(const waiting_socket&) = delete;
  ~waiting_socket();

  void set_deadline(const deadline& until) {
    until_ = until;
  }

  /// @returns 0, or an error as in `errno`
  int connect(int family, const sockaddr* address, socklen_t size);

  /// Whether an idle connection is unusable, because the server has closed it
  /// or has sent something without a request.
  bool is_stale() const;

  /// Reads at least one byte.
  /// @returns the number of bytes; 0 at the end of input, with `error` 0
  std::size_t read(void* to, std::size_t size, int& error);

  /// Writes at least one byte.
  std::size_t write(const void* from, std::size_t size, int& error);

private:
  void close();
  bool may_try_again(short events, int error);
  void wait_for(short events);

  int descriptor_ = -1;
  deadline until_;
};

} // namespace meshctl
