#include "tests/interop/go_peer.hpp"

#include <algorithm>
#include <csignal>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace cafmesh::test {

namespace {

using json = nlohmann::json;

std::vector<std::string> command_line(const peer_options& options,
                                      std::uint16_t port) {
  std::vector<std::string> args{
    options.hash_names ? CAFMESH_GO_DRIVER_HASH : CAFMESH_GO_DRIVER_MAC,
    "-name=" + options.name,
    "-nickname=" + options.nickname,
    "-listen=" + options.host + ":" + std::to_string(port),
    "-limit=" + std::to_string(options.connection_limit),
    options.discovery ? "-discovery=true" : "-discovery=false"};
  if (options.min_version)
    args.push_back("-min-version=" + std::to_string(*options.min_version));
  if (options.password)
    args.push_back("-password=" + *options.password);
  for (const auto& channel : options.channels)
    args.push_back("-channel=" + channel);
  return args;
}

std::vector<connection_view> connections_of(const json& peer) {
  std::vector<connection_view> result;
  // Go writes an empty slice as null. This loop treats null as empty.
  for (const auto& c : peer.at("Connections"))
    result.push_back({c.at("Name"), c.at("NickName"), c.at("Address"),
                      c.at("Outbound"), c.at("Established")});
  std::sort(result.begin(), result.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return result;
}

} // namespace

go_peer::go_peer(peer_options options) : options_(std::move(options)) {
  // Another process may take a free port before the peer listens on it, so the
  // peer tries several.
  for (int attempt = 0; attempt < 5; ++attempt)
    if (start())
      return;
  throw std::runtime_error("go peer " + options_.name + ": no port to be had");
}

go_peer::~go_peer() {
  kill();
}

bool go_peer::start() {
  port_ = options_.port != 0 ? options_.port : free_port();
  spawn();
  json first;
  try {
    first = wait_for([](const json& e) {
      return e.at("event") == "ready" || e.at("event") == "failed";
    });
  } catch (...) {
    kill();
    throw;
  }
  if (first.at("event") == "ready") {
    uid_ = first.at("uid");
    return true;
  }
  kill();
  const std::string reason = first.at("error");
  if (options_.port == 0 && reason.find("in use") != std::string::npos)
    return false;
  throw std::runtime_error("go peer " + options_.name
                           + " did not start: " + reason);
}

void go_peer::spawn() {
  ended_ = false;
  events_.clear();
  process_ = std::make_unique<child_process>(command_line(options_, port_),
                                             [this](const std::string* line) {
                                               if (line)
                                                 return take(*line);
                                               std::lock_guard guard{mutex_};
                                               ended_ = true;
                                               changed_.notify_all();
                                             });
}

void go_peer::take(const std::string& line) {
  auto parsed = json::parse(line, nullptr, false);
  std::lock_guard guard{mutex_};
  if (parsed.contains("id"))
    answers_.emplace(parsed["id"].get<std::uint64_t>(), parsed);
  else if (parsed.contains("event") && parsed["event"] != "log")
    events_.push_back(std::move(parsed));
  else
    log_.push_back(parsed.is_object() ? parsed.value("text", line) : line);
  changed_.notify_all();
}

const std::string& go_peer::name() const noexcept {
  return options_.name;
}

std::uint64_t go_peer::uid() const noexcept {
  return uid_;
}

std::uint16_t go_peer::port() const noexcept {
  return port_;
}

std::string go_peer::address() const {
  return options_.host + ":" + std::to_string(port_);
}

void go_peer::connect_to(const std::string& address) {
  ask({{"cmd", "connect"}, {"peers", json::array({address})}});
}

void go_peer::forget(const std::string& address) {
  ask({{"cmd", "forget"}, {"peers", json::array({address})}});
}

void go_peer::unicast(const std::string& to, std::size_t size,
                      std::uint64_t seed, const std::string& channel) {
  ask({{"cmd", "unicast"},
       {"channel", channel},
       {"to", to},
       {"size", size},
       {"seed", seed}});
}

void go_peer::broadcast(std::size_t size, std::uint64_t seed,
                        const std::string& channel) {
  ask({{"cmd", "broadcast"},
       {"channel", channel},
       {"size", size},
       {"seed", seed}});
}

void go_peer::set(const std::string& key, int value,
                  const std::string& channel) {
  ask({{"cmd", "set"}, {"channel", channel}, {"key", key}, {"value", value}});
}

std::map<std::string, int> go_peer::get(const std::string& channel) {
  return ask({{"cmd", "get"}, {"channel", channel}}).at("state");
}

go_peer::json go_peer::status() {
  return ask({{"cmd", "status"}}).at("status");
}

std::vector<peer_view> go_peer::peers() {
  std::vector<peer_view> result;
  const auto answer = ask({{"cmd", "peers"}});
  for (const auto& p : answer.at("peers"))
    result.push_back({p.at("Name"), p.at("NickName"), p.at("UID"),
                      p.at("ShortID"), p.at("Version"), connections_of(p)});
  std::sort(result.begin(), result.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return result;
}

go_peer::json go_peer::wait_for(const predicate& fits, milliseconds timeout) {
  std::unique_lock guard{mutex_};
  json found;
  auto arrived = [&] {
    auto i = std::find_if(events_.begin(), events_.end(), fits);
    if (i == events_.end())
      return ended_;
    found = std::move(*i);
    events_.erase(i);
    return true;
  };
  changed_.wait_for(guard, timeout, arrived);
  if (found.is_null())
    fail(ended_ ? "ended before the event that was waited for"
                : "the event that was waited for did not come in "
                    + std::to_string(timeout.count()) + " ms");
  return found;
}

std::size_t go_peer::count(const predicate& fits) const {
  std::lock_guard guard{mutex_};
  return static_cast<std::size_t>(
    std::count_if(events_.begin(), events_.end(), fits));
}

std::vector<std::string> go_peer::log() const {
  std::lock_guard guard{mutex_};
  return log_;
}

void go_peer::kill() {
  if (!process_)
    return;
  process_->send_signal(SIGKILL);
  process_->wait();
}

int go_peer::quit() {
  ask({{"cmd", "quit"}});
  {
    std::unique_lock guard{mutex_};
    if (!changed_.wait_for(guard, patience, [this] { return ended_; }))
      fail("did not end when asked to");
  }
  return process_->wait();
}

go_peer::json go_peer::ask(json command) {
  const auto id = ++last_id_;
  command["id"] = id;
  try {
    std::lock_guard whole_line{writing_};
    process_->write(command.dump() + '\n');
  } catch (const std::system_error& e) {
    std::lock_guard guard{mutex_};
    fail(e.what());
  }
  auto answer = await_answer(id, command.at("cmd"));
  if (!answer.at("ok")) {
    std::lock_guard guard{mutex_};
    fail(command.dump()
         + " was refused: " + answer.at("error").get<std::string>());
  }
  return answer;
}

go_peer::json go_peer::await_answer(std::uint64_t id, const std::string& what) {
  std::unique_lock guard{mutex_};
  changed_.wait_for(guard, patience,
                    [&] { return answers_.count(id) != 0 || ended_; });
  auto i = answers_.find(id);
  if (i == answers_.end())
    fail((ended_ ? "ended without an answer to " : "no answer in time to ")
         + what);
  auto answer = std::move(i->second);
  answers_.erase(i);
  return answer;
}

/// Throws an error that ends with the latest events and log lines.
/// @pre the mutex is held
void go_peer::fail(const std::string& what) const {
  throw std::runtime_error("go peer " + options_.name + " (" + address()
                           + "): " + what + latest_words());
}

std::string go_peer::latest_words() const {
  std::string result =
    "\n  events not waited for: " + std::to_string(events_.size());
  const auto shown = std::min<std::size_t>(events_.size(), 5);
  for (auto i = events_.size() - shown; i < events_.size(); ++i)
    result += "\n    " + events_[i].dump();
  result += "\n  log:";
  const auto lines = std::min<std::size_t>(log_.size(), 10);
  for (auto i = log_.size() - lines; i < log_.size(); ++i)
    result += "\n    " + log_[i];
  return result;
}

} // namespace cafmesh::test
