#include "tests/support/datagram_overlay.hpp"

#include <unordered_map>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/caf_version/lifetime.hpp"
#include "actors/core/addresses/host_port.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/instant.hpp>
#include <cafmesh/type_ids.hpp>

namespace cafmesh::test {

// overlay -> overlay connection
struct heartbeat_arrived {};
// overlay connection -> itself
struct heartbeat_due {};

} // namespace cafmesh::test

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::test::heartbeat_arrived)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::test::heartbeat_due)

namespace cafmesh::test {

// -- the record

prepared_connection overlay_record::latest() const {
  return with([](const auto& xs) {
    return xs.empty() ? prepared_connection{} : xs.back();
  });
}

std::size_t overlay_record::count() const {
  return with([](const auto& xs) { return xs.size(); });
}

std::size_t overlay_record::count_ended() const {
  return with([](const auto& xs) {
    std::size_t result = 0;
    for (const auto& x : xs)
      result += x.ended ? 1 : 0;
    return result;
  });
}

std::size_t overlay_record::add(const prepare_overlay_connection& asked,
                                overlay_connection_actor connection) {
  return with([&](auto& xs) {
    xs.push_back({asked, std::move(connection), false, false, {}});
    return xs.size() - 1;
  });
}

void overlay_record::change(std::size_t which,
                            void (*f)(prepared_connection&)) {
  with([&](auto& xs) {
    if (which < xs.size())
      f(xs[which]);
  });
}

void overlay_record::add_control(std::size_t which,
                                 const overlay_control_arrived& x) {
  with([&](auto& xs) {
    if (which < xs.size())
      xs[which].controls.emplace_back(x.tag,
                                      std::string{x.data.view().as_text()});
  });
}

// -- one connection

namespace {

constexpr auto port_feature = "DatagramPort";

using overlay_connection_interface =
  overlay_connection_actor::extend<caf::reacts_to<heartbeat_arrived>,
                                   caf::reacts_to<heartbeat_due>>;

struct overlay_connection_state {
  void beat();
  void heard();

  overlay_connection_interface::pointer self;
  prepare_overlay_connection wanted;
  datagram_port_ptr port;
  std::shared_ptr<overlay_options> options;
  std::string remote_host;
  std::uint16_t remote_port = 0;
  instant last_heard;
  bool confirmed = false;
  bool established = false;
};

void overlay_connection_state::beat() {
  if (self->clock().now() - last_heard >= options->patience)
    return self->send(
      wanted.host,
      overlay_failed{make_error(errc::timed_out, "no datagrams come through")});
  port->send(remote_host, remote_port, std::to_string(value_of(wanted.uid)));
  self->delayed_send(self, options->interval, heartbeat_due{});
}

void overlay_connection_state::heard() {
  // A heartbeat before the confirmation is ignored, because another one follows
  // soon.
  if (!confirmed)
    return;
  last_heard = self->clock().now();
  if (!std::exchange(established, true))
    self->send(wanted.host, overlay_established{});
}

overlay_connection_interface::behavior_type overlay_connection_behavior(
  overlay_connection_interface::stateful_pointer<overlay_connection_state> self,
  const prepare_overlay_connection& wanted, const datagram_port_ptr& port,
  const std::shared_ptr<overlay_options>& options,
  const overlay_record_ptr& seen) {
  auto st = &self->state;
  *st = {self, wanted, port, options, {}, 0, {}, false, false};
  if (auto where = host_port::parse(wanted.remote_address))
    st->remote_host = where->host;
  auto told = wanted.features.find(port_feature);
  if (told != wanted.features.end())
    st->remote_port = static_cast<std::uint16_t>(std::stoul(told->second));
  auto which = seen->add(wanted, overlay_connection_actor{self});
  self->attach_functor(
    [=] { seen->change(which, [](auto& x) { x.ended = true; }); });
  return {
    [=](confirm_overlay) {
      seen->change(which, [](auto& x) { x.confirmed = true; });
      st->confirmed = true;
      st->last_heard = self->clock().now();
      st->beat();
    },
    [=](const overlay_control_arrived& x) { seen->add_control(which, x); },
    [=](get_overlay_attributes) -> caf::result<overlay_attributes> {
      if (options->silent)
        return self->make_response_promise<overlay_attributes>();
      return overlay_attributes{
        {{"name", "datagrams"},
         {"remote", st->remote_host + ":" + std::to_string(st->remote_port)}}};
    },
    [st](heartbeat_arrived) { st->heard(); },
    [st](heartbeat_due) { st->beat(); },
  };
}

// -- the overlay

using overlay_interface =
  overlay_actor::extend<caf::reacts_to<datagram_arrived>>;

struct overlay_state {
  std::unordered_map<std::string, overlay_connection_interface> connections;
};

overlay_interface::behavior_type
overlay_behavior(overlay_interface::stateful_pointer<overlay_state> self,
                 const datagram_port_ptr& port,
                 const std::shared_ptr<overlay_options>& options,
                 const overlay_record_ptr& seen) {
  auto st = &self->state;
  port->set_owner(datagram_receiver_actor{self});
  caf_version::on_down(
    self, [st](const caf::actor_addr& who, const caf::error&) {
      for (auto i = st->connections.begin(); i != st->connections.end();)
        i = i->second == who ? st->connections.erase(i) : std::next(i);
    });
  return {
    [=](get_overlay_features) {
      auto result = options->features;
      result[port_feature] = std::to_string(port->number());
      return result;
    },
    [=](const prepare_overlay_connection& x)
      -> caf::result<overlay_connection_actor> {
      if (options->refusal)
        return options->refusal;
      auto prepared = self->home_system().spawn(overlay_connection_behavior, x,
                                                port, options, seen);
      self->monitor(prepared);
      if (options->hasty)
        self->send(x.host, overlay_established{});
      st->connections[std::to_string(value_of(x.uid))] = prepared;
      return overlay_connection_actor{prepared};
    },
    [=](get_overlay_diagnostics) -> caf::result<std::string> {
      if (options->silent)
        return self->make_response_promise<std::string>();
      return options->diagnostics;
    },
    [=](const datagram_arrived& x) {
      auto i = st->connections.find(x.data);
      if (i != st->connections.end())
        self->send(i->second, heartbeat_arrived{});
    },
  };
}

} // namespace

overlay_actor spawn_datagram_overlay(caf::actor_system& system,
                                     datagram_port_ptr port,
                                     std::shared_ptr<overlay_options> options,
                                     overlay_record_ptr seen) {
  return system.spawn(overlay_behavior, std::move(port), std::move(options),
                      std::move(seen));
}

} // namespace cafmesh::test
