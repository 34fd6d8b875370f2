#include "actors/connection/connection_state.hpp"

#include <utility>

#include "actors/core/limits/next_hop_patience.hpp"
#include <cafmesh/errc.hpp>

// Writes the messages of the channels and the overlay to the socket.
namespace cafmesh {

namespace {

// If more than this many bytes of output wait, a `transmit` is answered only
// once the waiting output has shrunk to half of this.
constexpr std::size_t waiting_output = 512 * 1024;

} // namespace

// Whether to refuse unicasts because a lot of output has waited for a long
// time, or because the waiting output of all connections together is too large.
// The limits of single channels are not enough, because a sender could use one
// channel after another.
bool connection_state::refuses(const transmit& batch) const {
  if (batch.items.empty()
      || batch.items.front().tag != wire::message_tag::unicast)
    return false;
  auto is_stuck = wire_link->output().size() > next_hop::max_output
                  && full_since && now() - *full_since >= next_hop::patience;
  return is_stuck || output_share->excess() > 0;
}

caf::result<void> connection_state::send(const transmit& batch) {
  if (is_closed() || is_finishing())
    return make_error(errc::no_connection, "connection is closing");
  if (refuses(batch))
    return make_error(errc::congested, "the next hop takes nothing");
  caf::error failure;
  for (const auto& item : batch.items)
    if (auto err = wire_link->send(*batch.channel, item); err && !failure)
      failure = std::move(err);
  if (drain == drain_state::ours)
    last_message = now();
  flush();
  if (is_closed())
    return make_error(errc::no_connection, "connection is closing");
  if (held.has(*batch.channel)) {
    held_writers.push_back(
      {batch.channel, {self->make_response_promise(), std::move(failure)}});
    return held_writers.back().waiting.promise;
  }
  if (wire_link->output().size() > waiting_output) {
    if (!full_since)
      full_since = now();
    writers.push_back({self->make_response_promise(), std::move(failure)});
    return writers.back().promise;
  }
  if (failure)
    return failure;
  return caf::unit;
}

caf::result<void>
connection_state::send_control(const send_overlay_control& x) {
  if (phase != connection_phase::open)
    return make_error(errc::no_connection, "connection is not open");
  if (auto why = wire_link->send_overlay(static_cast<wire::message_tag>(x.tag),
                                         x.data.view()))
    return why;
  flush();
  return caf::unit;
}

void connection_state::flush() {
  if (phase == connection_phase::half_closed)
    return;
  while (!writing && !is_closed() && !wire_link->output().empty()) {
    auto put = init.socket->write(wire_link->output());
    switch (put.status) {
    case io_status::done:
      wire_link->wrote(put.size);
      traffic.bytes_out += put.size;
      last_written = now();
      break;
    case io_status::not_ready:
      writing = true;
      init.socket->want_writable();
      break;
    case io_status::closed:
      return remote_ended(make_error(errc::connection_closed, "by the remote"));
    case io_status::failed:
      return remote_ended(std::move(put.why));
    }
  }
  output_share->set(wire_link->output().size());
  if (phase == connection_phase::finishing && wire_link->output().empty()) {
    if (drain == drain_state::theirs)
      return close(finish_reason);
    phase = connection_phase::half_closed;
    init.socket->end_writing();
  }
  if (is_closed() || wire_link->output().size() > waiting_output / 2)
    return;
  full_since.reset();
  for (auto& x : std::exchange(writers, {}))
    answer(x);
}

void connection_state::answer(writer& x) {
  if (x.failure)
    x.promise.deliver(std::move(x.failure));
  else
    x.promise.deliver(caf::unit);
}

} // namespace cafmesh
