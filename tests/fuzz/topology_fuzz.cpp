#include "actors/core/mesh/mesh_model.hpp"

#include <vector>

#include "actors/core/mesh/peer_records.hpp"
#include "messages/wire/topology_update.hpp"
#include "tests/fuzz/fuzzing.hpp"
#include "tests/fuzz/topology_case.hpp"
#include "tests/support/encoded_records.hpp"

using namespace cafmesh;
using namespace cafmesh::fuzz;

// Feeds a mesh model the updates, connections and times that the input chooses,
// and checks the model after each step.
namespace {

using namespace std::chrono_literals;

constexpr unsigned peer_count = 16;

// Makes a peer's name from a number. We ourselves have number 7, so that some
// peers have lower names and some have higher ones.
peer_name name_of(unsigned number, name_flavour flavour) {
  number = number % peer_count + 1;
  switch (flavour) {
  case name_flavour::mac:
    return peer_name::from_number(number);
  case name_flavour::hash:
    break;
  }
  bytes raw(name_size(flavour));
  raw.front() = static_cast<std::uint8_t>(number);
  auto result = peer_name::from_bytes(raw, flavour);
  require(static_cast<bool>(result), "bytes of that size are a name");
  return *result;
}

/// A mesh model. The fuzzer's input decides its connections and updates.
class mesh_view {
public:
  explicit mesh_view(std::uint64_t seed)
      : flavour_(flavour_of(seed)),
        state_(local_identity{name_of(7), "us", peer_uid{700}, short_id{7}},
               options_of(seed)) {
  }

  void step(input& in) {
    mesh_model_effects out;
    switch (in.byte() % 8) {
    case 0:
      hear(in.run());
      break;
    case 1:
    case 2:
      hear(made_update(in));
      break;
    case 3:
      add(in);
      break;
    case 4:
      state_.establish_connection(connection_id{in.byte()}, now_, out);
      break;
    case 5:
      state_.remove_connection(connection_id{in.byte()}, now_, out);
      break;
    case 6:
      now_ += in.byte() * 20ms;
      state_.tick(now_, out);
      break;
    case 7:
      check_gossip(state_.take_announcement(now_));
      break;
    }
  }

  void check() const {
    auto records = state_.records();
    require(state_.find(name_of(7)).has_value(), "we know ourselves");
    for (std::size_t i = 0; i < records.size(); ++i) {
      const auto& x = records[i];
      require(i == 0 || records[i - 1].peer.name < x.peer.name,
              "records are sorted, each peer once");
      auto found = state_.find(x.peer.name);
      require(found && *found == x.peer, "who has a record is found");
      for (std::size_t k = 0; k < x.connections.size(); ++k) {
        require(k == 0 || x.connections[k - 1].remote < x.connections[k].remote,
                "connections are sorted, each remote once");
      }
    }
    check_routes(records);
    check_gossip(state_.complete());
  }

private:
  peer_name name_of(unsigned number) const {
    return ::name_of(number, flavour_);
  }

  static mesh_model_options options_of(std::uint64_t seed) {
    mesh_model_options result;
    result.seed = seed;
    result.connection_limit = seed % 2 == 0 ? 0 : 3;
    return result;
  }

  void add(input& in) {
    connection_offer offer;
    auto who = in.byte();
    offer.id = connection_id{++last_id_ % 256};
    offer.uid = connection_uid{in.byte()};
    offer.remote.name = name_of(who);
    offer.remote.uid = peer_uid{100u * (who % peer_count + 1) + who / 16};
    if (in.byte() % 2 == 0)
      offer.remote.alias = static_cast<short_id>(in.byte());
    offer.remote_address = "10.0.0.1:6783";
    offer.outbound = who % 2 == 0;
    offer.may_be_new = who % 3 != 0;
    mesh_model_effects out;
    auto before = state_.records();
    if (state_.add_connection(offer, now_, out))
      return;
    require(before == state_.records(), "who is refused leaves nothing");
    if (out.contested && out.contested->is_same_life)
      state_.replace_connection(out.contested->id, offer, now_, out);
  }

  // Makes an update of a few peers, each from a few bytes of input.
  bytes made_update(input& in) const {
    auto result = wire::topology_definitions().to_bytes();
    for (auto count = in.byte() % 5; count > 0; --count) {
      peer_record x;
      auto who = in.byte();
      x.peer.name = name_of(who);
      x.peer.nickname = "peer";
      x.peer.uid = peer_uid{100u * (who % peer_count + 1) + who / 16};
      x.peer.version = in.byte();
      auto alias = in.two_bytes();
      if (alias < 2 * short_id_count)
        x.peer.alias = static_cast<short_id>(alias);
      auto remotes = in.two_bytes();
      auto established = in.two_bytes();
      for (unsigned k = 0; k < peer_count; ++k)
        if ((remotes >> k & 1) != 0 && k != who % peer_count)
          x.connections.push_back({name_of(k), "10.0.0.2:6783", (who & 1) != 0,
                                   (established >> k & 1) != 0});
      test::append_peer_record(result, x);
    }
    return result;
  }

  void hear(byte_view update) {
    auto before = state_.records();
    mesh_model_effects out;
    auto how = state_.apply_update(update, now_, out);
    if (!how) {
      require(before == state_.records(), "a bad update changes nothing");
      return;
    }
    check_gossip(how->everything);
    check_gossip(how->news);
    auto after = reached();
    auto again = state_.apply_update(update, now_, out);
    require(again && !again->news, "nothing is news twice");
    require(after == reached(), "an update counts once");
  }

  // Returns the records of reachable peers. Records of unreachable peers depend
  // on the order of updates, because a record with any other UID replaces them.
  // So they are left out.
  std::vector<peer_record> reached() const {
    auto result = state_.records();
    auto routes = state_.current_routes();
    auto is_lost = [&](const peer_record& x) {
      return x.peer.name != routes->self() && !routes->next_hop(x.peer.name);
    };
    result.erase(std::remove_if(result.begin(), result.end(), is_lost),
                 result.end());
    return result;
  }

  void check_routes(const std::vector<peer_record>& records) const {
    auto routes = state_.current_routes();
    require(routes->self() == name_of(7), "routes begin with us");
    require(routes->names().size() == records.size(),
            "routes are of all that is known");
    for (auto r : {route_scope::all, route_scope::established}) {
      auto ways = routes->over(r);
      std::size_t reachable = 1;
      for (const auto& x : records) {
        auto hop = ways.next_hop(x.peer.name);
        reachable += hop ? 1 : 0;
        require(!hop || ways.next_hop(*hop) == hop,
                "the next hop is a neighbour");
        for (auto target : ways.broadcast_targets(x.peer.name))
          require(ways.next_hop(target) == target,
                  "broadcasts go to neighbours");
      }
      require(reachable == ways.reachable(), "the reachable are counted");
    }
  }

  void check_gossip(const gossip_data_ptr& data) const {
    if (!data)
      return;
    for (const auto& message : data->encode()) {
      wire::topology_update_reader reader{message.view(), flavour_};
      bytes again = wire::topology_definitions().to_bytes();
      peer_record x;
      while (reader.next(x.peer)
             && test::read_connections(reader, x.connections))
        test::append_peer_record(again, x);
      require(!reader.error(), "what we write can be read");
      require(byte_view{again} == message.view(), "records survive");
    }
  }

  name_flavour flavour_;
  mesh_model state_;
  instant now_ = instant{} + 24h;
  std::uint64_t last_id_ = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  input in{data, size};
  mesh_view view{in.byte()};
  for (auto steps = 0; steps < 64 && !in.empty(); ++steps) {
    view.step(in);
    view.check();
  }
  return 0;
}
