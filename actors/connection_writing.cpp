#include "connection_state.hpp"

#include <utility>

#include "../messages/errc.hpp"

// What goes out: from channels and overlay to the socket.
namespace cafmesh {

namespace {

// What may wait to be written before a `transmit` is no longer answered at
// once.
constexpr std::size_t waiting_output = 512 * 1024;

} // namespace

caf::result<void> connection_state::send(const transmit& batch) {
  if (closing || finishing)
    return make_error(errc::no_connection, "connection is closing");
  caf::error failure;
  for (const auto& item : batch.items)
    if (auto err = talk->send(*batch.channel, item); err && !failure)
      failure = std::move(err);
  traffic.frames_out += batch.items.size();
  flush();
  if (closing)
    return make_error(errc::no_connection, "connection is closing");
  if (talk->output().size() > waiting_output) {
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
  if (auto why = talk->send_overlay(x.tag, x.data.view()))
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
  for (auto& x : std::exchange(writers, {})) {
    if (x.failure)
      x.promise.deliver(std::move(x.failure));
    else
      x.promise.deliver(caf::unit);
  }
}

} // namespace cafmesh
