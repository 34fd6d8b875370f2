#include <chrono>
#include <utility>

#include "actors/directory/directory_state.hpp"

// Reports the actors that a node knows, as a part of its status.
namespace cafmesh {

namespace {

constexpr auto postman_patience = std::chrono::seconds{1};
// The maximum number of names in a status, for one peer and for all peers.
constexpr std::size_t most_names_of_one = 100;
constexpr std::size_t most_listed_names = 1000;

void add_names_of(const names::entry_map& entries, std::size_t& room,
                  peer_actors& to) {
  to.names = entries.size();
  for (const auto& [name, x] : entries) {
    if (room == 0 || to.published.size() == most_names_of_one)
      return;
    to.published.push_back({name, x.actor});
    --room;
  }
}

} // namespace

caf::result<actors_status> directory_state::report() {
  auto promise = self->make_response_promise<actors_status>();
  self->request(parts.postman, postman_patience, get_actors{})
    .then(
      [this, promise](actors_status& x) mutable {
        add_names(x);
        promise.deliver(std::move(x));
      },
      [promise](caf::error& why) mutable { promise.deliver(std::move(why)); });
  return promise;
}

// Adds the names of each peer to the postman's report, which lacks them.
void directory_state::add_names(actors_status& to) const {
  const auto& all = model->all();
  auto room = most_listed_names;
  for (auto& x : to.peers)
    if (const auto* entries = all.shown({x.peer, x.uid}))
      add_names_of(*entries, room, x);
}

} // namespace cafmesh
