// Instantiates the templates of all public headers, with a replicated value of
// the application's own type.
#include <cafmesh/all.hpp>

struct highest {
  int number = 0;

  std::optional<highest> merge(const highest& other) {
    if (other.number <= number)
      return std::nullopt;
    number = other.number;
    return other;
  }
  std::vector<cafmesh::payload> encode() const {
    cafmesh::bytes out(static_cast<std::size_t>(number));
    return {cafmesh::payload{std::move(out)}};
  }
  caf::expected<highest> decode(cafmesh::byte_view input) const {
    return highest{static_cast<int>(input.size())};
  }
};

CAFMESH_REPLICATED_TYPES(highest)

cafmesh::replicated_actor<highest> share(caf::actor_system& system,
                                         const cafmesh::router_actor& router);

cafmesh::replicated_actor<highest> share(caf::actor_system& system,
                                         const cafmesh::router_actor& router) {
  auto result = cafmesh::spawn_replicated(system, router, "highest", highest{});
  caf::anon_send(result, cafmesh::update<highest>{
                           [](const highest& x) -> caf::expected<highest> {
                             return highest{x.number + 1};
                           }});
  return result;
}
