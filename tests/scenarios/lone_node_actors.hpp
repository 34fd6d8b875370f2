#pragma once

#include <string>

#include <caf/scoped_actor.hpp>

#include <cafmesh/remote_actors.hpp>

namespace cafmesh::test {

/// The actors that a lone node publishes and finds. Each question is answered
/// with one line.
///
///     publish NAME  -> `ok`; publishes an actor that adds numbers
///     find NAME     -> the number of peers that publish it; keeps the nearest
///     add X Y       -> the sum, by the actor that was found
///     down          -> why the found actor is down; waits for its end, 20 s
class lone_node_actors {
public:
  lone_node_actors(caf::actor_system& system, const router_actor& router);
  ~lone_node_actors();

  static bool understands(const std::string& line);
  /// @pre it is understood
  std::string answer(const std::string& line);

private:
  std::string publish(const std::string& name);
  std::string find(const std::string& name);
  std::string add(int x, int y);
  std::string wait_for_down();

  caf::scoped_actor self_;
  directory_actor directory_;
  caf::actor adder_;
  caf::actor found_;
};

} // namespace cafmesh::test
