#include <memory>
#include <stdexcept>
#include <utility>

#include "actors/core/mesh/mesh_model.hpp"
#include "actors/core/mesh/peer_records.hpp"
#include "messages/wire/topology_update.hpp"
#include "tools/benchmarks/mesh_shape.hpp"
#include "tools/benchmarks/micro/cases.hpp"

// Benchmarks of the topologies of full and sparse meshes: encoding, reading
// and applying the records of all peers, and computing routes.

namespace bench {

namespace {

using namespace cafmesh;

struct sized_mesh {
  const char* label;
  mesh_shape shape;
};

std::size_t size_of(const std::vector<payload>& updates) {
  std::size_t result = 0;
  for (auto& x : updates)
    result += x.size();
  return result;
}

micro_case make_case(const std::string& what, const sized_mesh& x,
                     std::size_t bytes_a_round,
                     std::function<round_of_work()> prepare) {
  return {what + " " + x.label, x.shape.peers, bytes_a_round,
          std::move(prepare)};
}

// -- bytes

micro_case encode_case(const sized_mesh& x) {
  auto size = size_of(x.shape.updates());
  return make_case("topology encoded", x, size, [x]() -> round_of_work {
    return [records = records_of(x.shape)] {
      return std::uint64_t{size_of(encode_all(records))};
    };
  });
}

micro_case read_case(const sized_mesh& x) {
  auto size = size_of(x.shape.updates());
  return make_case("topology read", x, size, [x]() -> round_of_work {
    return [updates = x.shape.updates()] {
      std::uint64_t sum = 0;
      peer_summary peer;
      std::vector<wire::connection_view> links;
      for (auto& update : updates) {
        wire::topology_update_reader reader{update.view(), name_flavour::mac};
        while (reader.next(peer) && reader.read_connections(links))
          sum += value_of(peer.uid) + links.size();
      }
      return sum;
    };
  });
}

// -- known records

std::uint64_t apply(mesh_model& view, const std::vector<payload>& updates) {
  mesh_model_effects effects;
  for (auto& x : updates)
    if (!view.apply_update(x.view(), instant{}, effects))
      throw std::runtime_error("an update was refused");
  return effects.joined.size();
}

micro_case known_case(const sized_mesh& x) {
  return make_case("topology applied, known", x, 0, [x]() -> round_of_work {
    auto updates = x.shape.updates();
    auto view = std::make_shared<mesh_model>(view_of_member(x.shape, updates));
    return [view, updates] {
      return apply(*view, updates);
    };
  });
}

micro_case new_case(const sized_mesh& x) {
  return make_case("topology applied, new", x, 0, [x]() -> round_of_work {
    return [x, updates = x.shape.updates()] {
      auto view = view_of_newcomer(x.shape);
      return apply(view, updates);
    };
  });
}

// -- routes

micro_case unicast_case(const sized_mesh& x) {
  return make_case("unicast routes", x, 0, [x]() -> round_of_work {
    auto view =
      std::make_shared<mesh_model>(view_of_member(x.shape, x.shape.updates()));
    return [x, view, version = std::uint64_t{1}]() mutable {
      change_first_connection(*view, x.shape, ++version);
      auto all = view->current_routes();
      auto established = all->over(route_scope::established);
      return std::uint64_t{all->reachable() + established.reachable()};
    };
  });
}

micro_case broadcast_case(const sized_mesh& x) {
  return make_case("broadcast routes", x, 0, [x]() -> round_of_work {
    auto view = view_of_member(x.shape, x.shape.updates());
    auto ways = view.current_routes();
    return [x, ways, source = 0u]() mutable {
      source = source % x.shape.peers + 1;
      auto name = peer_name::from_number(source);
      return std::uint64_t{ways->broadcast_targets(name).size()};
    };
  });
}

} // namespace

std::vector<micro_case> topology_cases() {
  std::vector<micro_case> result;
  for (sized_mesh x : {sized_mesh{"100 full", {100, 99}},
                       sized_mesh{"1,000 x 20", {1000, 20}}})
    for (auto make : {encode_case, read_case, known_case, new_case,
                      unicast_case, broadcast_case})
      result.push_back(make(x));
  return result;
}

} // namespace bench
