#include "actors/connection/connection_state.hpp"

#include <algorithm>
#include <utility>

#include <cafmesh/errc.hpp>

// Finds out whether the remote's host is alive, by whether the host
// acknowledges a message. A host that has been restarted resets the connection,
// which then ends.
namespace cafmesh {

namespace {

constexpr auto first_check = std::chrono::milliseconds{5};
constexpr auto rarest_check = std::chrono::milliseconds{50};

// How long the result of a probe is reused. This limits how often the remote is
// probed, because other peers can cause probes.
constexpr auto answer_lasts = std::chrono::seconds{1};

} // namespace

caf::result<bool> connection_state::probe() {
  if (phase != connection_phase::open && phase != connection_phase::registering)
    return make_error(errc::no_connection, "the connection is not open");
  if (now() < alive_until)
    return true;
  auto answer = self->make_response_promise<bool>();
  probes.push_back(answer);
  if (probes.size() > 1)
    return answer;
  probing_since = now();
  // A cafmesh remote shortens its patience if heartbeats come often, so it gets
  // a blank message instead. The patience of a Go peer does not change.
  if (remote_introduction.takes_holds)
    wire_link->send_blank();
  else
    wire_link->send_heartbeat();
  flush();
  if (!watching_probes)
    check_our_probes();
  return answer;
}

void connection_state::check_our_probes() {
  watching_probes = false;
  if (is_closed() || probes.empty())
    return;
  using std::chrono::milliseconds;
  auto waited = std::chrono::duration_cast<milliseconds>(now() - probing_since);
  auto state = init.socket->remote_host(waited);
  if (state == host_state::alive) {
    alive_until = now() + answer_lasts;
    return answer_probes(true);
  }
  if (state == host_state::dead && waited >= probe_limit)
    return answer_probes(false);
  if (waited >= longest_probe)
    return answer_probes(
      make_error(errc::timed_out, "whether the host is alive is not known"));
  watching_probes = true;
  self->delayed_send(
    self, std::clamp<milliseconds>(waited, first_check, rarest_check),
    check_probes{});
}

bool connection_state::close_if_still_dead(caf::error why) {
  using std::chrono::milliseconds;
  const auto time =
    std::chrono::duration_cast<milliseconds>(now() - probing_since);
  if (!is_closed() && init.socket->remote_host(time) != host_state::dead)
    return false;
  close(std::move(why));
  return true;
}

template <class Answer>
void connection_state::answer_probes(const Answer& x) {
  for (auto& each : std::exchange(probes, {}))
    each.deliver(x);
}

void connection_state::fail_probes() {
  answer_probes(make_error(errc::no_connection, "closed"));
}

} // namespace cafmesh
