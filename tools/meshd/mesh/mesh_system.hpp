#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tools/meshd/mesh/problem.hpp"
#include <cafmesh/control.hpp>
#include <cafmesh/log.hpp>
#include <cafmesh/membership.hpp>
#include <cafmesh/password.hpp>
#include <cafmesh/settings.hpp>
#include <cafmesh/status.hpp>

namespace meshd {

class configuration;
struct mesh_parts;

/// The actor system and the node in it. Answers arrive on the HTTP thread.
class mesh_system {
public:
  mesh_system();
  ~mesh_system();
  mesh_system(const mesh_system&) = delete;
  mesh_system& operator=(const mesh_system&) = delete;

  /// Binds the port and starts the node's actors. The node does not yet accept
  /// or dial connections.
  /// @param config must outlive this object
  /// @param past the UIDs of the peer's earlier lives, which the new life
  ///        avoids
  /// @param on_end called on the HTTP thread when the node has ended for any
  ///        reason
  /// @returns what is wrong; empty if nothing is
  std::string open(configuration& config,
                   const std::vector<cafmesh::peer_uid>& past,
                   cafmesh::log_sink_ptr log, poster post,
                   std::function<void()> on_end);

  /// Starts to accept and dial connections. Channels joined before this call
  /// miss no message.
  void start();

  /// Stops the node and waits for it to end.
  /// @returns whether it has ended within the time limit
  bool stop(std::chrono::milliseconds limit);

  const cafmesh::node_description& self() const;
  const std::shared_ptr<const mesh_parts>& parts() const {
    return parts_;
  }

  void get_node(answer<cafmesh::node_description> then);
  /// Calls `f` on the HTTP thread once the threads that wait for data of other
  /// peers have answered. If they take more than 5 s, may drop `f` instead.
  void when_network_answers(std::function<void()> f);
  void get_status(answer<cafmesh::mesh_status> then);
  void get_topology(answer<cafmesh::mesh_description> then);
  void connect_to(std::vector<std::string> addresses, bool replace,
                  answer<done> then);
  /// Stops dialling an address, written as clients gave it or as the status
  /// shows it. It is an error if no client or setting has given it.
  void forget(const std::string& address, answer<done> then);
  void set_passwords(std::vector<cafmesh::password> xs, answer<done> then);

  /// Calls `f` on the HTTP thread after a time.
  void after(std::chrono::milliseconds time, std::function<void()> f);

private:
  struct state;
  std::unique_ptr<state> state_;
  std::shared_ptr<const mesh_parts> parts_;
  struct waiting {
    std::chrono::steady_clock::time_point since;
    std::function<void()> call;
  };
  // One question at a time serves all that wait, oldest first.
  std::deque<waiting> waiting_;
  bool is_asked_ = false;
};

} // namespace meshd
