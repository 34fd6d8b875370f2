#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "actors/core/crdt/outline.hpp"
#include "actors/core/directory/directory_model.hpp"
#include "tests/actors/core/directory/directory_simulation.hpp"

namespace cafmesh::test {

inline peer_name number(unsigned x) {
  return peer_name::from_number(x);
}

/// The directory of one peer, and functions that pass messages to it.
struct single_model {
  names::life us = life_of(9, 1);
  names::directory_model model{us, "n9"};
  instant now = instant{} + std::chrono::seconds{1000};
  peer_name source = number(501), neighbour = number(601);
  names::directory_effects effects;

  const names::documents& docs() const {
    return model.all();
  }
  names::header own_head() const {
    return docs().find(docs().self())->head();
  }
  void lives(unsigned peer) {
    model.life_appeared(life_of(peer, 1), now);
    model.take_effects();
  }

  // -- messages

  caf::expected<bool> news(const payload& x) {
    auto result = model.receive_news(x.view(), neighbour, now);
    effects = model.take_effects();
    return result;
  }
  caf::expected<bool> news(const names::header& x) {
    return news(names::encode_announcement(x));
  }
  caf::error unicast(const payload& x) {
    auto result = model.receive_unicast(x.view(), source, neighbour, now);
    effects = model.take_effects();
    return result;
  }
  caf::error headers(const std::vector<names::header>& xs) {
    bytes message{static_cast<std::uint8_t>(names::kind::headers)};
    for (const auto& x : xs)
      names::append_header(message, x);
    return unicast(payload{std::move(message)});
  }
  caf::error ask(const names::life& of, names::progress have = {}) {
    return unicast(names::encode(names::pull{of, std::move(have)}));
  }
  caf::error compare(std::vector<outline::part> parts) {
    return unicast(payload{encode(outline{source, std::move(parts)})});
  }
  void tick() {
    model.tick(now);
    effects = model.take_effects();
  }

  // -- what the directory sends

  /// Returns the questions that the model sends, each with its receiver.
  /// Requires that all unicasts are questions.
  std::vector<std::pair<peer_name, names::pull>> asked() {
    std::vector<std::pair<peer_name, names::pull>> result;
    for (const auto& x : std::exchange(effects.unicasts, {})) {
      auto question = names::decode_pull(x.data.view());
      BOOST_TEST_REQUIRE(!!question);
      result.emplace_back(x.to, *question);
    }
    return result;
  }
  /// Whether the model sends only one message, which asks `whom` for the names
  /// of `of` since `version`.
  bool asks(peer_name whom, const names::life& of, std::uint64_t version) {
    const auto xs = asked();
    return xs.size() == 1 && xs[0].first == whom && xs[0].second.of == of
           && xs[0].second.have.version == version && !xs[0].second.have.below;
  }
  bool asks_nobody() const {
    return effects.unicasts.empty();
  }
  std::vector<names::part> broadcasts() {
    std::vector<names::part> result;
    for (const auto& x : std::exchange(effects.broadcasts, {})) {
      auto read = names::decode_part(x.view());
      BOOST_TEST_REQUIRE(!!read);
      result.push_back(*read);
    }
    return result;
  }
};

} // namespace cafmesh::test
