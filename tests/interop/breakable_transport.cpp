#include "tests/interop/breakable_transport.hpp"

#include <limits>
#include <mutex>
#include <utility>
#include <vector>

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cafmesh/errc.hpp>
#include <cafmesh/type_ids.hpp>

namespace cafmesh::test {

namespace {

constexpr auto unlimited = std::numeric_limits<std::size_t>::max();

caf::error broken_wire() {
  return make_error(errc::socket_failed, "the test has cut the wire");
}

} // namespace

struct breakable_transport::wires {
  /// Guards the sockets too, because `cut` closes them on a different thread
  /// from the ones that use them.
  std::mutex mutex;
  bool broken = false;
  std::size_t may_write = unlimited;
  std::vector<std::weak_ptr<socket_ptr>> streams;
  std::vector<std::weak_ptr<listener_ptr>> listeners;

  /// Closes all streams and listeners.
  /// @pre the mutex is held
  void cut() {
    broken = true;
    for (const auto& x : streams)
      if (auto inner = x.lock())
        inner->reset();
    for (const auto& x : listeners)
      if (auto inner = x.lock())
        inner->reset();
  }
};

namespace {

using wires_ptr = std::shared_ptr<breakable_transport::wires>;

class breakable_socket : public stream_socket {
public:
  breakable_socket(wires_ptr wires, socket_ptr inner)
      : wires_(std::move(wires)),
        inner_(std::make_shared<socket_ptr>(std::move(inner))),
        local_((*inner_)->local_address()),
        remote_((*inner_)->remote_address()) {
    std::lock_guard guard{wires_->mutex};
    wires_->streams.push_back(inner_);
    if (wires_->broken)
      inner_->reset();
  }

  ~breakable_socket() override {
    std::lock_guard guard{wires_->mutex};
    inner_->reset();
  }

  io_result read(std::uint8_t* data, std::size_t size) override {
    std::lock_guard guard{wires_->mutex};
    if (!*inner_)
      return {io_status::failed, 0, broken_wire()};
    return (*inner_)->read(data, size);
  }

  io_result write(byte_view data) override {
    std::lock_guard guard{wires_->mutex};
    if (!*inner_)
      return {io_status::failed, 0, broken_wire()};
    auto put = (*inner_)->write(data.sub(0, wires_->may_write));
    if (put.status == io_status::done && wires_->may_write != unlimited) {
      wires_->may_write -= put.size;
      if (wires_->may_write == 0)
        wires_->cut();
    }
    return put;
  }

  void end_writing() override {
    std::lock_guard guard{wires_->mutex};
    if (*inner_)
      (*inner_)->end_writing();
  }

  void set_owner(socket_owner_actor owner) override {
    std::lock_guard guard{wires_->mutex};
    if (*inner_)
      (*inner_)->set_owner(std::move(owner));
  }

  void want_readable() override {
    std::lock_guard guard{wires_->mutex};
    if (*inner_)
      (*inner_)->want_readable();
  }

  void want_writable() override {
    std::lock_guard guard{wires_->mutex};
    if (*inner_)
      (*inner_)->want_writable();
  }

  std::string local_address() const override {
    return local_;
  }
  std::string remote_address() const override {
    return remote_;
  }

private:
  wires_ptr wires_;
  std::shared_ptr<socket_ptr> inner_;
  std::string local_;
  std::string remote_;
};

class breakable_listener : public listener {
public:
  breakable_listener(wires_ptr wires, listener_ptr inner)
      : wires_(std::move(wires)),
        inner_(std::make_shared<listener_ptr>(std::move(inner))),
        local_((*inner_)->local_address()) {
    std::lock_guard guard{wires_->mutex};
    wires_->listeners.push_back(inner_);
  }

  ~breakable_listener() override {
    std::lock_guard guard{wires_->mutex};
    inner_->reset();
  }

  caf::expected<socket_ptr> accept() override {
    caf::expected<socket_ptr> result{socket_ptr{}};
    {
      std::lock_guard guard{wires_->mutex};
      if (*inner_)
        result = (*inner_)->accept();
    }
    if (result && *result)
      return socket_ptr{
        std::make_shared<breakable_socket>(wires_, std::move(*result))};
    return result;
  }

  void set_owner(listener_owner_actor owner) override {
    std::lock_guard guard{wires_->mutex};
    if (*inner_)
      (*inner_)->set_owner(std::move(owner));
  }

  void want_acceptable() override {
    std::lock_guard guard{wires_->mutex};
    if (*inner_)
      (*inner_)->want_acceptable();
  }

  std::string local_address() const override {
    return local_;
  }

private:
  wires_ptr wires_;
  std::shared_ptr<listener_ptr> inner_;
  std::string local_;
};

/// An actor that receives the socket in place of the dialler, wraps it, and
/// passes it on to the dialler.
dial_owner_actor::behavior_type intercept(dial_owner_actor::pointer self,
                                          const wires_ptr& wires,
                                          const dial_owner_actor& who) {
  return {
    [](const name_resolved&) {},
    [](const name_unresolved&) {},
    [=](socket_connected& x) {
      caf::anon_send(who, socket_connected{std::make_shared<breakable_socket>(
                            wires, std::move(x.socket))});
      self->quit();
    },
    [=](connect_failed& x) {
      caf::anon_send(who, std::move(x));
      self->quit();
    },
  };
}

} // namespace

breakable_transport::breakable_transport(caf::actor_system& system)
    : system_(system), inner_(system_transport()),
      wires_(std::make_shared<wires>()) {
}

breakable_transport::~breakable_transport() = default;

void breakable_transport::break_now() {
  std::lock_guard guard{wires_->mutex};
  wires_->cut();
}

void breakable_transport::break_after_writing(std::size_t size) {
  std::lock_guard guard{wires_->mutex};
  wires_->may_write = size;
}

bool breakable_transport::is_broken() const {
  std::lock_guard guard{wires_->mutex};
  return wires_->broken;
}

bool breakable_transport::end_connection(const std::string& remote_address) {
  std::lock_guard guard{wires_->mutex};
  bool found = false;
  for (const auto& x : wires_->streams)
    if (auto inner = x.lock();
        inner && *inner && (*inner)->remote_address() == remote_address) {
      (*inner)->end_writing();
      found = true;
    }
  return found;
}

caf::expected<listener_ptr> breakable_transport::listen(const std::string& host,
                                                        std::uint16_t port) {
  auto result = inner_->listen(host, port);
  if (!result)
    return result;
  return listener_ptr{
    std::make_shared<breakable_listener>(wires_, std::move(*result))};
}

void breakable_transport::resolve(const std::string& host,
                                  dial_owner_actor who) {
  inner_->resolve(host, std::move(who));
}

void breakable_transport::connect(const std::string& from,
                                  const std::string& address,
                                  std::uint16_t port, dial_owner_actor who) {
  if (is_broken()) {
    caf::anon_send(who, connect_failed{broken_wire()});
    return;
  }
  inner_->connect(from, address, port,
                  system_.spawn(intercept, wires_, std::move(who)));
}

} // namespace cafmesh::test
