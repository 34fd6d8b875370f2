#include "tests/scenarios/lone_node_values.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <utility>

#include <caf/exit_reason.hpp>
#include <caf/response_promise.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <cafmesh/errc.hpp>
#include <cafmesh/router.hpp>

namespace cafmesh::test {

namespace {

const std::array verbs{"retain",   "put",  "erase",       "entry",
                       "entries",  "fill", "add-element", "drop-element",
                       "elements", "mute", "leave"};

/// Requests that a gossiper has received and never answers.
struct unkept {
  std::vector<caf::typed_response_promise<gossip_data_ptr>> data;
  std::vector<caf::response_promise> done;
};

gossiper_actor::behavior_type mute_gossiper(gossiper_actor::pointer self) {
  auto all = std::make_shared<unkept>();
  auto keep_silent = [=] {
    all->data.push_back(self->make_response_promise<gossip_data_ptr>());
    return all->data.back();
  };
  return {
    [=](const unicasts_arrived&) -> caf::result<void> {
      all->done.push_back(self->make_response_promise());
      return all->done.back();
    },
    [=](const broadcast_arrived&) { return keep_silent(); },
    [=](const gossip_arrived&) { return keep_silent(); },
    [=](get_gossip) { return keep_silent(); },
  };
}

} // namespace

lone_node_values::lone_node_values(caf::actor_system& system,
                                   router_actor router)
    : system_(system), self_(system), router_(std::move(router)) {
  self_->request(router_, caf::infinite, get_node{})
    .receive(
      [&](node_description& x) { us_ = std::move(x); },
      [](const caf::error& why) { throw std::runtime_error(describe(why)); });
}

lone_node_values::~lone_node_values() {
  for (const auto& x : mutes_)
    caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
}

bool lone_node_values::understands(const std::string& line) {
  const auto verb = line.substr(0, line.find(' '));
  return std::find(verbs.begin(), verbs.end(), verb) != verbs.end();
}

std::string lone_node_values::answer(const std::string& line) {
  std::istringstream in{line};
  std::string verb;
  in >> verb;
  if (verb == "retain") {
    std::int64_t ms = 0;
    in >> ms;
    retention_ = std::chrono::milliseconds{ms};
    return "ok";
  }
  if (verb == "leave") {
    caf::anon_send_exit(map_, caf::exit_reason::user_shutdown);
    map_ = nullptr;
    return "ok";
  }
  if (verb == "mute") {
    std::string channel;
    in >> channel;
    return mute(channel);
  }
  return verb.find("element") == std::string::npos ? answer_map(verb, in)
                                                   : answer_set(verb, in);
}

std::string lone_node_values::answer_map(const std::string& verb,
                                         std::istream& in) {
  std::string key;
  std::string text;
  in >> key >> text;
  auto now = value_of(map());
  if (verb == "entry") {
    const auto* found = now->find(key);
    return found == nullptr ? "-" : std::string{found->value.view().as_text()};
  }
  if (verb == "entries")
    return std::to_string(now->size()) + ' '
           + std::to_string(now->tombstones());
  if (verb == "put")
    now = change(map(), [=, who = us_.name](const lww_map& x) {
      return x.put(key, byte_view{text}, who);
    });
  if (verb == "erase")
    now = change(map(), [=, who = us_.name](const lww_map& x) {
      return x.erase(key, who);
    });
  if (verb == "fill")
    now = change(map(), [=, who = us_.name](const lww_map& x) {
      const std::string value(std::stoul(text), 'v');
      caf::expected<lww_map> all{lww_map{}};
      for (std::size_t i = 0; i < std::stoul(key); ++i)
        all->merge(*x.put("key " + std::to_string(i), byte_view{value}, who));
      return all;
    });
  return std::to_string(now->size());
}

std::string lone_node_values::answer_set(const std::string& verb,
                                         std::istream& in) {
  std::string element;
  in >> element;
  auto now = value_of(set());
  if (verb == "add-element")
    now = change(set(), [=, who = us_.uid](const observed_remove_set& x) {
      return x.add(element, who);
    });
  if (verb == "drop-element")
    now = change(set(), [=](const observed_remove_set& x) {
      return caf::expected<observed_remove_set>{x.remove(element)};
    });
  return std::to_string(now->size());
}

std::string lone_node_values::mute(const std::string& channel) {
  mutes_.push_back(system_.spawn(mute_gossiper));
  auto joined = join(system_, router_, channel, mutes_.back());
  return joined ? "ok" : describe(joined.error());
}

replicated_actor<lww_map>& lone_node_values::map() {
  if (!map_)
    map_ = spawn_replicated(system_, router_, "map", lww_map{retention_});
  return map_;
}

replicated_actor<observed_remove_set>& lone_node_values::set() {
  if (!set_)
    set_ = spawn_replicated(system_, router_, "set", observed_remove_set{});
  return set_;
}

template <class V>
snapshot<V> lone_node_values::value_of(const replicated_actor<V>& whom) {
  snapshot<V> result;
  self_->request(whom, caf::infinite, get_value<V>{})
    .receive(
      [&](snapshot<V>& x) { result = std::move(x); },
      [](const caf::error& why) { throw std::runtime_error(describe(why)); });
  return result;
}

template <class V, class Change>
snapshot<V> lone_node_values::change(const replicated_actor<V>& whom,
                                     Change what) {
  snapshot<V> result;
  self_->request(whom, caf::infinite, update<V>{std::move(what), false})
    .receive(
      [&](snapshot<V>& x) { result = std::move(x); },
      [](const caf::error& why) { throw std::runtime_error(describe(why)); });
  return result;
}

} // namespace cafmesh::test
