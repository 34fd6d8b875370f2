#include "tests/support/memory_transport.hpp"

#include "actors/core/addresses/ip_address.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <set>

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include "actors/core/addresses/host_port.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/type_ids.hpp>

namespace cafmesh::test {

namespace {

constexpr std::size_t usual_capacity = 256 * 1024;

template <class Handle, class T>
void tell(const caf::actor_addr& owner, T what) {
  if (auto ptr = caf::actor_cast<caf::strong_actor_ptr>(owner))
    caf::anon_send(caf::actor_cast<Handle>(ptr), std::move(what));
}

class memory_socket;
class memory_listener;

struct place {
  std::string host;
  std::uint16_t port;
  std::string str() const {
    return host_port{host, port}.str();
  }
};

} // namespace

struct memory_transport::world
    : std::enable_shared_from_this<memory_transport::world> {
  std::size_t capacity = usual_capacity;
  std::size_t piece = SIZE_MAX;
  std::size_t failing_accepts = 0;
  bool deaths_are_doubted = false;
  std::uint16_t next_port = 40'000;
  std::map<std::string, std::vector<std::string>> names;
  std::set<std::string> silent_names;
  std::set<std::pair<std::string, std::string>> blocked;
  std::map<std::pair<std::string, std::string>, std::size_t> moved;
  std::map<std::pair<std::string, std::uint16_t>, memory_listener*> listeners;
  // The open ends of streams, oldest first. An event that concerns several ends
  // reaches them in this order, so that every run is the same.
  std::map<std::uint64_t, memory_socket*> sockets;
  std::uint64_t last_socket = 0;
  std::vector<dialled> dials;

  bool is_blocked(const std::string& from, const std::string& to) const {
    return blocked.count({from, to}) != 0;
  }
  memory_listener* listening_at(const std::string& host, std::uint16_t port);
  std::pair<socket_ptr, socket_ptr> make_pair(const place& x, const place& y);
  void look_again();
};

namespace {

using world_ptr = std::shared_ptr<memory_transport::world>;

// The bytes on their way from one end of a stream to the other.
struct pipe {
  std::string from;
  std::string to;
  std::deque<std::uint8_t> content;
  bool writer_gone = false;
  bool reader_gone = false;
  bool failed = false;
};

using pipe_ptr = std::shared_ptr<pipe>;

class memory_socket : public stream_socket {
public:
  memory_socket(world_ptr w, place here, place there, pipe_ptr in, pipe_ptr out)
      : world_(std::move(w)), here_(std::move(here)), there_(std::move(there)),
        in_(std::move(in)), out_(std::move(out)), id_(++world_->last_socket) {
    world_->sockets.emplace(id_, this);
  }

  ~memory_socket() override {
    world_->sockets.erase(id_);
    out_->writer_gone = true;
    in_->reader_gone = true;
    world_->look_again();
  }

  io_result read(std::uint8_t* data, std::size_t size) override {
    if (in_->failed)
      return {io_status::failed, 0, reset()};
    if (!is_readable())
      return {};
    if (in_->content.empty())
      return {io_status::closed, 0, {}};
    size = std::min({size, in_->content.size(), world_->piece});
    auto end = in_->content.begin() + static_cast<std::ptrdiff_t>(size);
    std::copy(in_->content.begin(), end, data);
    in_->content.erase(in_->content.begin(), end);
    world_->look_again();
    return {io_status::done, size, {}};
  }

  io_result write(byte_view data) override {
    if (out_->failed
        || (out_->reader_gone && !world_->is_blocked(out_->to, out_->from)))
      return {io_status::failed, 0, reset()};
    if (!is_writable())
      return {};
    auto size = std::min(data.size(), world_->capacity - out_->content.size());
    auto part = data.sub(0, size);
    out_->content.insert(out_->content.end(), part.begin(), part.end());
    world_->moved[{out_->from, out_->to}] += size;
    world_->look_again();
    return {io_status::done, size, {}};
  }

  void end_writing() override {
    out_->writer_gone = true;
    world_->look_again();
  }

  void set_owner(socket_owner_actor owner) override {
    owner_ = owner.address();
  }
  void want_readable() override {
    wants_to_read_ = true;
    look();
  }
  void want_writable() override {
    wants_to_write_ = true;
    look();
  }

  host_state remote_host(std::chrono::milliseconds) const override {
    const auto reaches = !world_->is_blocked(out_->from, out_->to);
    const auto is_heard = !world_->is_blocked(out_->to, out_->from);
    if (reaches && is_heard)
      return host_state::alive;
    return reaches || is_heard || world_->deaths_are_doubted
             ? host_state::unknown
             : host_state::dead;
  }

  std::string local_address() const override {
    return here_.str();
  }
  std::string remote_address() const override {
    return there_.str();
  }

  void look() {
    if (wants_to_read_ && is_readable()) {
      wants_to_read_ = false;
      tell<socket_owner_actor>(owner_, socket_readable{});
    }
    if (wants_to_write_ && is_writable()) {
      wants_to_write_ = false;
      tell<socket_owner_actor>(owner_, socket_writable{});
    }
  }

  bool is_between(const std::string& x, const std::string& y) const {
    return (here_.host == x && there_.host == y)
           || (here_.host == y && there_.host == x);
  }
  void fail() {
    in_->failed = out_->failed = true;
  }

private:
  static caf::error reset() {
    return make_error(errc::socket_failed, "connection reset");
  }
  bool is_readable() const {
    if (in_->failed)
      return true;
    return !world_->is_blocked(in_->from, in_->to)
           && (!in_->content.empty() || in_->writer_gone);
  }
  bool is_writable() const {
    return out_->failed || out_->content.size() < world_->capacity
           || (out_->reader_gone && !world_->is_blocked(out_->to, out_->from));
  }

  world_ptr world_;
  place here_;
  place there_;
  pipe_ptr in_;
  pipe_ptr out_;
  std::uint64_t id_;
  caf::actor_addr owner_;
  bool wants_to_read_ = false;
  bool wants_to_write_ = false;
};

class memory_listener : public listener {
public:
  memory_listener(world_ptr w, place here)
      : world_(std::move(w)), here_(std::move(here)) {
    world_->listeners[{here_.host, here_.port}] = this;
  }
  ~memory_listener() override {
    world_->listeners.erase({here_.host, here_.port});
  }

  caf::expected<socket_ptr> accept() override {
    if (world_->failing_accepts > 0) {
      --world_->failing_accepts;
      return make_error(errc::socket_failed, "accept: too many open files");
    }
    if (backlog_.empty())
      return socket_ptr{};
    auto result = std::move(backlog_.front());
    backlog_.pop_front();
    return result;
  }
  void set_owner(listener_owner_actor owner) override {
    owner_ = owner.address();
  }
  void want_acceptable() override {
    wants_ = true;
    look();
  }
  std::string local_address() const override {
    return here_.str();
  }

  void push(socket_ptr x) {
    backlog_.push_back(std::move(x));
    look();
  }

private:
  void look() {
    if (!wants_ || backlog_.empty())
      return;
    wants_ = false;
    tell<listener_owner_actor>(owner_, socket_acceptable{});
  }

  world_ptr world_;
  place here_;
  std::deque<socket_ptr> backlog_;
  caf::actor_addr owner_;
  bool wants_ = false;
};

} // namespace

memory_listener* memory_transport::world::listening_at(const std::string& host,
                                                       std::uint16_t port) {
  for (const auto& candidate : {host, std::string{"0.0.0.0"}})
    if (auto i = listeners.find({candidate, port}); i != listeners.end())
      return i->second;
  return nullptr;
}

std::pair<socket_ptr, socket_ptr>
memory_transport::world::make_pair(const place& x, const place& y) {
  auto x_to_y = std::make_shared<pipe>();
  x_to_y->from = x.host;
  x_to_y->to = y.host;
  auto y_to_x = std::make_shared<pipe>();
  y_to_x->from = y.host;
  y_to_x->to = x.host;
  auto self = shared_from_this();
  return {std::make_shared<memory_socket>(self, x, y, y_to_x, x_to_y),
          std::make_shared<memory_socket>(self, y, x, x_to_y, y_to_x)};
}

void memory_transport::world::look_again() {
  for (const auto& x : sockets)
    x.second->look();
}

memory_transport::memory_transport() : world_(std::make_shared<world>()) {
}

memory_transport::~memory_transport() = default;

caf::expected<listener_ptr> memory_transport::listen(const std::string& host,
                                                     std::uint16_t port) {
  if (!ip_address::parse(host))
    return make_error(errc::bad_address, "'" + host + "' is no address");
  place here{host, port != 0 ? port : world_->next_port++};
  if (world_->listeners.count({host, here.port}) != 0)
    return make_error(errc::address_in_use, here.str() + " is taken");
  return listener_ptr{std::make_shared<memory_listener>(world_, here)};
}

void memory_transport::resolve(const std::string& host, dial_owner_actor who) {
  if (ip_address::parse(host)) {
    caf::anon_send(who, name_resolved{{host}});
    return;
  }
  if (world_->silent_names.count(host) > 0)
    return;
  auto i = world_->names.find(host);
  if (i != world_->names.end() && !i->second.empty())
    caf::anon_send(who, name_resolved{i->second});
  else
    caf::anon_send(who,
                   name_unresolved{make_error(errc::cannot_resolve,
                                              "'" + host + "': unknown name")});
}

void memory_transport::connect(const std::string& from,
                               const std::string& address, std::uint16_t port,
                               dial_owner_actor who) {
  auto here = from.empty() ? std::string{"127.0.0.1"} : from;
  world_->dials.push_back({here, host_port{address, port}.str()});
  if (world_->is_blocked(here, address) || world_->is_blocked(address, here))
    return;
  if (auto socket = open(here, address, port))
    caf::anon_send(who, socket_connected{std::move(socket)});
  else
    caf::anon_send(who, connect_failed{make_error(errc::socket_failed,
                                                  "connection refused")});
}

socket_ptr memory_transport::open(const std::string& from,
                                  const std::string& address,
                                  std::uint16_t port) {
  auto* to = world_->listening_at(address, port);
  if (!to)
    return nullptr;
  auto ends = world_->make_pair({from, world_->next_port++}, {address, port});
  to->push(std::move(ends.second));
  return ends.first;
}

void memory_transport::name(const std::string& host,
                            std::vector<std::string> addresses) {
  world_->silent_names.erase(host);
  world_->names[host] = std::move(addresses);
}

void memory_transport::silence(const std::string& host) {
  world_->silent_names.insert(host);
}

void memory_transport::set_capacity(std::size_t size) {
  world_->capacity = size;
}

void memory_transport::set_piece(std::size_t size) {
  world_->piece = size;
}

void memory_transport::fail_accepts(std::size_t count) {
  world_->failing_accepts = count;
}

void memory_transport::block(const std::string& from, const std::string& to) {
  world_->blocked.insert({from, to});
}

void memory_transport::unblock(const std::string& from, const std::string& to) {
  world_->blocked.erase({from, to});
  world_->look_again();
}

void memory_transport::unplug(const std::string& x, const std::string& y) {
  block(x, y);
  block(y, x);
}

void memory_transport::plug(const std::string& x, const std::string& y) {
  unblock(x, y);
  unblock(y, x);
}

void memory_transport::doubt_deaths() noexcept {
  world_->deaths_are_doubted = true;
}

void memory_transport::cut(const std::string& x, const std::string& y) {
  for (const auto& entry : world_->sockets)
    if (entry.second->is_between(x, y))
      entry.second->fail();
  world_->look_again();
}

std::size_t memory_transport::open_sockets() const {
  return world_->sockets.size();
}

std::size_t memory_transport::open_listeners() const {
  return world_->listeners.size();
}

const std::vector<dialled>& memory_transport::dials() const {
  return world_->dials;
}

std::size_t memory_transport::dials_to(const std::string& address) const {
  auto n = std::count_if(world_->dials.begin(), world_->dials.end(),
                         [&](const dialled& x) { return x.to == address; });
  return static_cast<std::size_t>(n);
}

std::size_t memory_transport::bytes_between(const std::string& from,
                                            const std::string& to) const {
  auto i = world_->moved.find({from, to});
  return i == world_->moved.end() ? 0 : i->second;
}

} // namespace cafmesh::test
