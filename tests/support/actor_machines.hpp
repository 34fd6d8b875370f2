#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>

#include "actors/context/remote_parts.hpp"
#include "actors/remote/actor_layer.hpp"
#include "tests/caf_version/deterministic.hpp"
#include "tests/support/memory_transport.hpp"
#include "tests/support/mesh.hpp"
#include <cafmesh/names.hpp>

/// Nodes, each with an actor system of its own, as if on different machines.
/// The clock of a machine starts when the machine is added; from then on, all
/// clocks advance together.
namespace cafmesh::test {

struct machine {
  machine(char letter, std::shared_ptr<memory_transport> net,
          std::uint64_t seed, actor_settings config);

  char letter;
  deterministic world;
  std::shared_ptr<collecting_log> log = std::make_shared<collecting_log>();
  router_actor router;
  actor_layer remote;
  actor_home home;
  std::vector<caf::actor> actors; // `stop` ends them

  caf::actor_system& system() {
    return world.system();
  }
  /// Spawns an actor with the behaviour that `f(self)` returns.
  template <class F>
  caf::actor spawn(F f) {
    actors.push_back(world.system().spawn(f));
    return actors.back();
  }
  /// Spawns an actor that the actors of other machines may address.
  template <class F>
  caf::actor publish(F f) {
    auto result = spawn(f);
    remote.carrier->publish(caf::actor_cast<caf::strong_actor_ptr>(result));
    return result;
  }
  /// Spawns the directory of names, as `join_actors` does.
  directory_actor spawn_names();
  /// Spawns an actor that monitors another.
  /// @returns the list to which the reason of each down message is added
  std::shared_ptr<std::vector<caf::error>> monitor(const caf::actor& whom);
  /// This machine's handle of another machine's actor.
  caf::actor handle_of(const caf::actor& x) {
    return caf::actor_cast<caf::actor>(
      remote.carrier->handle_of(x.node(), x.id()));
  }
};

caf::behavior adder(caf::event_based_actor*);

/// The fixture of tests with several machines. Its destructor stops all
/// machines and fails the test if an actor is left.
class actor_machines {
public:
  ~actor_machines();

  /// Adds a machine. The letter determines the name and the address of the peer
  /// on it.
  machine& add(char letter, actor_settings config = {});
  machine& at(char letter) {
    return *machines_.at(letter);
  }
  /// Adds machines in a line, in which each dials the next. Then tells each of
  /// them about all others.
  void line(const std::string& letters, actor_settings config = {});
  void connect(char from, char to);
  /// Tells every machine which peers exist. Peers whose letters are in
  /// `without` are reported as gone.
  void publish_homes(const std::string& without = "");
  /// Stops the machine's node and ends its actors.
  void stop(char letter);

  /// Asks an `adder` for 40 + 2.
  /// @returns the sum, why there is none, or `no answer`
  std::string sum(char from, const caf::actor& whom);

  void run();
  void run_for(duration time);

  memory_transport& net() {
    return *net_;
  }
  static std::string host_of(char letter) {
    return "10.0.0." + std::to_string(int{letter});
  }

private:
  std::shared_ptr<memory_transport> net_ = std::make_shared<memory_transport>();
  std::map<char, std::unique_ptr<machine>> machines_;
  std::uint64_t seeds_ = 0;
};

} // namespace cafmesh::test
