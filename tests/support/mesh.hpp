#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "actors/context/channel_parts.hpp"
#include "actors/context/node_parts.hpp"
#include "tests/caf_version/deterministic.hpp"
#include "tests/support/memory_transport.hpp"
#include "tests/support/recorder.hpp"
#include <cafmesh/log.hpp>
#include <cafmesh/overlay.hpp>
#include <cafmesh/settings.hpp>

/// Whole nodes of real actors in one thread, in virtual time and on a network
/// in memory.
namespace cafmesh::test {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// Keeps log lines, which a test can search.
class collecting_log : public log_sink {
public:
  void write(log_level level, std::string_view text) override;

  /// The number of lines that contain all of `parts`.
  std::size_t count(const std::vector<std::string>& parts) const;
  bool has(const std::string& part) const {
    return count({part}) > 0;
  }
  std::string all() const;
  /// The number of warnings and errors together.
  std::size_t complaints() const noexcept {
    return complaints_;
  }
  /// The last line at level `info` or above.
  const std::string& last() const noexcept {
    return last_;
  }
  /// The number of lines at level `info` or above.
  std::size_t size() const noexcept {
    return size_;
  }

private:
  std::vector<std::string> lines_;
  std::size_t complaints_ = 0;
  std::size_t size_ = 0;
  std::string last_;
};

class mesh;

/// One node, named by a letter: `a` is the peer 00:00:00:00:00:61 at
/// 10.0.0.97:6783.
class node {
public:
  node(mesh& world, char letter, settings config, overlay_actor overlay = {});

  /// Joins a channel with a gossiper that records everything.
  record& join(const std::string& channel);
  void start();
  void stop();

  void connect_to(const node& other);
  caf::error connect_to(std::vector<std::string> addresses,
                        bool replace = false);
  void forget(std::vector<std::string> addresses);

  reply_ptr<void> unicast(const std::string& channel, peer_name to,
                          std::string_view data);
  reply_ptr<void> unicast(const std::string& channel, const node& to,
                          std::string_view data) {
    return unicast(channel, to.name(), data);
  }
  void broadcast(const std::string& channel, const std::string& word);
  void gossip(const std::string& channel, const std::string& word);

  /// The mesh as this node knows it. For example, `a>b b~a c` means that the
  /// record of `a` lists an established connection to `b`, the record of `b`
  /// lists a connection to `a` that is not established, and `c` has no
  /// connections.
  std::string topology();
  mesh_description description();
  /// This node's record of another peer; an empty one if it does not know the
  /// peer.
  peer_record record_of(const node& other);
  /// The number of this node's established connections.
  std::size_t degree();

  peer_name name() const noexcept {
    return name_;
  }
  const std::string& host() const noexcept {
    return config_.host;
  }
  std::string address() const;
  const settings& config() const noexcept {
    return config_;
  }
  collecting_log& log() noexcept {
    return *log_;
  }
  const router_actor& router() const noexcept {
    return router_;
  }
  /// The living actors of a kind, e.g. `connection`, that belong to this node.
  /// The router is not listed.
  std::vector<caf::strong_actor_ptr> parts(const std::string& kind) const;
  /// The number of this node's living actors, without the router.
  std::size_t count_parts() const {
    return parts_->all().size();
  }
  void join_with(const std::string& channel, gossiper_actor gossiper);
  channel_status figures(const std::string& channel);
  /// Asks the node for a channel, as its connections do. If nobody has joined
  /// the channel, the node creates it to relay its data.
  reply<inner_channel_actor> find(const std::string& channel,
                                  peer_name neighbour = {});
  inner_channel_actor channel(const std::string& name);
  record& recorded(const std::string& channel) {
    return *records_.at(channel);
  }
  const recorder_actor& gossiper(const std::string& channel) {
    return gossipers_.at(channel);
  }

private:
  mesh& world_;
  peer_name name_;
  settings config_;
  std::shared_ptr<collecting_log> log_;
  std::shared_ptr<node_parts> parts_ = std::make_shared<node_parts>();
  router_actor router_;
  std::map<std::string, record_ptr> records_;
  std::map<std::string, recorder_actor> gossipers_;
};

/// The fixture of tests with nodes. At the end it stops the remaining nodes,
/// and fails the test if an actor, socket or listener remains.
class mesh : public deterministic {
public:
  mesh();
  ~mesh();

  /// Default settings for the node of this letter. Change them as needed, then
  /// call `add`.
  settings settings_for(char letter);
  /// Adds a node that has joined the channel `chan`, and starts it.
  node& add(char letter, settings config);
  node& add(char letter) {
    return add(letter, settings_for(letter));
  }
  /// Like `add`, but does not start the node.
  node& prepare(char letter, settings config, overlay_actor overlay = {});
  node& at(char letter);

  /// Adds nodes for all letters in `edges`, e.g. `ab bc`, without discovery.
  /// The first node of each pair dials the second. All nodes are connected
  /// afterwards.
  void build(const std::string& edges);

  /// Runs long enough for changes to spread, but so briefly that few channels
  /// gossip meanwhile.
  void settle() {
    run_for(seconds{5});
  }
  /// Whether every running node sees this topology, in the notation of
  /// node::topology.
  bool all_know(const std::string& topology);
  bool all_agree();

  /// Sends a request and runs the actors.
  /// @returns the result, which may still be open
  template <class T, class Handle, class Message>
  reply<T> ask(const Handle& whom, Message question) {
    auto result = ask_later<T>(system(), whom, std::move(question));
    run();
    return *result;
  }

  memory_transport& net() noexcept {
    return *net_;
  }
  const std::shared_ptr<memory_transport>& net_ptr() const noexcept {
    return net_;
  }
  std::vector<std::unique_ptr<node>>& nodes() noexcept {
    return nodes_;
  }

private:
  std::shared_ptr<memory_transport> net_;
  std::vector<std::unique_ptr<node>> nodes_;
  std::uint64_t seeds_ = 0;
};

} // namespace cafmesh::test
