#include "tests/support/event_lines.hpp"

#include <caf/actor_system.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cafmesh/errc.hpp>
#include <cafmesh/type_ids.hpp>

namespace cafmesh::test {

namespace {

std::string letter(peer_name x) {
  return std::string(1, static_cast<char>(x.number()));
}

struct event_writer {
  void say(std::string line) {
    out->lines.push_back(std::move(line));
  }
  void must(bool holds) {
    out->contradictions += holds ? 0 : 1;
  }
  std::string number(connection_id id) {
    auto next = out->numbers.size() + 1;
    return std::to_string(out->numbers.emplace(id, next).first->second);
  }

  void snapshot(const mesh_description& x) {
    must(out->lines.empty());
    std::string line = "snapshot";
    for (const auto& record : x.peers) {
      out->peers.insert(record.peer.name);
      if (record.connections.empty())
        line += " " + letter(record.peer.name);
      for (const auto& c : record.connections)
        line += " " + letter(record.peer.name) + (c.established ? ">" : "~")
                + letter(c.remote);
    }
    say(line);
  }
  void joined(const peer_summary& x) {
    must(x.uid != peer_uid::none && x.nickname == letter(x.name));
    must(out->peers.insert(x.name).second);
    say("joined " + letter(x.name));
  }
  void left(const peer_summary& x) {
    must(out->peers.erase(x.name) == 1);
    say("left " + letter(x.name));
  }
  void restarted(const peer_restarted& x) {
    must(out->peers.count(x.name) == 1 && x.old_uid != x.new_uid);
    say("restarted " + letter(x.name) + " "
        + std::to_string(value_of(x.old_uid)) + " "
        + std::to_string(value_of(x.new_uid)));
  }
  void added(const connection_added& x) {
    must(out->added.insert(x.id).second && !x.connection.established);
    say("added " + letter(x.connection.remote)
        + (x.connection.outbound ? " out " : " in ") + number(x.id));
  }
  void established(const connection_established& x) {
    must(out->added.count(x.id) == 1);
    must(out->established.insert(x.id).second);
    say("established " + letter(x.remote) + " " + number(x.id));
  }
  void removed(const connection_removed& x) {
    must(out->added.erase(x.id) == 1);
    out->established.erase(x.id);
    say("removed " + letter(x.remote) + " " + number(x.id) + " "
        + describe(x.reason));
  }

  void gossiper_gone(const gossiper_ended& x) {
    say("gossiper_ended " + x.channel + " " + describe(x.reason));
  }

  std::shared_ptr<event_lines> out;
};

} // namespace

std::string event_lines::text() const {
  std::string result;
  for (const auto& line : lines)
    result += line + "\n";
  return result;
}

event_subscriber_actor spawn_event_writer(caf::actor_system& system,
                                          std::shared_ptr<event_lines> out) {
  return system.spawn([w = event_writer{std::move(out)}]() mutable
                      -> event_subscriber_actor::behavior_type {
    return {
      [w](const mesh_description& x) mutable { w.snapshot(x); },
      [w](const peer_joined& x) mutable { w.joined(x.peer); },
      [w](const peer_left& x) mutable { w.left(x.peer); },
      [w](const peer_restarted& x) mutable { w.restarted(x); },
      [w](const connection_added& x) mutable { w.added(x); },
      [w](const connection_established& x) mutable { w.established(x); },
      [w](const connection_removed& x) mutable { w.removed(x); },
      [w](routes_changed) mutable { w.say("routes_changed"); },
      [w](short_ids_changed) mutable { w.say("short_ids_changed"); },
      [w](const gossiper_ended& x) mutable { w.gossiper_gone(x); },
    };
  });
}

} // namespace cafmesh::test
