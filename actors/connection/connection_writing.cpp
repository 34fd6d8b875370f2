#include "actors/connection/connection_state.hpp"

#include <utility>

#include <cafmesh/errc.hpp>

// What goes out: from channels and overlay to the socket.
namespace cafmesh {

namespace {

// What may wait to be written before a `transmit` is no longer answered at
// once.
constexpr std::size_t waiting_output = 512 * 1024;

// What may wait of unicasts, of all channels, for who takes nothing for longer
// than `patience`.
constexpr std::size_t most_output = 16 * 1024 * 1024;
constexpr auto patience = std::chrono::seconds{1};

} // namespace

// Each channel lets go of those who sent to it when its own batches have not
// been taken for a while: who goes on to the next channel, and there is always
// a next, would fill our memory.
bool connection_state::refuses(const transmit& batch) const {
  return talk->output().size() > most_output && full_since
         && now() - *full_since >= patience && !batch.items.empty()
         && batch.items.front().tag == wire::message_tag::unicast;
}

caf::result<void> connection_state::send(const transmit& batch) {
  if (closing || finishing)
    return make_error(errc::no_connection, "connection is closing");
  if (refuses(batch))
    return make_error(errc::congested, "the next hop takes nothing");
  caf::error failure;
  for (const auto& item : batch.items)
    if (auto err = talk->send(*batch.channel, item); err && !failure)
      failure = std::move(err);
  traffic.frames_out += batch.items.size();
  flush();
  if (closing)
    return make_error(errc::no_connection, "connection is closing");
  if (talk->output().size() > waiting_output) {
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
  if (closing || finishing || !talk || !talk->is_open())
    return make_error(errc::no_connection, "connection is not open");
  if (auto why = talk->send_overlay(static_cast<wire::message_tag>(x.tag),
                                    x.data.view()))
    return why;
  ++traffic.frames_out;
  flush();
  return caf::unit;
}

void connection_state::flush() {
  while (!writing && !closing && !talk->output().empty()) {
    auto put = init.socket->write(talk->output());
    switch (put.status) {
    case io_status::done:
      talk->wrote(put.size);
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
  if (finishing && !closing && talk->output().empty()
      && !std::exchange(wrote_end, true))
    init.socket->end_writing();
  if (closing || talk->output().size() > waiting_output / 2)
    return;
  full_since.reset();
  for (auto& x : std::exchange(writers, {})) {
    if (x.failure)
      x.promise.deliver(std::move(x.failure));
    else
      x.promise.deliver(caf::unit);
  }
}

} // namespace cafmesh
