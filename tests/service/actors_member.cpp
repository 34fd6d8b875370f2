#include <iostream>
#include <stdexcept>
#include <string>

#include <caf/all.hpp>

#include <cafmesh/all.hpp>

// An application that publishes actors, for the tests of meshd. It ends when
// its standard input is closed.

namespace {

using namespace cafmesh;

struct config : caf::actor_system_config {
  config() {
    set_scheduling(*this);
    add_options(*this);
  }
};

struct memory {
  std::vector<caf::response_promise> unanswered;
};

caf::result<caf::message> obey(caf::stateful_actor<memory>* self,
                               const std::string& order) {
  if (order == "be silent") {
    self->state.unanswered.push_back(self->make_response_promise());
    return caf::delegated<caf::message>{};
  }
  if (order == "fail")
    return caf::make_error(caf::sec::invalid_argument, "out of paper");
  if (order == "fail like the mesh")
    return make_error(errc::storage_failed, "the printer's disk");
  if (order == "throw")
    throw std::runtime_error("out of paper");
  if (order == "answer with a time")
    return caf::make_message(caf::timespan{1});
  return caf::make_message();
}

caf::behavior calculator(caf::stateful_actor<memory>* self) {
  return {
    [](const std::string& what, int x, int y) -> caf::result<int> {
      if (what != "add")
        return caf::make_error(caf::sec::invalid_argument, what);
      return x + y;
    },
    [](bool a, std::int8_t b, std::int16_t c, std::int32_t d, std::int64_t e,
       std::uint8_t f, std::uint16_t g, std::uint32_t h, std::uint64_t i,
       float j, double k, const std::string& l) {
      return caf::make_message(a, b, c, d, e, f, g, h, i, j, k, l);
    },
    [self](const std::string& order) { return obey(self, order); },
  };
}

using adder_actor = caf::typed_actor<caf::replies_to<int, int>::with<int>>;

adder_actor::behavior_type adder() {
  return {[](int x, int y) {
    return x + y;
  }};
}

void caf_main(caf::actor_system& system, const config& options) {
  auto node = spawn_router(system, get_settings(options));
  if (!node)
    return void(std::cerr << describe(node.error()) << std::endl);
  auto names = join_actors(system, *node);
  if (!names)
    return void(std::cerr << describe(names.error()) << std::endl);
  caf::scoped_actor self{system};
  auto one = system.spawn(calculator);
  auto other = system.spawn(calculator);
  auto typed = system.spawn(adder);
  self->send(*names, publication(system, "calculator", one));
  self->send(*names, publication(system, "fragile", other));
  self->send(*names, publication(system, "adder", typed));
  self->send(*node, start_mesh{});
  for (std::string line; std::getline(std::cin, line);) {
  }
  for (const auto& x : {one, other, caf::actor_cast<caf::actor>(typed)})
    self->send_exit(x, caf::exit_reason::user_shutdown);
  self->send(*node, stop_mesh{});
}

} // namespace

CAF_MAIN()
