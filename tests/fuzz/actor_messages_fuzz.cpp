#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/config_value.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/scoped_execution_unit.hpp>

#include "actors/caf_version/actor_types.hpp"
#include "actors/caf_version/lifetime.hpp"
#include "actors/caf_version/message_codec.hpp"
#include "actors/caf_version/node_identity.hpp"
#include "actors/remote/node_keys.hpp"
#include "messages/wire/byte_stream.hpp"
#include "tests/caf_version/silent_proxy.hpp"
#include "tests/fuzz/fuzzing.hpp"

using namespace cafmesh;
using namespace cafmesh::fuzz;

// Decodes the input as the content of a message between actors. The first byte
// decides which handles are accepted. A decoded message must encode without an
// error. A request to spawn an actor is carried out.
namespace {

caf::behavior listener(caf::event_based_actor*, std::int32_t,
                       const std::string&) {
  return {[](std::int32_t) {
  }};
}

// Registers containers, as an application would, in addition to CAF's types.
struct fuzz_config : caf::actor_system_config {
  fuzz_config() {
    caf_version::give_identity(*this);
    add_message_type<std::vector<bool>>("bools");
    add_message_type<std::map<std::string, std::vector<std::uint32_t>>>("map");
    add_message_type<std::vector<caf::config_value>>("values");
    add_message_type<std::vector<caf::message>>("messages");
    add_actor_type("listener", listener);
    set("scheduler.max-threads", 1);
  }
};

bytes replaced(bytes input, const bytes& from, byte_view to) {
  for (auto i = input.begin();;) {
    i = std::search(i, input.end(), from.begin(), from.end());
    if (i == input.end())
      return input;
    i = std::copy(to.begin(), to.end(), i);
  }
}

// Replaces the placeholders for our node ID, which is random, in the input.
// Four zeros stand for its process ID, and 20 letters N for its host ID.
bytes with_our_node(byte_view input, const caf::node_id& node) {
  bytes written(4, 0);
  written.insert(written.end(), 20, 'N');
  const auto ours = key_of(node);
  return replaced(input.to_bytes(), written, {ours.data(), ours.size()});
}

bytes id_bytes(caf::actor_id id) {
  bytes result;
  wire::append_fixed(result, id);
  return result;
}

// The actors whose handles a message may contain.
struct known_actors {
  explicit known_actors(caf::actor_system& system)
      : exported(caf::actor_cast<caf::strong_actor_ptr>(
        system.spawn(listener, 1, std::string{}))),
        hidden(caf::actor_cast<caf::strong_actor_ptr>(
          system.spawn(listener, 1, std::string{}))) {
    for (const auto& x : {exported, hidden})
      system.registry().put(x->id(), x);
  }

  // Accepts the exported actor if `local`, and any actor of another node if
  // `remote`.
  caf_version::handle_source source(caf::actor_system& system, bool local,
                                    bool remote) {
    return {[&system, remote](const caf::node_id& node, caf::actor_id id) {
              if (!remote || !has_key(node))
                return caf::strong_actor_ptr{};
              return test::make_silent_proxy(system, node, id);
            },
            [this, local](caf::actor_id id) {
              return local && id == exported->id();
            }};
  }

  caf::strong_actor_ptr exported;
  caf::strong_actor_ptr hidden; // registered, but not for peers
};

// Replaces the placeholders for actor IDs in the input. Eight letters E stand
// for the exported actor, and eight letters H for the hidden one.
bytes with_our_actors(bytes input, const known_actors& ours) {
  return replaced(
    replaced(std::move(input), bytes(8, 'E'), id_bytes(ours.exported->id())),
    bytes(8, 'H'), id_bytes(ours.hidden->id()));
}

void check_handles(const caf::message& x) {
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (x.match_element<caf::strong_actor_ptr>(i))
      require(!!x.get_as<caf::strong_actor_ptr>(i), "no handle is null");
    if (x.match_element<caf::actor>(i))
      require(!!x.get_as<caf::actor>(i), "no handle is null");
    if (x.match_element<std::vector<caf::actor>>(i))
      for (const auto& each : x.get_as<std::vector<caf::actor>>(i))
        require(!!each, "no handle in a list is null");
  }
}

void spawn_as_asked(caf::actor_system& system, caf::message& x) {
  using texts = std::set<std::string>;
  if (x.size() != 4 || !x.match_element<std::string>(1)
      || !x.match_element<caf::message>(2) || !x.match_element<texts>(3))
    return;
  caf::scoped_execution_unit unit{&system};
  auto made = caf_version::spawn_by_name(unit, x.get_as<std::string>(1),
                                         x.get_mutable_as<caf::message>(2),
                                         x.get_as<texts>(3));
  if (!made)
    return;
  require(x.get_as<std::string>(1) == "listener",
          "only registered types are spawned");
  caf_version::tell_to_end(caf::actor_cast<caf::actor_addr>(*made),
                           caf::exit_reason::kill);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static fuzz_config config;
  static auto& system = *new caf::actor_system{config};
  static auto& ours = *new known_actors{system};
  const auto accepted = size > 0 ? data[0] : 0;
  const auto handles = ours.source(system, accepted & 1, accepted & 2);
  caf::message found;
  const byte_view message{data, size};
  const auto input = with_our_actors(
    with_our_node(message.sub(std::min<std::size_t>(1, size)), system.node()),
    ours);
  if (caf_version::decode_content(system, input, handles, found))
    return 0;
  check_handles(found);
  bytes encoded;
  std::vector<caf::actor_id> local;
  auto err = caf_version::encode_content(system, found, 64 * size + 1024,
                                         encoded, local);
  require(!err, "what was read can be written");
  for (auto id : local)
    require((accepted & 1) && id == ours.exported->id(),
            "only the exported actor is accepted");
  caf::message again;
  err = caf_version::decode_content(system, encoded, handles, again);
  require(!err, "what was written can be read");
  require(to_string(again) == to_string(found), "messages survive");
  spawn_as_asked(system, again);
  return 0;
}
