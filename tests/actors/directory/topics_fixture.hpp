#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "actors/core/gossip/relayed_data.hpp"
#include "actors/core/remote/topic_message.hpp"
#include "tests/actors/directory/directories.hpp"
#include <cafmesh/topics.hpp>

/// Nodes with actors for topics, and subscribers that record what they receive.
namespace cafmesh::test {

using strings = std::vector<std::string>;
using text_list = std::shared_ptr<strings>;

inline caf::behavior note_into(const text_list& heard) {
  return {[heard](const std::string& x) {
    heard->push_back(x);
  }};
}

struct topics : directories {
  void topics_on(char letter) {
    auto x = spawn_topics(system(), at(letter).router(), all.at(letter));
    // fake_carrier::handle_of looks actors up in this registry.
    system().registry().put(x.id(), caf::actor_cast<caf::strong_actor_ptr>(x));
    of[letter] = x;
    run();
  }
  void build_with_topics(const std::string& edges) {
    build_with_directories(edges);
    for (const auto& x : all)
      topics_on(x.first);
  }
  caf::actor listener(const text_list& heard) {
    return keep(system().spawn(
      [heard](caf::event_based_actor*) { return note_into(heard); }));
  }
  caf::actor subscribe(char where, const std::string& topic,
                       const text_list& heard) {
    auto result = listener(heard);
    auto answer = ask<void>(of.at(where), subscription(topic, result));
    BOOST_TEST(!answer.why, describe(answer.why));
    run_for(milliseconds{50});
    return result;
  }
  void publish(char where, const std::string& topic, const std::string& text) {
    auto answer = ask<void>(of.at(where), to_topic(topic, text));
    BOOST_TEST(!answer.why, describe(answer.why));
    run_for(milliseconds{5});
  }
  topic_figures figures(char where) {
    return *ask<topic_figures>(of.at(where), get_topic_figures{}).value;
  }
  /// Broadcasts a message to a topic. The test chooses the sequence number, as
  /// a hostile peer could.
  void broadcast_raw(char where, std::uint64_t number, const std::string& topic,
                     const std::string& text) {
    bytes raw;
    remote::append_topic_message(raw, {99, number, topic, {}});
    carriers.begin()->second->encode_message(caf::make_message(text), raw);
    broadcast_raw(where, raw);
  }
  /// Gives a message from another peer to the actor for topics, which handles
  /// it in `run`.
  void arrive(char where, std::uint64_t number, const std::string& topic,
              const std::string& text) {
    bytes raw;
    remote::append_topic_message(raw, {99, number, topic, {}});
    carriers.begin()->second->encode_message(caf::make_message(text), raw);
    caf::anon_send(caf::actor_cast<caf::actor>(of.at(where)),
                   caf::publish_atom_v, std::string{byte_view{raw}.as_text()});
  }
  void broadcast_raw(char where, const bytes& raw) {
    caf::anon_send(
      at(where).channel("cafmesh/topics"),
      broadcast{relayed_data::of(payload::copy_of(byte_view{raw}))});
    run_for(milliseconds{5});
  }

  std::map<char, topics_actor> of;
};

inline text_list make_list() {
  return std::make_shared<strings>();
}

} // namespace cafmesh::test
