#include <csignal>
#include <iostream>

#include <unistd.h>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "actors/caf_version/lifetime.hpp"
#include "tools/counter/http_face.hpp"
#include "tools/counter/options.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/router.hpp>

// The counter: a node with one replicated counter, which HTTP clients read and
// increment.
namespace {

constexpr int unusable = 2; // exit status: the program cannot start

int refuse(const caf::error& why) {
  std::cerr << "counter: " << cafmesh::describe(why) << std::endl;
  return unusable;
}

// Waits for signals. Blocks them before any thread starts, so that only `wait`
// gets them.
class termination {
public:
  termination() {
    sigemptyset(&signals_);
    for (auto x : {SIGINT, SIGTERM})
      sigaddset(&signals_, x);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  }

  void wait() const {
    int received = 0;
    sigwait(&signals_, &received);
  }

private:
  sigset_t signals_;
};

// Ends the program if the node ends on its own.
void terminate_with(caf::actor_system& system,
                    const cafmesh::router_actor& router) {
  system.spawn([router](caf::event_based_actor* self) -> caf::behavior {
    self->monitor(router);
    cafmesh::caf_version::on_down(
      self, [self](const caf::actor_addr&, const caf::error&) {
        kill(getpid(), SIGTERM);
        self->quit();
      });
    return {[](caf::unit_t) {
    }};
  });
}

int run(counter::options& opts, const termination& end) {
  caf::actor_system system{opts};
  auto router = cafmesh::spawn_router(system, std::move(opts.mesh));
  if (!router)
    return refuse(router.error());
  caf::scoped_actor self{system};
  int status = 0;
  auto ask = [&](const auto& whom, auto question, auto on_answer) {
    self->request(whom, caf::infinite, std::move(question))
      .receive(on_answer, [&](const caf::error& why) { status = refuse(why); });
  };
  cafmesh::node_description us;
  ask(*router, cafmesh::get_node{},
      [&](cafmesh::node_description& x) { us = std::move(x); });
  auto numbers = cafmesh::spawn_replicated(
    system, *router, opts.channel, cafmesh::grow_counter{us.name.flavour()});
  ask(numbers, cafmesh::get_channel{}, [](cafmesh::gossip_channel_actor&) {});
  counter::http_face face{system, *router, numbers, us.name};
  if (auto why = face.start(opts.http_host, opts.http_port))
    status = refuse(why);
  if (status == 0)
    ask(*router, cafmesh::start_mesh{}, [] {});
  if (status == 0) {
    terminate_with(system, *router);
    end.wait();
  }
  ask(*router, cafmesh::stop_mesh{}, [] {});
  return status;
}

} // namespace

int main(int argc, char** argv) {
  termination end;
  spdlog::set_default_logger(spdlog::stderr_color_mt("counter"));
  counter::options opts;
  if (auto why = opts.read(argc, argv))
    return refuse(why);
  if (opts.cli_helptext_printed)
    return 0;
  return run(opts, end);
}
