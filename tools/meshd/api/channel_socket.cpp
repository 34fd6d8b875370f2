#include "tools/meshd/api/channel_socket.hpp"

#include <utility>

#include "tools/meshd/api/client_input.hpp"

namespace meshd {

namespace {

// No further message of a client is read while so many wait for the mesh.
constexpr std::size_t most_untaken = 64;
constexpr std::size_t most_untaken_bytes = 256 * 1024;

} // namespace

void channel_socket::send(const channel_message& x) {
  tell_lost();
  if (!sink_->has_room()) {
    ++lost_;
    return;
  }
  std::vector<http::socket_message> both(2);
  both[0] = {true,
             text_of({{"from", x.from.str()}, {"unicast", x.is_unicast}})};
  both[1] = {false, std::string{x.data.view().as_text()}};
  sink_->send(std::move(both));
}

void channel_socket::tell_lost() {
  if (lost_ > 0 && sink_->has_room())
    sink_->send({{true, text_of({{"lost", std::exchange(lost_, 0)}})}});
}

void channel_socket::received(bool is_text, const std::string& data) {
  try {
    if (is_text)
      set_header(data);
    else
      send_data(data);
  } catch (const problem& why) {
    report(why);
  }
}

void channel_socket::set_header(const std::string& text) {
  has_header_ = false;
  auto receiver = receiver_in(text);
  to_.reset();
  if (receiver)
    to_ = parse_peer(*receiver, ctx_);
  has_header_ = true;
}

void channel_socket::send_data(const std::string& data) {
  if (!std::exchange(has_header_, false))
    throw problem{400, "no_header",
                  "A binary frame must follow a text frame with its header."};
  auto content = cafmesh::payload::copy_of(cafmesh::byte_view{data});
  if (to_)
    ctx_.joined.send(channel_, *to_, std::move(content),
                     outcome_of(data.size()));
  else
    ctx_.joined.broadcast(channel_, std::move(content),
                          outcome_of(data.size()));
}

// Counts a message until it has an outcome, and reports a failure.
answer<done> channel_socket::outcome_of(std::size_t size) {
  ++untaken_;
  untaken_bytes_ += size;
  sink_->keep(size);
  pause_or_resume();
  return [self = shared_from_this(), size](const result<done>& x) {
    --self->untaken_;
    self->untaken_bytes_ -= size;
    self->sink_->let_go(size);
    self->pause_or_resume();
    if (auto why = std::get_if<problem>(&x))
      self->report(*why);
  };
}

void channel_socket::pause_or_resume() {
  auto has_room =
    untaken_ < most_untaken && untaken_bytes_ < most_untaken_bytes;
  if (has_room != std::exchange(reads_, has_room))
    sink_->set_reading(has_room);
}

void channel_socket::report(const problem& x) {
  if (sink_->has_room())
    sink_->send({{true, text_of({{"error", json_of(x)}})}});
}

void channel_socket::close() {
  sink_->close();
}

} // namespace meshd
