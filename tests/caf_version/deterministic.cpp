#include "tests/caf_version/deterministic.hpp"

#include <algorithm>
#include <utility>

#include <caf/atom.hpp>

#include "actors/caf_version/node_identity.hpp"

namespace cafmesh::test {

namespace {

// The maximum number of times that actors run in one call of `run`. No test
// needs nearly as many.
constexpr std::uint64_t most_turns = 5'000'000;

} // namespace

deterministic::testing_config::testing_config() {
  set("scheduler.policy", caf::atom("testing"));
  set("logger.verbosity", caf::atom("quiet"));
  caf_version::give_identity(*this);
}

deterministic::deterministic()
    : system_(std::make_unique<caf::actor_system>(config_)),
      scheduler_(
        dynamic_cast<caf::scheduler::test_coordinator&>(system_->scheduler())) {
  // Tests count the actors that are still running, so the system's destructor
  // must not wait for their end.
  system_->await_actors_before_shutdown(false);
}

deterministic::~deterministic() {
  // If actors are left, the test has already failed. The system is then not
  // destroyed, because its destructor might never return.
  if (running() > 0)
    static_cast<void>(system_.release());
}

instant deterministic::now() {
  return scheduler_.clock().now();
}

void deterministic::run() {
  for (std::uint64_t turn = 0; !endless_; ++turn) {
    auto& jobs = scheduler_.jobs;
    if (rng_ && jobs.size() > 1)
      std::swap(jobs.front(), jobs[(*rng_)() % jobs.size()]);
    if (!scheduler_.try_run_once())
      return;
    ++turns_;
    endless_ = turn == most_turns;
  }
}

void deterministic::run_for(duration how_long) {
  run();
  advance(how_long, [this] { run(); });
}

void deterministic::pass_without_running(duration how_long) {
  advance(how_long, [] {});
}

void deterministic::advance(duration how_long, const std::function<void()>& f) {
  auto end = now() + how_long;
  for (;;) {
    const auto& timeouts = scheduler_.clock().schedule();
    auto next = timeouts.empty() ? end : std::min(timeouts.begin()->first, end);
    if (next > now())
      scheduler_.advance_time(next - now());
    else if (next >= end)
      return;
    else
      scheduler_.advance_time(duration::zero());
    f();
  }
}

} // namespace cafmesh::test
