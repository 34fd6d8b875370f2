#include "actors/connection/connection_state.hpp"

#include <algorithm>
#include <utility>

#include <cafmesh/errc.hpp>

// Finds out whether the remote's host is alive. It acknowledges a heartbeat, or
// the connection is closed.
namespace cafmesh {

namespace {

// The kernel measures the time since the last acknowledgement in steps of up to
// this length.
constexpr auto tick = std::chrono::milliseconds{10};

constexpr auto first_check = std::chrono::milliseconds{5};
constexpr auto rarest_check = std::chrono::milliseconds{100};

} // namespace

caf::result<void> connection_state::probe() {
  if (phase != connection_phase::open && phase != connection_phase::registering)
    return make_error(errc::no_connection, "the connection is not open");
  wire_link->send_heartbeat();
  flush();
  if (is_closed())
    return make_error(errc::no_connection, "the heartbeat could not be sent");
  probes.push_back({now(), self->make_response_promise()});
  auto answer = probes.back().answer;
  if (!watching_probes)
    check_our_probes();
  return answer;
}

// Closes the connection if the remote's host acknowledges nothing, for instance
// because the host has lost power, or because a router on the way has forgotten
// the connection. A host that is up again resets the connection, which then
// ends without this function.
void connection_state::check_our_probes() {
  watching_probes = false;
  if (is_closed())
    return;
  for (auto& x : std::exchange(probes, {})) {
    auto waited =
      std::chrono::duration_cast<std::chrono::milliseconds>(now() - x.began);
    if (init.socket->acknowledged_within(waited + tick))
      x.answer.deliver(caf::unit);
    else
      probes.push_back(std::move(x));
  }
  if (!probes.empty() && now() - probes.front().began >= probe_limit)
    return close(make_error(errc::timed_out,
                            "the remote acknowledges nothing, and another "
                            "connection leads to a peer of its name"));
  look_again_at_probes();
}

void connection_state::look_again_at_probes() {
  if (probes.empty())
    return;
  using std::chrono::milliseconds;
  auto age = [t = now()](const open_probe& x) {
    return std::chrono::duration_cast<milliseconds>(t - x.began);
  };
  auto pause = std::min(age(probes.back()),
                        milliseconds{probe_limit} - age(probes.front()));
  watching_probes = true;
  self->delayed_send(self, std::clamp(pause, first_check, rarest_check),
                     check_probes{});
}

} // namespace cafmesh
