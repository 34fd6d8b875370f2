#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/caf_version/message_codec.hpp"
#include "actors/directory/directory.hpp"
#include "tests/support/mesh.hpp"

namespace cafmesh::test {

/// Stands in for the code that connects the actors of different nodes. All
/// nodes of a test share one actor system, so all actors are local.
class fake_carrier : public actor_carrier {
public:
  explicit fake_carrier(caf::actor_system& system) : system_(system) {
  }

  bool publish(const caf::strong_actor_ptr& local) override {
    if (refuses)
      return false;
    published[local->id()] = caf::actor_cast<caf::actor_addr>(local);
    return true;
  }
  void withdraw(caf::actor_id local) override {
    published.erase(local);
  }
  void protect(caf::actor_id local) override {
    guarded.insert(local);
  }
  void drop(const caf::message& x, const caf::error& why) override {
    dropped.emplace_back(x, why);
  }
  caf::strong_actor_ptr handle_of(const caf::node_id& node,
                                  caf::actor_id id) override {
    asked.emplace_back(node, id);
    return system_.registry().get(id);
  }
  caf::error encode_message(const caf::message& x, bytes& out) override {
    std::vector<caf::actor_id> local;
    return caf_version::encode_content(system_, x, 1024 * 1024, out, local);
  }
  caf::error decode_message(byte_view from, caf::message& out) override {
    caf_version::handle_source source;
    source.find_remote = [](auto&, auto) {
      return nullptr;
    };
    source.may_address = [](caf::actor_id) {
      return true;
    };
    if (on_decode)
      on_decode();
    return caf_version::decode_content(system_, from, source, out);
  }

  const actor_settings& config() const noexcept override {
    return settings_;
  }

  bool refuses = false;
  std::function<void()> on_decode; // called before each message is decoded
  std::map<caf::actor_id, caf::actor_addr> published;
  std::vector<std::pair<caf::node_id, caf::actor_id>> asked;
  std::set<caf::actor_id> guarded;
  std::vector<std::pair<caf::message, caf::error>> dropped;

private:
  caf::actor_system& system_;
  actor_settings settings_;
};

/// The nodes whose actors can be reached, as one directory has reported them.
struct heard_homes {
  std::map<peer_name, actor_home> now;
  std::size_t told = 0; ///< number of changes reported

  void take(const homes_changed& x) {
    told += x.came.size() + x.gone.size();
    for (const auto& each : x.gone)
      if (auto i = now.find(each.peer);
          i != now.end() && i->second.uid == each.uid)
        now.erase(i);
    for (const auto& each : x.came)
      now[each.peer] = each;
  }
};

/// Nodes with directories, and actors to publish.
struct directories : mesh {
  ~directories() {
    for (const auto& x : actors)
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    run();
  }

  static caf::node_id node_of(std::uint32_t number) {
    return *caf::make_node_id(number, std::string(40, 'A'));
  }

  /// Starts a directory on a node, with a CAF node ID that no other node has.
  const directory_actor& directory_on(char letter) {
    auto carrier = std::make_shared<fake_carrier>(system());
    carriers[letter] = carrier;
    auto heard = std::make_shared<heard_homes>();
    homes[letter] = heard;
    auto postman = keep(system().spawn([heard](caf::event_based_actor*) {
      return caf::behavior{[heard](const homes_changed& x) {
        heard->take(x);
      }};
    }));
    all[letter] =
      spawn_directory(system(), at(letter).router(),
                      {carrier, node_of(++nodes_),
                       caf::actor_cast<postman_of_directory>(postman)});
    run();
    return all[letter];
  }
  void build_with_directories(const std::string& edges) {
    build(edges);
    for (char x = 'a'; x <= 'z'; ++x)
      if (edges.find(x) != std::string::npos)
        directory_on(x);
    settle();
  }

  caf::actor keep(caf::actor x) {
    actors.push_back(x);
    return x;
  }
  caf::actor spawn_echo(const std::string& text) {
    auto result = system().spawn([text](caf::event_based_actor*) {
      return caf::behavior{[text](int) {
        return text;
      }};
    });
    // fake_carrier::handle_of looks actors up in this registry.
    system().registry().put(result.id(),
                            caf::actor_cast<caf::strong_actor_ptr>(result));
    return keep(result);
  }
  void end(const caf::actor& x) {
    caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    run();
  }

  caf::error publish(char where, const std::string& name, const caf::actor& x,
                     std::map<std::string, std::string> attributes = {}) {
    return ask<void>(all.at(where),
                     publication(system(), name, x, std::move(attributes)))
      .why;
  }
  void unpublish(char where, const std::string& name) {
    ask<void>(all.at(where), unpublish_name{name});
  }
  /// The letters of the peers that publish `name`, as the node `where` sees it,
  /// nearest first.
  std::string holders(char where, const std::string& name) {
    std::string result;
    const auto found = ask<found_names>(all.at(where), lookup_name{name});
    for (const auto& x : found.value->all)
      result += static_cast<char>(x.peer.number());
    return result;
  }
  reply<resolved_actors> resolve(char where, resolve_name x) {
    return ask<resolved_actors>(all.at(where), std::move(x));
  }
  /// The letters of the peers whose actors `name` resolves to, or the text of
  /// the error.
  std::string resolved(char where, const std::string& name, which_actor which,
                       peer_name peer = {}) {
    auto found = resolve(where, {name, which, peer, {}});
    std::string result = found.value ? "" : describe(found.why);
    if (found.value)
      for (const auto& x : found.value->all)
        result += static_cast<char>(x.peer.number());
    return result;
  }

  std::map<char, directory_actor> all;
  std::map<char, std::shared_ptr<fake_carrier>> carriers;
  std::map<char, std::shared_ptr<heard_homes>> homes;
  std::vector<caf::actor> actors;

private:
  std::uint32_t nodes_ = 0;
};

} // namespace cafmesh::test
