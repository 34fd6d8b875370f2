#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>

#include <caf/actor_system.hpp>

#include <cafmesh/handles.hpp>

namespace cafmesh::test {

/// Makes a node use channels whose gossipers block or throw, and do other
/// things that a faulty application may do. A command is a line of text, and so
/// is its answer.
///
///     block CHANNEL MS  -> `ok`; joins the channel with a gossiper without a
///                          thread of its own, whose handler of a unicast
///                          blocks for MS milliseconds
///     blocked           -> the number of handlers that block now
///     fail CHANNEL HOW  -> `ok`; joins the channel with a gossiper whose data
///                          throws. HOW is `encode` or `merge`
///     pieces CHANNEL N  -> `ok`; gossips N pieces of the data of `fail`
///     router            -> `ok`, or why another router cannot be spawned;
///                          stops that router again
///     watch-signals     -> `ok`; from now on only `signals` takes SIGUSR1 and
///                          SIGTERM
///     signals           -> the numbers of the signals that `signals` takes
///                          now, `|`, and how many other threads have taken
class lone_node_faults {
public:
  lone_node_faults(caf::actor_system& system, router_actor router);

  static bool understands(const std::string& line);
  /// @pre `understands(line)`
  std::string answer(const std::string& line);

private:
  struct failing {
    gossip_channel_actor channel;
    gossip_data_ptr data;
  };

  std::string block(const std::string& channel, int ms);
  std::string fail(const std::string& channel, const std::string& how);
  std::string send_pieces(const std::string& channel, int count);
  std::string spawn_another();
  static std::string watch_signals();
  static std::string take_signals();

  caf::actor_system& system_;
  router_actor router_;
  std::shared_ptr<std::atomic<int>> blocked_;
  std::map<std::string, failing> failing_;
};

} // namespace cafmesh::test
