#include "tests/scenarios/lone_node_actors.hpp"

#include <chrono>
#include <set>
#include <sstream>
#include <stdexcept>

#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <cafmesh/errc.hpp>

namespace cafmesh::test {

namespace {

using std::chrono::seconds;

caf::behavior adder() {
  return {[](int x, int y) {
    return x + y;
  }};
}

} // namespace

lone_node_actors::lone_node_actors(caf::actor_system& system,
                                   const router_actor& router)
    : self_(system), router_(router) {
  auto directory = join_actors(system, router);
  if (!directory)
    throw std::runtime_error(describe(directory.error()));
  directory_ = std::move(*directory);
  adder_ = system.spawn(adder);
}

lone_node_actors::~lone_node_actors() {
  caf::anon_send_exit(adder_, caf::exit_reason::user_shutdown);
}

bool lone_node_actors::understands(const std::string& line) {
  auto verb = line.substr(0, line.find(' '));
  static const std::set<std::string> verbs{
    "publish", "find", "nearest", "add", "subscribe", "tell", "heard", "down"};
  return verbs.count(verb) != 0;
}

std::string lone_node_actors::answer(const std::string& line) {
  std::istringstream in{line};
  std::string verb;
  std::string name;
  in >> verb;
  if (verb == "publish" && in >> name)
    return publish(name);
  if (verb == "find" && in >> name)
    return find(name);
  if (verb == "nearest")
    return found_at_.str();
  if (verb == "subscribe" && in >> name)
    return subscribe(name);
  if (std::string text; verb == "tell" && in >> name >> text)
    return tell(name, text);
  if (verb == "heard")
    return heard();
  if (int x = 0, y = 0; verb == "add" && in >> x >> y)
    return add(x, y);
  return wait_for_down();
}

template <class Handle, class Message>
std::string lone_node_actors::outcome(const Handle& whom, Message what) {
  std::string result = "ok";
  self_->request(whom, seconds{20}, std::move(what))
    .receive([] {}, [&](const caf::error& why) { result = describe(why); });
  return result;
}

std::string lone_node_actors::publish(const std::string& name) {
  return outcome(directory_, publication(self_->system(), name, adder_));
}

std::string lone_node_actors::find(const std::string& name) {
  std::string result = "0";
  self_
    ->request(directory_, seconds{20},
              resolve_name{name, which_actor::all, {}, {}})
    .receive(
      [&](const resolved_actors& xs) {
        result = std::to_string(xs.all.size());
        if (found_)
          self_->demonitor(found_);
        found_ = xs.all.front().as<caf::actor>();
        found_at_ = xs.all.front().peer;
        self_->monitor(found_);
      },
      [&](const caf::error& why) {
        if (!is(why, errc::unknown_name))
          result = describe(why);
      });
  return result;
}

std::string lone_node_actors::add(int x, int y) {
  std::string result;
  self_->request(found_, seconds{20}, x, y)
    .receive([&](int sum) { result = std::to_string(sum); },
             [&](const caf::error& why) { result = describe(why); });
  return result;
}

const topics_actor& lone_node_actors::topics() {
  if (!topics_)
    topics_ = spawn_topics(self_->system(), router_, directory_);
  return topics_;
}

std::string lone_node_actors::subscribe(const std::string& topic) {
  return outcome(topics(), subscription(topic, self_));
}

std::string lone_node_actors::tell(const std::string& topic,
                                   const std::string& text) {
  return outcome(topics(), to_topic(topic, text));
}

std::string lone_node_actors::heard() {
  for (auto more = true; more;)
    self_->receive([&](const std::string& text) { heard_ += text + " "; },
                   caf::after(seconds{0}) >> [&] { more = false; });
  return heard_;
}

std::string lone_node_actors::wait_for_down() {
  std::string result = "no down message";
  self_->receive([&](const caf::down_msg& x) { result = describe(x.reason); },
                 caf::after(seconds{20}) >> [] {});
  return result;
}

} // namespace cafmesh::test
