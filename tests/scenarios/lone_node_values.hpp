#pragma once

#include <chrono>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include <caf/scoped_actor.hpp>

#include <cafmesh/replicated.hpp>

namespace cafmesh::test {

/// Makes a node use a replicated map and a set. A command is a line of text,
/// and so is its answer. The map's channel is `map`, the set's is `set`. The
/// node joins a channel with the first command about it.
///
///     retain MS       -> `ok`; sets how long the map keeps tombstones. Must
///                        come before the first command about the map
///     put KEY VALUE   -> the number of the map's entries
///     erase KEY       -> likewise
///     entry KEY       -> the value, or `-`
///     entries         -> the numbers of entries and of tombstones
///     fill N SIZE     -> the number of entries; puts N of SIZE bytes each
///     leave           -> `ok`; ends the map. The next command about the map
///                        begins a new one
///     add-element X   -> the number of the set's elements
///     drop-element X  -> likewise
///     elements        -> likewise
///     mute CHANNEL    -> `ok`; joins the channel with a gossiper that never
///                        answers
class lone_node_values {
public:
  lone_node_values(caf::actor_system& system, router_actor router);
  ~lone_node_values();

  static bool understands(const std::string& line);
  /// @pre `understands(line)`
  std::string answer(const std::string& line);

private:
  std::string answer_map(const std::string& verb, std::istream& in);
  std::string answer_set(const std::string& verb, std::istream& in);
  std::string mute(const std::string& channel);
  replicated_actor<lww_map>& map();
  replicated_actor<observed_remove_set>& set();
  template <class V>
  snapshot<V> value_of(const replicated_actor<V>& whom);
  template <class V, class Change>
  snapshot<V> change(const replicated_actor<V>& whom, Change what);

  caf::actor_system& system_;
  caf::scoped_actor self_;
  router_actor router_;
  node_description us_;
  duration retention_ = std::chrono::hours{24};
  replicated_actor<lww_map> map_;
  replicated_actor<observed_remove_set> set_;
  std::vector<gossiper_actor> mutes_;
};

} // namespace cafmesh::test
