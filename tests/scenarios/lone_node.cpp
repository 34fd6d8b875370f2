#include <chrono>
#include <csignal>
#include <iostream>
#include <optional>
#include <sstream>

#include <pthread.h>

#include <caf/all.hpp>
#include <nlohmann/json.hpp>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "tests/scenarios/holdings.hpp"
#include "tests/scenarios/lone_node_actors.hpp"
#include "tests/scenarios/lone_node_faults.hpp"
#include "tests/scenarios/lone_node_values.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/options.hpp>
#include <cafmesh/replicated.hpp>
#include <cafmesh/scheduling.hpp>
#include <cafmesh/status_json.hpp>

// A program with one node and a counter, which tests stop, freeze and kill. It
// prints the address on which it listens. Then it answers each line of input
// with one line. It ends at the end of its input. The log goes to standard
// error or to a file.
//
//     increment   -> the count after an increment
//     increment durably -> likewise, once it is on disk; -1 if that fails
//     storage     -> the state of the counter's storage, and its problem
//     count       -> the count
//     topology    -> every peer that the node knows, as JSON
//     status      -> the status document, as JSON
//     holdings    -> actors, descriptors, threads, bytes of heap, bytes of RSS
//     passwords P... -> `ok`, once the node accepts only these passwords
//     clocks      -> wall clock and monotonic clock in milliseconds
//     ...         -> see lone_node_actors, lone_node_values and
//                    lone_node_faults
//
// CAF's threads block all signals. So a signal that does not reach the main
// thread has been taken by a thread of the library.
namespace {

using namespace cafmesh;
using json = nlohmann::json;

struct config : caf::actor_system_config {
  config() {
    add_options(*this);
    opt_group{custom_options_, "global"}
      .add(log_file, "log-file", "log there")
      .add(store, "store", "keep the counter there");
    set_scheduling(*this);
    set("scheduler.max-threads", std::size_t{2});
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, &signals_before);
  }

  std::string log_file;
  std::string store;
  sigset_t signals_before{}; // that were blocked
};

json to_json(const peer_record& x) {
  json connections = json::array();
  for (const auto& c : x.connections)
    connections.push_back({{"to", c.remote.str()},
                           {"address", c.remote_address},
                           {"outbound", c.outbound},
                           {"established", c.established}});
  return {{"name", x.peer.name.str()},
          {"uid", static_cast<std::uint64_t>(x.peer.uid)},
          {"version", x.peer.version},
          {"connections", std::move(connections)}};
}

template <class Clock>
std::int64_t milliseconds_of() {
  using std::chrono::milliseconds;
  auto t = Clock::now().time_since_epoch();
  return std::chrono::duration_cast<milliseconds>(t).count();
}

class node {
public:
  node(caf::actor_system& system, router_actor router, const std::string& store)
      : system_(system), self_(system), router_(std::move(router)) {
    us_ = ask<node_description>(router_, get_node{});
    replicated_options options;
    options.file = store;
    numbers_ = spawn_replicated(system, router_, "count",
                                grow_counter{us_.name.flavour()}, options);
    ask<gossip_channel_actor>(numbers_, get_channel{});
    self_->send(router_, start_mesh{});
    std::cout << us_.address << std::endl;
  }
  ~node() {
    self_->send(router_, stop_mesh{});
  }
  void answer(const std::string& line) {
    if (line == "increment" || line == "increment durably")
      say_count(update<grow_counter>{
        [us = us_.name](const grow_counter& x) { return x.increment(us); },
        line == "increment durably"});
    else if (line == "storage")
      say_storage();
    else if (line == "count")
      say_count(get_value<grow_counter>{});
    else if (line == "topology")
      say_topology();
    else if (line == "status")
      std::cout << to_json(ask<mesh_status>(router_, get_status{}))
                << std::endl;
    else if (line == "holdings")
      say_holdings();
    else if (line == "clocks")
      std::cout << milliseconds_of<std::chrono::system_clock>() << ' '
                << milliseconds_of<std::chrono::steady_clock>() << std::endl;
    else if (line.rfind("passwords ", 0) == 0)
      say_passwords(line);
    else if (test::lone_node_actors::understands(line))
      std::cout << actors().answer(line) << std::endl;
    else if (test::lone_node_values::understands(line))
      std::cout << values().answer(line) << std::endl;
    else if (test::lone_node_faults::understands(line))
      std::cout << faults().answer(line) << std::endl;
    else
      std::cout << "what is '" << line << "'?" << std::endl;
  }

private:
  template <class T, class Handle, class Question>
  T ask(const Handle& whom, Question question) {
    T result;
    self_->request(whom, caf::infinite, std::move(question))
      .receive(
        [&](T& x) { result = std::move(x); },
        [](const caf::error& why) { std::cout << describe(why) << std::endl; });
    return result;
  }
  /// Calls join_actors at the first command about actors.
  test::lone_node_actors& actors() {
    if (!actors_)
      actors_.emplace(system_, router_);
    return *actors_;
  }
  test::lone_node_values& values() {
    if (!values_)
      values_.emplace(system_, router_);
    return *values_;
  }
  test::lone_node_faults& faults() {
    if (!faults_)
      faults_.emplace(system_, router_);
    return *faults_;
  }
  template <class Question>
  void say_count(Question question) {
    std::int64_t count = -1;
    self_->request(numbers_, caf::infinite, std::move(question))
      .receive(
        [&](const snapshot<grow_counter>& x) { count = x->value(); },
        [](const caf::error& why) { std::cerr << describe(why) << std::endl; });
    std::cout << count << std::endl;
  }
  void say_passwords(const std::string& line) {
    set_passwords request;
    std::istringstream words{line};
    std::string word;
    words >> word;
    while (words >> word)
      request.passwords.emplace_back(word);
    std::string answer = "ok";
    self_->request(router_, caf::infinite, std::move(request))
      .receive([] {}, [&](const caf::error& why) { answer = describe(why); });
    std::cout << answer << std::endl;
  }
  void say_storage() {
    const auto x = ask<storage_status>(numbers_, get_storage_status{});
    std::cout << to_string(x.is) << ' ' << describe(x.problem) << std::endl;
  }
  void say_topology() {
    json peers = json::array();
    for (const auto& x : ask<mesh_description>(router_, get_topology{}).peers)
      peers.push_back(to_json(x));
    std::cout << peers << std::endl;
  }
  void say_holdings() {
    const auto x = test::measure_holdings(system_);
    std::cout << x.actors << ' ' << x.descriptors << ' ' << x.threads << ' '
              << x.heap << ' ' << x.rss << std::endl;
  }

  caf::actor_system& system_;
  caf::scoped_actor self_;
  router_actor router_;
  node_description us_;
  replicated_actor<grow_counter> numbers_;
  std::optional<test::lone_node_actors> actors_;
  std::optional<test::lone_node_values> values_;
  std::optional<test::lone_node_faults> faults_;
};

void caf_main(caf::actor_system& system, const config& options) {
  ::pthread_sigmask(SIG_SETMASK, &options.signals_before, nullptr);
  spdlog::set_default_logger(
    options.log_file.empty()
      ? spdlog::stderr_logger_mt("node")
      : spdlog::basic_logger_mt("node", options.log_file));
  spdlog::flush_on(spdlog::level::info);
  auto router = spawn_router(system, get_settings(options));
  if (!router) {
    std::cerr << describe(router.error()) << std::endl;
    return;
  }
  node us{system, *router, options.store};
  for (std::string line; std::getline(std::cin, line);)
    us.answer(line);
}

} // namespace

CAF_MAIN()
