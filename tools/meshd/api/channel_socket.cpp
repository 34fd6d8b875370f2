#include "tools/meshd/api/channel_socket.hpp"

#include <utility>

#include "tools/meshd/api/client_input.hpp"

namespace meshd {

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
  if (!to_)
    return ctx_.joined.broadcast(channel_, std::move(content));
  ctx_.joined.send(channel_, *to_, std::move(content),
                   [self = shared_from_this()](const result<done>& x) {
                     if (auto why = std::get_if<problem>(&x))
                       self->report(*why);
                   });
}

void channel_socket::report(const problem& x) {
  if (sink_->has_room())
    sink_->send({{true, text_of({{"error", json_of(x)}})}});
}

void channel_socket::close() {
  sink_->close();
}

} // namespace meshd
