#include "actors/network/tcp_state.hpp"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>

namespace cafmesh {

namespace {

// The kernel measures the time since the last acknowledgement in steps of up to
// this length.
constexpr auto tick = std::chrono::milliseconds{10};

// The number of timeouts in a row after which a host counts as dead. By then,
// the kernel has sent the oldest segment at least three times. Where the round
// trip is short, that takes less than 1 s.
constexpr std::uint32_t usual_repeats = 2;

// Fewer segments say nothing of how much is lost.
constexpr std::uint32_t least_sample = 32;

// If a part q of all segments had to be sent again, about one host in 1000 that
// is alive misses this number in a row.
std::uint32_t repeats_of_dead(const tcp_state& x) {
  const auto lost = x.resent - std::min(x.resent, x.repeats);
  if (x.sent < least_sample || lost * 10 < x.sent)
    return usual_repeats;
  return lost * 4 < x.sent ? usual_repeats + 1 : usual_repeats + 4;
}

} // namespace

std::optional<tcp_state> read_tcp_state(int socket) {
  tcp_info info{};
  socklen_t size = sizeof(info);
  if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
    return std::nullopt;
  tcp_state result;
  result.acknowledged_before =
    std::chrono::milliseconds{info.tcpi_last_ack_recv};
  result.in_flight = info.tcpi_unacked;
  result.unsent = info.tcpi_notsent_bytes;
  result.repeats = info.tcpi_retransmits;
  result.window_probes = info.tcpi_probes;
  result.sent = info.tcpi_data_segs_out;
  result.resent = info.tcpi_total_retrans;
  return result;
}

host_state judge(const tcp_state& x, std::chrono::milliseconds time) {
  const auto all_is_acknowledged = x.in_flight == 0 && x.unsent == 0;
  if (all_is_acknowledged || x.acknowledged_before <= time + tick)
    return host_state::alive;
  const auto limit = repeats_of_dead(x);
  if (x.in_flight > 0)
    return x.repeats >= limit ? host_state::dead : host_state::unknown;
  // The window is closed, and the kernel asks more and more rarely whether it
  // is open again.
  if (x.window_probes == 0)
    return host_state::alive;
  return x.window_probes > limit ? host_state::dead : host_state::unknown;
}

} // namespace cafmesh
