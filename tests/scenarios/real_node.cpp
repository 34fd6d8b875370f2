#include "tests/scenarios/real_node.hpp"

#include <csignal>
#include <sstream>
#include <stdexcept>
#include <utility>

#include <boost/test/unit_test.hpp>

#include "tests/support/eventually.hpp"
#include <cafmesh/peer_name.hpp>

namespace cafmesh::test {

namespace {

// Starts the program and appends its standard error to a file. Turns off
// glibc's per-thread caches, so that heap figures do not include freed memory.
constexpr auto* start_script =
  "errors=$1; shift; export GLIBC_TUNABLES=glibc.malloc.tcache_count=0; "
  "exec \"$@\" 2>>\"$errors\"";

std::vector<std::string> command_line(const node_setup& setup,
                                      const std::string& name) {
  auto result = setup.launcher;
  for (const auto* word : {"/bin/sh", "-c", start_script, "sh"})
    result.emplace_back(word);
  for (auto word : {setup.errors, std::string{CAFMESH_LONE_NODE},
                    "--mesh.name=" + name, "--mesh.host=" + setup.host,
                    "--mesh.port=" + std::to_string(setup.port)})
    result.push_back(word);
  for (const auto& peer : setup.peers)
    result.push_back("--mesh.peers=" + peer);
  result.insert(result.end(), setup.options.begin(), setup.options.end());
  return result;
}

} // namespace

std::vector<std::string>
watchful_options(const std::vector<std::string>& others) {
  std::vector<std::string> result{"--mesh.heartbeat-interval=300ms",
                                  "--mesh.patience=1500ms",
                                  "--mesh.gossip-interval=1s",
                                  "--mesh.retry-initial=200ms",
                                  "--mesh.retry-max=1s",
                                  "--mesh.announcement-interval=200ms"};
  result.insert(result.end(), others.begin(), others.end());
  return result;
}

real_node::real_node(node_setup setup)
    : setup_(std::move(setup)),
      name_(peer_name::from_number(setup_.number).str()),
      process_(std::make_unique<child_process>(
        command_line(setup_, name_),
        [this](const std::string* line) { heard(line); })) {
  next_line();
}

real_node::~real_node() {
  if (killed_)
    return;
  // Sanitizers report leaks only when a process ends normally. In builds
  // without sanitizers, nodes are killed, which is faster.
  if (sanitized)
    end(patience);
  process_->send_signal(SIGKILL);
  const auto status = process_->wait();
  BOOST_TEST(status == (told_to_end_ ? 0 : 128 + SIGKILL),
             "node " << name_ << " has ended with status " << status);
}

std::string real_node::address() const {
  return setup_.host + ":" + std::to_string(setup_.port);
}

std::int64_t real_node::increment() {
  return std::stoll(ask("increment"));
}

std::int64_t real_node::count() {
  return std::stoll(ask("count"));
}

nlohmann::json real_node::topology() {
  return nlohmann::json::parse(ask("topology"));
}

holdings real_node::held() {
  std::istringstream in{ask("holdings")};
  holdings x;
  in >> x.actors >> x.descriptors >> x.threads >> x.heap >> x.rss;
  return x;
}

real_node::clocks real_node::read_clocks() {
  std::istringstream in{ask("clocks")};
  std::int64_t wall = 0;
  std::int64_t monotonic = 0;
  in >> wall >> monotonic;
  return {std::chrono::milliseconds{wall},
          std::chrono::milliseconds{monotonic}};
}

void real_node::freeze() {
  process_->suspend();
}

void real_node::go_on() {
  process_->resume();
}

void real_node::kill() {
  killed_ = true;
  process_->send_signal(SIGKILL);
}

std::optional<std::chrono::milliseconds>
real_node::end(std::chrono::milliseconds bound) {
  const auto before = std::chrono::steady_clock::now();
  told_to_end_ = true;
  process_->end_input();
  std::unique_lock guard{mutex_};
  if (!changed_.wait_for(guard, bound, [this] { return ended_; }))
    return std::nullopt;
  return std::chrono::duration_cast<std::chrono::milliseconds>(
    std::chrono::steady_clock::now() - before);
}

void real_node::heard(const std::string* line) {
  std::lock_guard guard{mutex_};
  if (line)
    lines_.push_back(*line);
  else
    ended_ = true;
  changed_.notify_all();
}

std::string real_node::next_line() {
  std::unique_lock guard{mutex_};
  const bool came = changed_.wait_for(
    guard, patience, [this] { return ended_ || !lines_.empty(); });
  if (lines_.empty())
    throw std::runtime_error("node " + name_
                             + (came ? " has ended" : " does not answer"));
  auto result = std::move(lines_.front());
  lines_.pop_front();
  return result;
}

std::string real_node::ask(const std::string& question) {
  process_->write(question + "\n");
  return next_line();
}

} // namespace cafmesh::test
