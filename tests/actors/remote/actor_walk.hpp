#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <caf/duration.hpp>
#include <caf/response_promise.hpp>
#include <caf/send.hpp>

#include "tests/support/actor_machines.hpp"

/// Actors on machines that form a line or a ring. At random, links fail, nodes
/// restart and actors end, while actors send, ask, link and watch.
namespace cafmesh::test {

// An actor that receives texts `LABEL:SENDER:NUMBER` and requests with a
// number. Some texts are padded with blanks, so that they are sent in
// fragments.
struct target {
  std::string label;
  char machine = 0;
  caf::actor actor;
  bool alive = true;
  /// False once the actor has ended, even by an exit from another machine.
  /// `alive` ignores such exits, because they may be lost.
  std::shared_ptr<bool> runs = std::make_shared<bool>(true);
};

// A machine with a handle of another machine's target.
struct choice {
  char from = 0;
  std::string label; // of the target
  caf::actor handle;
};

struct watch_state {
  int downs = 0;
  /// Whether the watcher has sent the target an exit. The exit undoes their
  /// link, so the watcher may hear nothing of the target's end.
  bool sent_exit = false;
};

/// A request, and how many results it has had. A result is the answer, an error
/// or a time-out.
struct request_state {
  std::string label; // of the target
  int results = 0;
  int errors = 0;
};
using request_ptr = std::shared_ptr<request_state>;

enum class shape { line, ring };

/// A pair of machines that are connected unless the link is cut.
struct link_state {
  char from = 0;
  char to = 0;
  bool cut = false;
};

struct actor_walk : actor_machines {
  actor_walk(std::uint32_t seed, shape mesh)
      : letters(mesh == shape::line ? "abc" : "abcd"), random(seed) {
    line(letters, willing());
    for (std::size_t i = 0; i + 1 < letters.size(); ++i)
      links.push_back({letters[i], letters[i + 1]});
    if (mesh == shape::line)
      return;
    connect(letters.back(), letters.front());
    links.push_back({letters.back(), letters.front()});
    run_for(seconds{3});
  }

  static actor_settings willing() {
    actor_settings result;
    result.remote_exits = true;
    return result;
  }
  std::uint32_t roll(std::uint32_t sides) {
    return std::uniform_int_distribution<std::uint32_t>{0, sides - 1}(random);
  }
  bool is_ring() const {
    return links.size() == letters.size();
  }
  char any_machine() {
    return letters[roll(static_cast<std::uint32_t>(letters.size()))];
  }

  void arrived(const std::string& label, const std::string& text) {
    auto first = text.find(':');
    auto second = text.find(':', first + 1);
    if (text.substr(0, first) != label)
      complaints.push_back(label + " got " + text);
    auto number = std::stoi(text.substr(second + 1));
    auto& latest = seen[label + text.substr(first, second - first)];
    if (number <= latest)
      complaints.push_back(text + " after " + std::to_string(latest));
    latest = number;
    ++count;
    large += text.size() > 1000 ? 1 : 0;
  }

  void spawn_target() {
    target x;
    x.machine = any_machine();
    x.label = std::string{"t"} + std::to_string(++labels);
    x.actor = at(x.machine).publish(
      [this, label = x.label](caf::event_based_actor* self) -> caf::behavior {
        // Numbers that are divisible by four are never answered.
        return {
          [this, label](const std::string& text) { arrived(label, text); },
          [self](int number) -> caf::result<int> {
            if (number % 4 == 0)
              return self->make_response_promise();
            return number;
          }};
      });
    caf::actor_cast<caf::strong_actor_ptr>(x.actor)->get()->attach_functor(
      [runs = x.runs](const caf::error&) { *runs = false; });
    targets.push_back(std::move(x));
  }

  void say() {
    auto& x = targets[roll(static_cast<std::uint32_t>(targets.size()))];
    auto from = any_machine();
    auto sender = from + std::to_string(lives[from]);
    auto handle = x.machine == from && x.alive ? x.actor : handle_for(from, x);
    if (!handle)
      return;
    auto text = x.label + ":" + sender + ":" + std::to_string(++sent);
    if (roll(10) == 0)
      text.append(70'000 + roll(1'000'000), ' ');
    caf::anon_send(handle, text);
  }

  // Returns the handle of `x` that the machine `from` has. As an application
  // would, the machine keeps using this handle even after the machine of `x`
  // has restarted. Null if `from` has no handle and `x` has ended.
  caf::actor handle_for(char from, const target& x) {
    auto& kept = handles[from + x.label];
    if (!kept && x.alive)
      kept = at(from).handle_of(x.actor);
    return kept;
  }

  // Chooses a target and a machine at random.
  // @returns nullopt if the machine has no handle of the target, or is the
  //          target's own machine
  std::optional<choice> remote_target() {
    auto& x = targets[roll(static_cast<std::uint32_t>(targets.size()))];
    auto from = any_machine();
    auto handle = handle_for(from, x);
    if (!handle || from == x.machine)
      return {};
    return choice{from, x.label, handle};
  }

  std::shared_ptr<watch_state> watched(const choice& x) {
    auto state = std::make_shared<watch_state>();
    watches.emplace(x.from, std::make_pair(x.label, state));
    return state;
  }

  // Sends a request. If the target never answers the number, the request has a
  // time-out. The requester either ends after the result or lives on.
  void ask() {
    auto found = remote_target();
    if (!found)
      return;
    auto state = std::make_shared<request_state>();
    state->label = found->label;
    requests.emplace(found->from, state);
    const auto number = static_cast<int>(roll(100));
    const bool lives_on = roll(4) == 0;
    auto limit = caf::duration{caf::infinite};
    if (number % 4 == 0)
      limit = caf::duration{milliseconds{100 + roll(15'000)}};
    auto requester = [=, handle = found->handle](
                       caf::event_based_actor* self) -> caf::behavior {
      auto failed = [state](const caf::error&) {
        ++state->results;
        ++state->errors;
      };
      self->request(handle, limit, number)
        .then([state](int) { ++state->results; }, failed);
      if (!lives_on)
        return {};
      return {[](double) {
      }};
    };
    if (lives_on)
      at(found->from).spawn(requester);
    else
      at(found->from).system().spawn(requester);
  }

  void link() {
    auto found = remote_target();
    if (!found)
      return;
    auto state = watched(*found);
    at(found->from)
      .spawn([handle = found->handle,
              state](caf::event_based_actor* self) -> caf::behavior {
        self->set_exit_handler([self, state, handle](caf::exit_msg& exit) {
          if (exit.source == handle.address())
            ++state->downs;
          else
            self->quit(exit.reason);
        });
        self->link_to(handle);
        return {[](int) {
        }};
      });
  }

  void watch() {
    auto found = remote_target();
    if (!found)
      return;
    auto state = watched(*found);
    at(found->from)
      .spawn([handle = found->handle,
              state](caf::event_based_actor* self) -> caf::behavior {
        self->set_down_handler([state](caf::down_msg&) { ++state->downs; });
        self->monitor(handle);
        return {[](int) {
        }};
      });
  }

  void end_target() {
    auto& x = targets[roll(static_cast<std::uint32_t>(targets.size()))];
    if (!x.alive)
      return;
    caf::anon_send_exit(x.actor, caf::exit_reason::user_shutdown);
    x.alive = false;
    x.actor = nullptr;
  }

  // Makes an actor on another machine send an exit to a target. The actor may
  // be linked to the target.
  void send_exit() {
    auto found = remote_target();
    if (!found)
      return;
    auto linked = roll(2) == 0 ? watched(*found) : nullptr;
    if (linked)
      linked->sent_exit = true;
    at(found->from)
      .spawn([handle = found->handle,
              linked](caf::event_based_actor* self) -> caf::behavior {
        self->set_exit_handler([self, linked, handle](caf::exit_msg& exit) {
          if (linked && exit.source == handle.address())
            ++linked->downs;
          else
            self->quit(exit.reason);
        });
        if (linked)
          self->link_to(handle);
        self->send_exit(handle, caf::exit_reason::user_shutdown);
        return {[](int) {
        }};
      });
  }

  void toggle(link_state& x) {
    if (x.cut)
      net().plug(host_of(x.from), host_of(x.to));
    else
      net().unplug(host_of(x.from), host_of(x.to));
    x.cut = !x.cut;
  }

  void toggle_link() {
    toggle(links[roll(static_cast<std::uint32_t>(links.size()))]);
  }

  // Holds back what one link carries, and breaks the connection over the next
  // link of the ring. Messages that then take the other way round the ring
  // overtake those that are held back.
  void overtake() {
    auto i = roll(static_cast<std::uint32_t>(links.size()));
    auto& held = links[i];
    auto& broken = links[(i + 1) % links.size()];
    if (held.cut || broken.cut)
      return;
    toggle(held);
    say_often(20);
    net().cut(host_of(broken.from), host_of(broken.to));
    say_often(20);
    run_for(milliseconds{roll(300)});
    toggle(held);
  }

  void say_often(int times) {
    for (int i = 0; i < times; ++i)
      say();
    run_for(milliseconds{5});
  }

  void repair_links() {
    for (auto& x : links)
      if (x.cut)
        toggle(x);
  }

  void restart() {
    auto who = any_machine();
    for (auto& x : targets)
      if (x.machine == who) {
        x.alive = false;
        x.actor = nullptr;
      }
    for (auto i = handles.begin(); i != handles.end();)
      i = i->first[0] == who ? handles.erase(i) : std::next(i);
    watches.erase(who);
    requests.erase(who);
    stop(who);
    ++lives[who];
    add(who, willing());
    for (const auto& x : links)
      if (x.from == who || x.to == who)
        connect(x.from, x.to);
    publish_homes();
  }

  void act() {
    if (is_ring() && roll(20) == 0)
      overtake();
    switch (roll(40)) {
    case 0:
      toggle_link();
      break;
    case 1:
      if (roll(3) == 0)
        restart();
      break;
    case 2:
      end_target();
      break;
    case 3:
    case 4:
      watch();
      break;
    case 5:
      spawn_target();
      break;
    case 6:
      link();
      break;
    case 7:
    case 8:
    case 9:
    case 10:
    case 11:
    case 12:
      ask();
      break;
    case 13:
      if (roll(4) == 0)
        send_exit();
      break;
    default:
      say();
    }
  }

  void check_downs() {
    for (const auto& [from, x] : watches) {
      auto found = std::find_if(
        targets.begin(), targets.end(),
        [&, &label = x.first](const target& t) { return t.label == label; });
      const auto ended = !found->alive || !*found->runs;
      const auto least = ended && !x.second->sent_exit ? 1 : 0;
      BOOST_TEST((x.second->downs >= least && x.second->downs <= 1),
                 x.first << " watched by " << from);
    }
  }

  void check_requests() {
    for (const auto& [from, x] : requests)
      BOOST_TEST(x->results == 1,
                 "a request from " << from << " to " << x->label);
  }

  std::string letters;
  std::vector<link_state> links;
  std::mt19937 random;
  std::vector<target> targets;
  std::map<std::string, caf::actor> handles;
  std::multimap<char, std::pair<std::string, std::shared_ptr<watch_state>>>
    watches;
  std::multimap<char, request_ptr> requests;
  std::map<char, int> lives;
  std::map<std::string, int> seen;
  std::vector<std::string> complaints;
  int labels = 0;
  int sent = 0;
  int count = 0;
  int large = 0;
};

} // namespace cafmesh::test
