#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>

#include "tests/support/actor_machines.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/topics.hpp>

/// Machines in a ring, each with a directory of names and an actor for topics.
/// At random, links fail, nodes restart, actors end and names move, while
/// actors find each other, send, ask, watch, pass on handles and publish to
/// topics.
namespace cafmesh::test {

struct layer_walk : actor_machines {
  // An actor that receives texts `LABEL:SENDER:NUMBER`. If a text comes with
  // the handle and label of another target, this actor sends a text to that
  // target.
  struct target {
    std::string label;
    char machine = 0;
    caf::actor actor; // null once it has ended
    caf::actor_id id = 0;
  };
  struct kept_handle {
    std::string label;
    caf::actor handle;
  };
  struct subscriber {
    char machine = 0;
    std::string topic;
    std::set<std::string> heard;
  };
  using errors_ptr = std::shared_ptr<std::vector<caf::error>>;

  explicit layer_walk(std::uint32_t seed) : random(seed) {
    for (char x : letters)
      start(x);
    for (char x : letters)
      connect(x, next_to(x));
    run_for(seconds{5});
    for (char x : letters)
      spawn_target(x);
  }
  ~layer_walk() {
    names.clear();
    topics.clear();
    kept.clear();
    targets.clear();
  }

  std::uint32_t roll(std::size_t sides) {
    return std::uniform_int_distribution<std::uint32_t>{
      0, static_cast<std::uint32_t>(sides) - 1}(random);
  }
  char any_machine() {
    return letters[roll(letters.size())];
  }
  char next_to(char x) const {
    return letters[(letters.find(x) + 1) % letters.size()];
  }
  /// The two links of `who`, each given by its first machine.
  std::string links_of(char who) const {
    return {who,
            letters[(letters.find(who) + letters.size() - 1) % letters.size()]};
  }
  std::string any_name() {
    return "name " + std::to_string(roll(name_count));
  }
  std::string any_topic() {
    return "topic " + std::to_string(roll(2));
  }
  /// The text of the next message from `sender` to `label`.
  std::string next_text(const std::string& label, const std::string& sender) {
    return label + ":" + sender + ":" + std::to_string(++sent);
  }

  void complain(const std::string& what) {
    complaints.push_back(what);
  }

  void start(char who) {
    auto& x = add(who);
    names[who] = x.spawn_names();
    topics[who] = spawn_topics(x.system(), x.router, names[who]);
    run();
  }

  void arrived(const std::string& label, const std::string& text) {
    auto first = text.find(':');
    auto second = text.find(':', first + 1);
    if (text.substr(0, first) != label)
      complain(label + " got " + text);
    auto number = std::stoi(text.substr(second + 1));
    auto& latest = seen[label + text.substr(first, second - first)];
    if (number <= latest)
      complain(text + " after " + std::to_string(latest));
    latest = number;
    ++texts;
  }

  caf::behavior target_behavior(caf::event_based_actor* self,
                                const std::string& label) {
    return {
      [this, label](const std::string& text) { arrived(label, text); },
      [this, self, label](const std::string& text, const std::string& other,
                          const caf::actor& handle) {
        arrived(label, text);
        ++passed;
        if (handle)
          self->send(handle, next_text(other, label));
      },
      [](int number) { return number; },
    };
  }

  void spawn_target(char where) {
    target x;
    x.machine = where;
    x.label = "t" + std::to_string(++labels);
    x.actor =
      at(where).spawn([this, label = x.label](caf::event_based_actor* self) {
        return target_behavior(self, label);
      });
    x.id = x.actor.id();
    known[{x.actor.node(), x.id}] = x.label;
    targets[x.label] = x;
    publish(x);
  }

  void publish(const target& x) {
    auto name = any_name();
    auto& system = at(x.machine).system();
    auto done = ask_later<void>(system, names[x.machine],
                                publication(system, name, x.actor));
    run();
    const bool is_free = published[x.machine].count(name) == 0;
    if (done->is_open || bool{done->why} == is_free)
      complain("publishing " + name + ": " + describe(done->why));
    if (is_free)
      published[x.machine][name] = x.id;
  }

  void unpublish() {
    auto who = any_machine();
    auto name = any_name();
    ask_later<void>(at(who).system(), names[who], unpublish_name{name});
    run();
    published[who].erase(name);
  }

  void resolve() {
    auto from = any_machine();
    auto which = roll(2) == 0 ? which_actor::any : which_actor::nearest;
    auto found = ask_later<resolved_actors>(
      at(from).system(), names[from], resolve_name{any_name(), which, {}, {}});
    run();
    if (found->is_open || (found->why && !is(found->why, errc::unknown_name)))
      complain("resolving: " + describe(found->why));
    if (!found->value)
      return;
    auto handle = caf::actor_cast<caf::actor>(found->value->all.at(0).actor);
    auto label = known.find({handle.node(), handle.id()});
    if (label == known.end())
      return complain("a name leads to an unknown actor");
    auto& mine = kept[from];
    if (mine.size() > 20)
      mine.erase(mine.begin() + roll(mine.size()));
    mine.push_back({label->second, std::move(handle)});
    ++resolved;
  }

  // One of the handles that the machine `from` has, perhaps of an actor that
  // has ended; null if the machine has no handle.
  const kept_handle* any_handle(char from) {
    auto& mine = kept[from];
    return mine.empty() ? nullptr : &mine[roll(mine.size())];
  }
  std::string sender_at(char from) {
    return from + std::to_string(lives[from]);
  }

  void say() {
    auto from = any_machine();
    if (const auto* to = any_handle(from))
      caf::anon_send(to->handle, next_text(to->label, sender_at(from)));
  }

  void pass_on() {
    auto from = any_machine();
    const auto* to = any_handle(from);
    const auto* other = any_handle(from);
    if (to)
      caf::anon_send(to->handle, next_text(to->label, sender_at(from)),
                     other->label, other->handle);
  }

  void ask() {
    auto from = any_machine();
    if (const auto* to = any_handle(from))
      requests.emplace(from, ask_later<int>(at(from).system(), to->handle, 42));
  }

  void watch() {
    auto from = any_machine();
    if (const auto* to = any_handle(from))
      watches.emplace(from,
                      std::make_pair(to->label, at(from).monitor(to->handle)));
  }

  void end_target() {
    auto i = std::next(targets.begin(), roll(targets.size()));
    if (!i->second.actor)
      return;
    caf::anon_send_exit(i->second.actor, caf::exit_reason::user_shutdown);
    forget(i->second);
  }

  void forget(target& x) {
    x.actor = nullptr;
    auto& mine = published[x.machine];
    for (auto i = mine.begin(); i != mine.end();)
      i = i->second == x.id ? mine.erase(i) : std::next(i);
  }

  void subscribe() {
    auto heard = std::make_shared<subscriber>();
    heard->machine = any_machine();
    heard->topic = any_topic();
    auto actor =
      at(heard->machine).spawn([this, heard](caf::event_based_actor*) {
        return caf::behavior{[this, heard](const std::string& x) {
          if (!heard->heard.insert(x).second)
            complain(heard->topic + " repeats " + x);
        }};
      });
    caf::anon_send(topics[heard->machine], subscription(heard->topic, actor));
    subscribers.push_back(heard);
  }

  void publish_to_topic(char from, const std::string& topic,
                        const std::string& text) {
    caf::anon_send(topics[from], to_topic(topic, text));
    run();
  }

  void toggle_link() {
    auto x = any_machine();
    if (cuts.erase(x) > 0)
      return net().plug(host_of(x), host_of(next_to(x)));
    cuts.insert(x);
    net().unplug(host_of(x), host_of(next_to(x)));
    if (roll(2) == 0)
      net().cut(host_of(x), host_of(next_to(x)));
  }

  void restart() {
    auto who = any_machine();
    for (auto& x : targets)
      if (x.second.machine == who)
        forget(x.second);
    kept.erase(who);
    watches.erase(who);
    requests.erase(who);
    subscribers.erase(
      std::remove_if(subscribers.begin(), subscribers.end(),
                     [&](const auto& x) { return x->machine == who; }),
      subscribers.end());
    names[who] = nullptr;
    topics[who] = nullptr;
    // In half of the cases, the node ends unnoticed, as if its host had lost
    // the network.
    if (roll(2) == 0)
      for (char x : links_of(who))
        net().unplug(host_of(x), host_of(next_to(x)));
    stop(who);
    ++lives[who];
    start(who);
    for (char x : links_of(who)) {
      if (cuts.count(x) == 0)
        net().plug(host_of(x), host_of(next_to(x)));
      connect(x, next_to(x));
    }
  }

  void heal() {
    while (!cuts.empty()) {
      auto x = *cuts.begin();
      cuts.erase(x);
      net().plug(host_of(x), host_of(next_to(x)));
    }
    run_for(minutes{2});
  }

  static constexpr std::uint32_t name_count = 5;

  const std::string letters = "abcd";
  std::mt19937 random;
  std::map<char, directory_actor> names;
  std::map<char, topics_actor> topics;
  std::map<std::string, target> targets;
  std::map<std::pair<caf::node_id, caf::actor_id>, std::string> known;
  std::map<char, std::map<std::string, caf::actor_id>> published;
  std::map<char, std::vector<kept_handle>> kept;
  std::multimap<char, std::pair<std::string, errors_ptr>> watches;
  std::multimap<char, reply_ptr<int>> requests;
  std::vector<std::shared_ptr<subscriber>> subscribers;
  std::set<char> cuts; // each is the first machine of a link
  std::map<char, int> lives;
  std::map<std::string, int> seen;
  std::vector<std::string> complaints;
  int labels = 0;
  int sent = 0;
  int texts = 0;
  int passed = 0;
  int resolved = 0;
};

} // namespace cafmesh::test
