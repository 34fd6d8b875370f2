// A chat by topics: every peer sees the lines of the topics that it follows.
//
//   topic_chat --mesh.nickname=ann
//   topic_chat --mesh.nickname=bob --mesh.port=0 --mesh.peers=localhost
//
// Input: `+tea` follows the topic tea, `-tea` stops following it, and `tea
// hello` sends hello to its followers.
#include <iostream>

#include <caf/all.hpp>
#include <cafmesh/all.hpp>

using namespace cafmesh;

namespace {

struct config : caf::actor_system_config {
  config() {
    add_options(*this);
  }
};

/// Shows lines. They are escaped, because text from other peers may contain
/// terminal control codes.
caf::behavior screen() {
  return {[](const std::string& topic, const std::string& line) {
    std::cout << escaped(topic + ": " + line, 1000) + "\n" << std::flush;
  }};
}

void talk(caf::scoped_actor& self, const topics_actor& topics,
          const caf::actor& here, const std::string& nickname) {
  auto ask = [&](auto what) {
    self->request(topics, caf::infinite, std::move(what))
      .receive(
        [] {},
        [](const caf::error& why) { std::cerr << describe(why) << std::endl; });
  };
  for (std::string line; std::getline(std::cin, line);) {
    auto space = std::min(line.find(' '), line.size());
    auto topic = line.substr(0, space);
    if (line[0] == '+')
      ask(subscription(topic.substr(1), here));
    else if (line[0] == '-')
      ask(end_of_subscription(topic.substr(1), here));
    else if (space < line.size())
      ask(to_topic(topic, topic, nickname + line.substr(space)));
    else
      std::cerr << "+TOPIC, -TOPIC, or TOPIC TEXT" << std::endl;
  }
}

void caf_main(caf::actor_system& system, const config& options) {
  auto mesh = get_settings(options);
  auto nickname = mesh ? mesh->nickname : std::string{};
  auto node = spawn_router(system, std::move(mesh));
  auto names = node ? join_actors(system, *node) : node.error();
  if (!names) {
    std::cerr << describe(names.error()) << std::endl;
    std::quick_exit(EXIT_FAILURE);
  }
  auto topics = spawn_topics(system, *node, *names);
  caf::scoped_actor self{system};
  auto here = self->spawn(screen);
  self->send(*node, start_mesh{});
  talk(self, topics, here, nickname);
  self->send_exit(here, caf::exit_reason::user_shutdown);
  self->send(*node, stop_mesh{});
}

} // namespace

CAF_MAIN()
