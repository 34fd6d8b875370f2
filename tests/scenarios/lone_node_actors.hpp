#pragma once

#include <string>

#include <caf/scoped_actor.hpp>

#include <cafmesh/remote_actors.hpp>
#include <cafmesh/topics.hpp>

namespace cafmesh::test {

/// Makes a node publish and find actors. A command is a line of text, and so is
/// its answer.
///
///     publish NAME  -> `ok`; publishes an actor that adds numbers
///     find NAME     -> the number of peers that publish it; the nearest one's
///                      actor becomes the found actor
///     nearest       -> the name of the found actor's peer
///     add X Y       -> the sum, as the found actor answers it
///     subscribe TOPIC -> `ok`, once the node gets the topic's messages
///     tell TOPIC TEXT -> `ok`, once the text is sent to the topic
///     heard         -> all texts of topics so far, in order
///     down          -> why the found actor has ended; waits up to 20 s for
///                      its end
class lone_node_actors {
public:
  lone_node_actors(caf::actor_system& system, const router_actor& router);
  ~lone_node_actors();

  static bool understands(const std::string& line);
  /// @pre `understands(line)`
  std::string answer(const std::string& line);

private:
  /// Sends a request.
  /// @returns `ok`, or why it failed
  template <class Handle, class Message>
  std::string outcome(const Handle& whom, Message what);
  std::string publish(const std::string& name);
  std::string find(const std::string& name);
  std::string add(int x, int y);
  std::string wait_for_down();
  std::string subscribe(const std::string& topic);
  std::string tell(const std::string& topic, const std::string& text);
  std::string heard();
  const topics_actor& topics();

  caf::scoped_actor self_;
  router_actor router_;
  directory_actor directory_;
  topics_actor topics_; // null until it is needed
  std::string heard_;
  caf::actor adder_;
  caf::actor found_;
  peer_name found_at_;
};

} // namespace cafmesh::test
