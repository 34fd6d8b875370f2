#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "tools/meshd/api/context.hpp"

namespace meshd {

/// The server's end of a WebSocket over which a client sends and receives the
/// messages of a channel. Each message is a text frame with a header, then a
/// binary frame with the data.
class channel_socket : public std::enable_shared_from_this<channel_socket> {
public:
  channel_socket(context& ctx, std::string channel,
                 std::shared_ptr<socket_sink> sink)
      : ctx_(ctx), channel_(std::move(channel)), sink_(std::move(sink)) {
  }

  /// Sends a message to the client. The message is lost if the client reads too
  /// slowly.
  void send(const channel_message& x);
  /// Tells the client how many messages it has lost, if any. To be called when
  /// there is room again.
  void tell_lost();
  void received(bool is_text, const std::string& data);
  void close();

private:
  void set_header(const std::string& text);
  void send_data(const std::string& data);
  answer<done> outcome_of(std::size_t size);
  void pause_or_resume();
  void report(const problem& x);

  context& ctx_;
  std::string channel_;
  std::shared_ptr<socket_sink> sink_;
  std::uint64_t lost_ = 0;
  // Messages of the client that the mesh has not taken yet.
  std::size_t untaken_ = 0;
  std::size_t untaken_bytes_ = 0;
  bool reads_ = true;
  bool has_header_ = false;
  std::optional<cafmesh::peer_name> to_; ///< absent: all peers
};

} // namespace meshd
