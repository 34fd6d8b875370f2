#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "actors/core/link/link.hpp"
#include "tests/support/mesh.hpp"

namespace cafmesh::test {

/// Writes all bytes, and calls `run` after each write. Gives up when the socket
/// takes no more.
void write_all(stream_socket& to, byte_view xs,
               const std::function<void()>& run);

/// A remote that a test controls directly, down to single bytes.
class stranger {
public:
  struct options {
    char letter = 's';
    /// The host that the stranger dials from. If empty, it is 10.0.0.<letter>.
    std::string host;
    std::vector<std::string> passwords;
    std::uint8_t min_version = 1;
    std::uint8_t max_version = 2;
    peer_uid uid = peer_uid{4711};
    std::uint64_t connection_half = 1;
    bool takes_holds = false;
    /// Whether the stranger understands digests; Go peers do not.
    bool digests = false;
  };
  struct message {
    wire::message_tag tag;
    std::string channel;
    peer_name source;
    std::string data;
  };

  /// Dials `whom`.
  stranger(mesh& world, const node& whom) : stranger(world, whom, options{}) {
  }
  stranger(mesh& world, const node& whom, const options& opts);
  /// @param run a function that runs the nodes until none has work
  stranger(std::function<void()> run, memory_transport& net,
           const std::string& whom, const options& opts);
  /// Listens on `10.0.0.<letter>:6783` for one connection.
  stranger(mesh& world, const options& opts);

  /// Writes, reads and runs the mesh until neither side has more to send.
  void talk();
  /// Writes as many queued bytes as the socket takes. Does not run the mesh.
  void put();
  /// Writes all queued bytes, running the mesh as needed. Reads nothing.
  void push();
  /// Like `push`, but then reads once.
  void step();
  void introduce();

  void send(wire::message_tag tag, const std::string& channel,
            std::string_view data, peer_name to = {});
  /// Queues a message, to be written by `talk`, `push` or `step`.
  void queue(const outgoing& x, const std::string& channel);
  /// Sends a topology update as gossip.
  void send_topology(const std::vector<peer_record>& peers);
  /// Asks the node to send nothing more for a channel, or to go on.
  void hold(const std::string& channel, bool on);
  /// Queues a heartbeat, to be written by `talk`, `push` or `step`.
  void queue_heartbeat();
  void write_raw(byte_view xs);
  /// Removes and returns the queued bytes, so that they are never written.
  bytes take_queued();

  /// Whether the remote has closed the connection, or the connection has
  /// failed.
  bool is_closed() const noexcept {
    return closed_;
  }
  void forget_messages() {
    messages_.clear();
  }
  bool is_introduced() const noexcept {
    return link_.stage() == crypto::handshake::stage::done;
  }
  const link& connection() const noexcept {
    return link_;
  }
  peer_name name() const noexcept {
    return name_;
  }
  const std::string& host() const noexcept {
    return host_;
  }
  /// The messages that have arrived, excluding heartbeats.
  const std::vector<message>& messages() const noexcept {
    return messages_;
  }
  std::size_t count(const std::string& channel) const;
  /// The node's requests to the stranger. `+channel` asks it to send nothing
  /// more for that channel, and `-channel` asks it to go on.
  const std::vector<std::string>& holds() const noexcept {
    return holds_;
  }
  std::size_t heartbeats() const noexcept {
    return heartbeats_;
  }
  const caf::error& failure() const noexcept {
    return failure_;
  }
  void hang_up() {
    socket_.reset();
  }
  /// Sends no more, but the node may still write.
  void end_writing() {
    socket_->end_writing();
  }

private:
  static crypto::handshake_config handshake_of(const options& opts,
                                               bool outbound);
  bool flush();
  bool take_in();
  void note(const link_intake& intake);

  std::function<void()> run_;
  peer_name name_;
  std::string host_;
  listener_ptr listening_;
  socket_ptr socket_;
  link link_;
  bool closed_ = false;
  std::vector<message> messages_;
  std::vector<std::string> holds_;
  std::size_t heartbeats_ = 0;
  caf::error failure_;
};

} // namespace cafmesh::test
