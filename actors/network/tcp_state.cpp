#include "actors/network/tcp_state.hpp"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace cafmesh {

namespace {

// The resolution of the kernel's time since the last acknowledgement.
constexpr auto tick = std::chrono::milliseconds{10};

// TCP_CLOSE, whose header conflicts with the header of tcp_info.
constexpr std::uint8_t closed_state = 7;

} // namespace

std::optional<tcp_state> read_tcp_state(int socket) {
  tcp_info info{};
  socklen_t size = sizeof(info);
  if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
    return std::nullopt;
  tcp_state result;
  result.is_closed = info.tcpi_state == closed_state;
  result.acknowledged_before =
    std::chrono::milliseconds{info.tcpi_last_ack_recv};
  result.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(
    std::chrono::microseconds{info.tcpi_rto});
  result.in_flight = info.tcpi_unacked;
  result.unsent = info.tcpi_notsent_bytes;
  result.repeats = info.tcpi_retransmits;
  result.window_probes = info.tcpi_probes;
  result.sent = info.tcpi_data_segs_out;
  result.resent = info.tcpi_total_retrans;
  return result;
}

host_state judge(const tcp_state& x, std::chrono::milliseconds time,
                 std::uint32_t timeouts) {
  if (x.is_closed)
    return host_state::dead;
  const auto all_is_acknowledged = x.in_flight == 0 && x.unsent == 0;
  if (all_is_acknowledged || x.acknowledged_before <= time + tick)
    return host_state::alive;
  if (x.in_flight > 0)
    return x.repeats >= timeouts ? host_state::dead : host_state::unknown;
  // Either the remote's window is closed, and the kernel probes it more and
  // more rarely. Or nothing can be sent, for example without a route. After one
  // timeout, this counts as an unanswered window probe.
  if (x.window_probes == 0)
    return time * 2 > x.timeout * 3 ? host_state::alive : host_state::unknown;
  return x.window_probes > timeouts ? host_state::dead : host_state::unknown;
}

} // namespace cafmesh
