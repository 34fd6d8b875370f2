#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "actors/core/directory/documents.hpp"
#include "tests/actors/core/directory/directory_simulation.hpp"

namespace cafmesh::test {

const names::life us = life_of(9, 1);

inline names::entry_map entries_of(const std::vector<std::string>& names) {
  names::entry_map result;
  for (const auto& x : names)
    result.set(x, entry_of(1));
  return result;
}

/// Returns a message with all names of a peer. It replaces the names that the
/// receiver knew of that peer before.
inline names::part whole(names::life of, std::uint64_t version,
                         const std::string& node,
                         const std::vector<std::string>& names) {
  const auto xs = entries_of(names);
  names::part result;
  result.head = {of, version, node, xs.size(), xs.summary().content.hash()};
  result.more.emplace();
  for (const auto& [name, x] : xs)
    result.more->entries.emplace_back(name, x);
  return result;
}

inline std::string text_of(const names::entry_map& xs) {
  std::string result;
  for (const auto& each : xs)
    result += each.first;
  return result;
}

/// Lists which peers have gained a node ID (`+PEER=NODE`) or lost it (`-PEER`)
/// since the last call.
inline std::string home_changes_of(names::documents& docs) {
  const auto changes = docs.take_home_changes();
  std::string result;
  for (const auto& x : changes.came)
    result += "+" + std::to_string(x.of.peer.number()) + "=" + x.node + " ";
  for (const auto& x : changes.gone)
    result += "-" + std::to_string(x.peer.number()) + " ";
  return result;
}

/// The documents that a directory has, and functions that list them as text.
struct some_documents {
  names::documents docs{us, "n9"};
  instant now = instant{} + std::chrono::seconds{1000};

  some_documents() {
    docs.take_home_changes();
  }
  void show(unsigned peer, const std::string& node,
            const std::vector<std::string>& names, std::uint64_t uid = 1) {
    docs.life_appeared(life_of(peer, uid), now);
    hear(peer, 1, node, names, uid);
  }
  void hear(unsigned peer, std::uint64_t version, const std::string& node,
            const std::vector<std::string>& names, std::uint64_t uid = 1) {
    BOOST_TEST((docs.apply(whole(life_of(peer, uid), version, node, names), now)
                == names::document::outcome::applied));
  }
  void leave(unsigned peer) {
    docs.peer_left(peer_name::from_number(peer), now);
  }
  /// Lists the documents that are shown, each as its peer's number and names.
  std::string shown() const {
    std::string result;
    docs.visit([&](const names::life& of, const std::string&,
                   const names::entry_map& xs) {
      result += std::to_string(of.peer.number()) + ":" + text_of(xs) + " ";
    });
    return result;
  }
  std::string homes() const {
    std::string result;
    for (const auto& x : docs.homes())
      result += std::to_string(x.of.peer.number()) + "=" + x.node + " ";
    return result;
  }
  /// Lists the changes since the last call. For each, lists the peer, the
  /// entries before and after, and the names that may differ, or `any` if all
  /// of them may.
  std::string changes() {
    std::string result;
    for (const auto& x : docs.take_changes()) {
      result += std::to_string(x.of.peer.number()) + ":" + text_of(x.before)
                + ">" + text_of(x.after) + " ";
      if (!x.names) {
        result += "any ";
        continue;
      }
      for (const auto& name : *x.names)
        result += name + " ";
    }
    return result;
  }
  const names::header* head_of(unsigned peer, std::uint64_t uid = 1) const {
    return docs.headers().find(key_of(life_of(peer, uid)));
  }
};

} // namespace cafmesh::test
