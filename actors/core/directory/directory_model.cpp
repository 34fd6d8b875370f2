#include "actors/core/directory/directory_model.hpp"

#include <algorithm>

#include "actors/core/crdt/compare.hpp"
#include "actors/core/crdt/outline.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh::names {

namespace {

caf::error too_many(const char* what, std::size_t limit) {
  return make_error(errc::too_large,
                    std::string{"this peer has published too many "} + what
                      + "; the limit is " + std::to_string(limit));
}

} // namespace

directory_model::directory_model(life self, std::string node)
    : docs_(self, std::move(node)) {
}

// -- our own names

caf::error directory_model::publish(const std::string& name, entry x) {
  if (auto err = check_entry(name, x))
    return err;
  auto& own = docs_.own();
  const bool is_new = !own.entries().find(name);
  if (is_new && own.entries().size() >= max_names)
    return too_many("names", max_names);
  auto more = entry_summary::digest_of(name, x).bytes;
  if (own.entries().summary().bytes + more > max_document)
    return too_many("bytes", max_document);
  own.edit(name, std::move(x));
  return {};
}

void directory_model::unpublish(const std::string& name) {
  auto& own = docs_.own();
  if (own.entries().find(name))
    own.edit(name, std::nullopt);
}

const entry* directory_model::published(const std::string& name) const {
  return docs_.find(docs_.self())->entries().find(name);
}

void directory_model::flush(instant now) {
  auto& own = docs_.own();
  const bool outlives = announce_at_ && *announce_at_ <= now;
  if (!own.has_edits() && !outlives)
    return;
  const auto before = own.have();
  if (own.has_edits() || to_outlive_ >= own.head().version)
    docs_.own_sealed(own.seal(std::max(own.head().version, to_outlive_) + 1));
  if (outlives)
    announce_at_.reset();
  auto changes = own.changes_for(before);
  effects_.broadcasts.push_back(changes ? std::move(*changes)
                                        : encode_announcement(own.head()));
}

// -- topology

void directory_model::life_appeared(const life& x, instant now) {
  if (x.peer == docs_.self().peer || docs_.is_known_life(x))
    return;
  docs_.life_appeared(x, now);
  if (auto early = headers_of_unknown_lives_.extract(x); !early.empty())
    header_arrived(early.mapped().first, early.mapped().second, now);
  if (!docs_.find(x))
    effects_.describe = true;
  start_pulls(now);
}

void directory_model::peer_left(peer_name who, instant now) {
  docs_.peer_left(who, now);
}

// -- time

void directory_model::tick(instant now) {
  // If hidden documents were dropped, there is room to fetch documents whose
  // entries were dropped earlier for lack of memory.
  if (docs_.tick(now))
    for (const auto& x : docs_.stripped())
      pulls_.want(x, x.of.peer, docs_.self().peer);
  ask_for(pulls_.repeat(now));
  start_pulls(now);
  if (announce_at_ && *announce_at_ <= now)
    flush(now);
}

std::optional<instant> directory_model::wake_at() const {
  std::optional<instant> result = announce_at_;
  for (auto x : {pulls_.wake_at(), docs_.wake_at()})
    if (x && (!result || *x < *result))
      result = x;
  return result;
}

directory_effects directory_model::take_effects() {
  auto result = std::exchange(effects_, {});
  result.changes = docs_.take_changes();
  result.homes = docs_.take_home_changes();
  return result;
}

payload directory_model::outline() const {
  return payload{encode(outline_of_all(docs_.headers(), docs_.self().peer))};
}

} // namespace cafmesh::names
