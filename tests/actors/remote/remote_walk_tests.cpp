#include <map>
#include <optional>
#include <random>
#include <set>

#include <boost/test/unit_test.hpp>
#include <caf/duration.hpp>
#include <caf/response_promise.hpp>
#include <caf/send.hpp>

#include "tests/support/actor_machines.hpp"

/// Tests of actors in three systems in a line. At random, links fail, nodes
/// restart and actors end.
using namespace cafmesh;
using namespace cafmesh::test;

namespace {

// An actor that receives texts `LABEL:SENDER:NUMBER`. Some texts are padded
// with blanks, so that they are sent in fragments.
struct target {
  std::string label;
  char machine = 0;
  caf::actor actor;
  bool alive = true;
};

// A machine with a handle of another machine's target.
struct choice {
  char from = 0;
  std::string label; // of the target
  caf::actor handle;
};

struct watch_state {
  int downs = 0;
};

/// A request, and how many results it has had. A result is the answer, an error
/// or a time-out.
struct request_state {
  std::string label; // of the target
  int results = 0;
  int errors = 0;
};
using request_ptr = std::shared_ptr<request_state>;

struct actor_walk : actor_machines {
  explicit actor_walk(std::uint32_t seed) : random(seed) {
    line("abc");
  }

  std::uint32_t roll(std::uint32_t sides) {
    return std::uniform_int_distribution<std::uint32_t>{0, sides - 1}(random);
  }
  char any_machine() {
    return "abc"[roll(3)];
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
          [self](int x) -> caf::result<int> {
            if (x % 4 == 0)
              return self->make_response_promise();
            return x;
          }};
      });
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

  // Returns a handle of the actor. As an application would, it uses the same
  // handle even after the peer has restarted.
  caf::actor handle_for(char from, const target& x) {
    auto& kept = handles[from + x.label];
    if (!kept && x.alive)
      kept = at(from).handle_of(x.actor);
    return kept;
  }

  // Chooses a target, and another machine that has a handle of it.
  // @returns nullopt if the chosen machine has no handle, or is the target's
  //          own machine
  std::optional<choice> remote_target() {
    auto& x = targets[roll(static_cast<std::uint32_t>(targets.size()))];
    auto from = any_machine();
    auto handle = handle_for(from, x);
    if (!handle || from == x.machine)
      return {};
    return choice{from, x.label, handle};
  }

  // Notes that an actor of the chosen machine watches the target.
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

  void toggle_link() {
    auto i = roll(2);
    auto from = host_of("ab"[i]);
    auto to = host_of("bc"[i]);
    if (cut[i])
      net().plug(from, to);
    else
      net().unplug(from, to);
    cut[i] = !cut[i];
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
    add(who);
    if (who != 'c')
      connect(who, static_cast<char>(who + 1));
    if (who != 'a')
      connect(static_cast<char>(who - 1), who);
    publish_homes();
  }

  void act() {
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
    default:
      say();
    }
  }

  void check_downs() {
    for (const auto& [from, x] : watches) {
      auto found = std::find_if(
        targets.begin(), targets.end(),
        [&, &label = x.first](const target& t) { return t.label == label; });
      if (!found->alive)
        BOOST_TEST(x.second->downs == 1, x.first << " watched by " << from);
      else
        BOOST_TEST(x.second->downs <= 1);
    }
  }

  void check_requests() {
    for (const auto& [from, x] : requests)
      BOOST_TEST(x->results == 1,
                 "a request from " << from << " to " << x->label);
  }

  std::mt19937 random;
  std::vector<target> targets;
  std::map<std::string, caf::actor> handles;
  std::multimap<char, std::pair<std::string, std::shared_ptr<watch_state>>>
    watches;
  std::multimap<char, request_ptr> requests;
  std::map<char, int> lives;
  std::map<std::string, int> seen;
  std::vector<std::string> complaints;
  bool cut[2] = {false, false};
  int labels = 0;
  int sent = 0;
  int count = 0;
  int large = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(remote_walk_tests)

BOOST_AUTO_TEST_CASE(order_holds_and_everybody_hears_once_whatever_fails) {
  auto arrived = 0;
  auto large = 0;
  auto answered = 0;
  auto failed = 0;
  for (std::uint32_t seed = 1; seed <= 32; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      actor_walk walk{seed};
      for (int i = 0; i < 3; ++i)
        walk.spawn_target();
      for (int i = 0; i < 400; ++i) {
        walk.act();
        walk.run_for(milliseconds{walk.roll(40)});
      }
      for (auto i : {0, 1})
        if (walk.cut[i]) {
          walk.net().plug(actor_machines::host_of("ab"[i]),
                          actor_machines::host_of("bc"[i]));
          walk.cut[i] = false;
        }
      walk.run_for(seconds{30});
      walk.check_downs();
      walk.check_requests();
      for (const auto& x : walk.requests) {
        answered += x.second->results - x.second->errors;
        failed += x.second->errors;
      }
      BOOST_TEST(walk.complaints.empty(),
                 (walk.complaints.empty() ? "" : walk.complaints.front()));
      arrived += walk.count;
      large += walk.large;
      walk.handles.clear();
      for (auto& x : walk.targets)
        x.actor = nullptr;
    }
  }
  BOOST_TEST(arrived > 500);
  BOOST_TEST(large > 50);
  BOOST_TEST(answered > 100);
  BOOST_TEST(failed > 50);
}

BOOST_AUTO_TEST_SUITE_END()
