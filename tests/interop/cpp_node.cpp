#include "tests/interop/cpp_node.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <utility>

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "tests/interop/blob_gossiper.hpp"
#include "tests/interop/breakable_transport.hpp"
#include "tests/support/loopback.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/router.hpp>
#include <cafmesh/status_json.hpp>

namespace cafmesh::test {

namespace {

using json = nlohmann::json;

/// Collects the events and log lines of a node. Must outlive the node's
/// threads.
class record : public log_sink {
public:
  void write(log_level, std::string_view text) override {
    std::lock_guard guard{mutex_};
    log_.emplace_back(text);
  }

  void add(json event) {
    std::lock_guard guard{mutex_};
    events_.push_back(std::move(event));
    changed_.notify_all();
  }

  /// Waits for an event for which `fits` returns true, and removes it.
  /// @returns the event, or null if none arrived in time
  json wait_for(const mesh_peer::predicate& fits,
                std::chrono::milliseconds timeout) {
    std::unique_lock guard{mutex_};
    json found;
    changed_.wait_for(guard, timeout, [&] {
      auto i = std::find_if(events_.begin(), events_.end(), fits);
      if (i == events_.end())
        return false;
      found = std::move(*i);
      events_.erase(i);
      return true;
    });
    return found;
  }

  std::size_t count(const mesh_peer::predicate& fits) const {
    std::lock_guard guard{mutex_};
    return static_cast<std::size_t>(
      std::count_if(events_.begin(), events_.end(), fits));
  }

  std::vector<std::string> log() const {
    std::lock_guard guard{mutex_};
    return log_;
  }

  std::string latest_words() const {
    std::lock_guard guard{mutex_};
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

private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<json> events_;
  std::vector<std::string> log_;
};

settings to_settings(const peer_options& options, std::uint16_t port) {
  settings result;
  result.flavour = options.hash_names ? name_flavour::hash : name_flavour::mac;
  auto name = peer_name::parse(options.name, result.flavour);
  if (!name)
    throw std::runtime_error(describe(name.error()));
  result.name = *name;
  result.nickname = options.nickname;
  result.host = options.host;
  result.port = port;
  result.discovery = options.discovery;
  if (options.password)
    result.passwords.emplace_back(*options.password);
  if (options.min_version)
    result.min_protocol_version =
      static_cast<std::uint8_t>(*options.min_version);
  result.max_protocol_version = static_cast<std::uint8_t>(options.max_version);
  result.connection_limit = static_cast<std::size_t>(options.connection_limit);
  if (options.heartbeat_interval)
    result.heartbeat_interval = *options.heartbeat_interval;
  result.patience = options.longest_silence;
  result.retry_initial = std::chrono::milliseconds{500};
  return result;
}

peer_view to_view(const peer_record& x,
                  const std::map<std::string, std::string>& nicknames) {
  peer_view result{x.peer.name.str(),    x.peer.nickname,
                   value_of(x.peer.uid), 0,
                   x.peer.version,       {}};
  if (x.peer.alias)
    result.short_id = value_of(*x.peer.alias);
  for (const auto& c : x.connections) {
    auto i = nicknames.find(c.remote.str());
    result.connections.push_back({c.remote.str(),
                                  i == nicknames.end() ? "" : i->second,
                                  c.remote_address, c.outbound, c.established});
  }
  return result;
}

} // namespace

struct cpp_node::insides {
  explicit insides(std::string label) : who(std::move(label)) {
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw std::runtime_error("cpp node " + who + ": " + what
                             + seen->latest_words());
  }

  template <class Answer, class Handle, class Question>
  Answer ask(const Handle& whom, Question question) {
    std::optional<Answer> result;
    std::string failure;
    caf::scoped_actor self{system};
    self->request(whom, patience, std::move(question))
      .receive([&](Answer& x) { result = std::move(x); },
               [&](const caf::error& why) { failure = describe(why); });
    if (!result)
      fail(failure);
    return std::move(*result);
  }

  template <class Handle, class Question>
  void tell(const Handle& whom, Question question) {
    std::string failure;
    caf::scoped_actor self{system};
    self->request(whom, patience, std::move(question))
      .receive([] {}, [&](const caf::error& why) { failure = describe(why); });
    if (!failure.empty())
      fail(failure);
  }

  struct channel {
    blob_gossiper_actor gossiper;
    gossip_channel_actor itself;
  };

  const channel& find(const std::string& which) const {
    auto i = channels.find(which);
    if (i == channels.end())
      fail("channel '" + which + "' was not joined");
    return i->second;
  }

  void join(const std::string& which) {
    auto gossiper = spawn_blob_gossiper(
      system, [this, which](const char* event, peer_name from, byte_view x) {
        const auto blob = x.to_bytes();
        seen->add({{"event", event},
                   {"channel", which},
                   {"from", from.str()},
                   {"size", blob.size()},
                   {"fnv", digest(blob)}});
      });
    auto itself =
      ask<gossip_channel_actor>(router, join_channel{which, gossiper});
    channels.emplace(which, channel{gossiper, itself});
  }

  void stop() {
    if (stopped)
      return;
    stopped = true;
    tell(router, stop_mesh{});
    caf::scoped_actor self{system};
    for (const auto& x : channels)
      self->send_exit(x.second.gossiper, caf::exit_reason::user_shutdown);
  }

  std::string who;
  std::shared_ptr<record> seen = std::make_shared<record>();
  lean_config config;
  caf::actor_system system{config};
  std::shared_ptr<breakable_transport> wires =
    std::make_shared<breakable_transport>(system);
  router_actor router;
  node_description us;
  std::string name;
  std::uint16_t port = 0;
  std::map<std::string, channel> channels;
  bool stopped = false;
};

cpp_node::cpp_node(peer_options options) : options_(std::move(options)) {
  // Another process may take a free port before the peer listens on it, so the
  // peer tries several.
  for (int attempt = 0; attempt < 5; ++attempt)
    if (start())
      return;
  throw std::runtime_error("cpp node " + options_.name + ": no port to be had");
}

cpp_node::~cpp_node() {
  in_->stop();
}

bool cpp_node::start() {
  in_ = std::make_unique<insides>(options_.name);
  in_->port = options_.port != 0 ? options_.port : free_port();
  auto router = spawn_router(in_->system, to_settings(options_, in_->port),
                             in_->wires, in_->seen);
  if (!router) {
    if (options_.port == 0 && is(router.error(), errc::address_in_use))
      return false;
    in_->fail("did not start: " + describe(router.error()));
  }
  in_->router = std::move(*router);
  in_->us = in_->ask<node_description>(in_->router, get_node{});
  in_->name = in_->us.name.str();
  for (const auto& channel : options_.channels)
    in_->join(channel);
  in_->tell(in_->router, start_mesh{});
  return true;
}

const std::string& cpp_node::name() const noexcept {
  return in_->name;
}

std::uint64_t cpp_node::uid() const noexcept {
  return value_of(in_->us.uid);
}

std::uint16_t cpp_node::port() const noexcept {
  return in_->port;
}

std::string cpp_node::address() const {
  return in_->us.address;
}

void cpp_node::connect_to(const std::string& address) {
  in_->tell(in_->router, cafmesh::connect_to{{address}, false});
}

void cpp_node::forget(const std::string& address) {
  in_->tell(in_->router, cafmesh::forget{{address}});
}

namespace {

cafmesh::unicast message_to(const std::string& to, std::size_t size,
                            std::uint64_t seed, bool hash_names) {
  auto name =
    peer_name::parse(to, hash_names ? name_flavour::hash : name_flavour::mac);
  if (!name)
    throw std::runtime_error(describe(name.error()));
  return {*name, payload{test_blob(size, seed)}};
}

} // namespace

void cpp_node::unicast(const std::string& to, std::size_t size,
                       std::uint64_t seed, const std::string& channel) {
  in_->tell(in_->find(channel).itself,
            message_to(to, size, seed, options_.hash_names));
}

void cpp_node::begin_unicast(const std::string& to, std::size_t size,
                             std::uint64_t seed, const std::string& channel) {
  caf::scoped_actor self{in_->system};
  self->send(in_->find(channel).itself,
             message_to(to, size, seed, options_.hash_names));
}

void cpp_node::broadcast(std::size_t size, std::uint64_t seed,
                         const std::string& channel) {
  caf::scoped_actor self{in_->system};
  self->send(in_->find(channel).itself,
             cafmesh::broadcast{blob_to_broadcast(test_blob(size, seed))});
}

void cpp_node::set(const std::string& key, int value,
                   const std::string& channel) {
  const auto& to = in_->find(channel);
  auto raised = in_->ask<gossip_data_ptr>(to.gossiper, raise_value{key, value});
  if (!raised)
    return;
  caf::scoped_actor self{in_->system};
  self->send(to.itself, cafmesh::broadcast{std::move(raised)});
}

std::map<std::string, int> cpp_node::get(const std::string& channel) {
  return in_->ask<value_map>(in_->find(channel).gossiper, get_values{});
}

std::vector<peer_view> cpp_node::peers() {
  auto mesh = in_->ask<mesh_description>(in_->router, get_topology{});
  std::map<std::string, std::string> nicknames;
  for (const auto& x : mesh.peers)
    nicknames.emplace(x.peer.name.str(), x.peer.nickname);
  std::vector<peer_view> result;
  for (const auto& x : mesh.peers)
    result.push_back(to_view(x, nicknames));
  return result;
}

json cpp_node::status() {
  return json::parse(to_json(in_->ask<mesh_status>(in_->router, get_status{})));
}

json cpp_node::wait_for(const predicate& fits, milliseconds timeout) {
  auto found = in_->seen->wait_for(fits, timeout);
  if (found.is_null())
    in_->fail("the event that was waited for did not come in "
              + std::to_string(timeout.count()) + " ms");
  return found;
}

std::size_t cpp_node::count(const predicate& fits) const {
  return in_->seen->count(fits);
}

std::vector<std::string> cpp_node::log() const {
  return in_->seen->log();
}

void cpp_node::kill() {
  in_->wires->break_now();
  in_->stop();
}

void cpp_node::stop() {
  in_->stop();
}

void cpp_node::set_passwords(const std::vector<std::string>& accepted) {
  in_->tell(in_->router,
            cafmesh::set_passwords{{accepted.begin(), accepted.end()}});
}

breakable_transport& cpp_node::wires() {
  return *in_->wires;
}

} // namespace cafmesh::test
