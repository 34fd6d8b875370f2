#include "actors/core/directory/documents.hpp"

#include <algorithm>

#include "actors/core/directory/directory_limits.hpp"

namespace cafmesh::names {

documents::documents(life self, std::string node) : self_(self) {
  lives_[self.peer] = self.uid;
  auto i = all_.emplace(self, kept{document{self, std::move(node)}, {}}).first;
  headers_.set(key_of(self), i->second.doc.head());
  claim(i->second.doc.head().node, i);
  touched_homes_.insert(self);
}

void documents::own_sealed(std::vector<std::string> names) {
  const auto& own = all_.at(self_).doc;
  headers_.set(key_of(self_), own.head());
  changes_.push_back({self_, own_before_, own.entries(), std::move(names)});
  own_before_ = own.entries();
}

const document* documents::find(const life& x) const {
  auto i = all_.find(x);
  return i == all_.end() ? nullptr : &i->second.doc;
}

bool documents::is_known_life(const life& x) const {
  auto i = lives_.find(x.peer);
  return i != lives_.end() && i->second == x.uid;
}

std::vector<header> documents::stripped() const {
  std::vector<header> result;
  for (const auto& [of, x] : all_)
    if (x.doc.is_stripped() && has_room(x.doc.head()))
      result.push_back(x.doc.head());
  return result;
}

bool documents::has_room(const header& x) const noexcept {
  constexpr std::size_t usual_size = 256;
  return bytes_ + x.count * usual_size <= max_all_documents;
}

// -- topology

void documents::life_appeared(const life& x, instant now) {
  if (x.peer == self_.peer || is_known_life(x))
    return;
  peer_left(x.peer, now);
  now_ = now;
  lives_[x.peer] = x.uid;
  auto i = all_.find(x);
  if (i == all_.end())
    return;
  change(i, std::nullopt, [&](document&) {
    hidden_.erase({*i->second.hidden_since, x});
    i->second.hidden_since.reset();
    return true;
  });
}

void documents::peer_left(peer_name who, instant now) {
  auto known = lives_.find(who);
  if (who == self_.peer || known == lives_.end())
    return;
  auto i = all_.find(life{who, known->second});
  lives_.erase(known);
  if (i != all_.end())
    hide(i, now);
  make_room();
}

void documents::hide(iterator i, instant now) {
  now_ = now;
  change(i, std::nullopt, [&](document&) {
    i->second.hidden_since = now;
    hidden_.emplace(now, i->first);
    return true;
  });
}

// -- content

// Returns the document of a life, and adds an empty one if there is none. An
// added document is hidden if the topology does not know the life.
documents::iterator documents::keep(const life& x, instant now) {
  now_ = now;
  auto [i, is_new] = all_.emplace(x, kept{document{x}, {}});
  if (is_new) {
    i->second.age = ++last_age_;
    bytes_ += i->second.doc.bytes();
  }
  if (is_new && !is_known_life(x)) {
    i->second.hidden_since = now;
    hidden_.emplace(now, x);
  }
  return i;
}

document::outcome documents::apply(const part& x, instant now) {
  now_ = now;
  if (x.more && x.more->next)
    return document::outcome::does_not_fit;
  auto result = document::outcome::does_not_fit;
  auto is_applied = [&](document& doc) {
    result = doc.apply(x);
    if (doc.entries().summary().bytes > max_document)
      doc.strip(x.head);
    return result == document::outcome::applied;
  };
  std::optional<std::vector<std::string>> names;
  if (!x.more) {
    names.emplace();
    for (const auto& each : x.changes)
      names->push_back(each.name);
  }
  if (auto i = all_.find(x.head.of); i != all_.end()) {
    change(i, std::move(names), is_applied);
  } else if (document fresh{x.head.of}; is_applied(fresh)) {
    change(keep(x.head.of, now), std::nullopt, [&](document& doc) {
      doc = std::move(fresh);
      return true;
    });
  }
  make_room();
  return result;
}

void documents::replace(document x, instant now) {
  auto i = keep(x.head().of, now);
  change(i, std::nullopt, [&](document& doc) {
    doc = std::move(x);
    return true;
  });
  make_room();
}

void documents::adopt(const header& x) {
  if (auto i = all_.find(x.of); i != all_.end())
    change(i, std::vector<std::string>{}, [&](document& doc) {
      doc.adopt(x);
      return true;
    });
}

void documents::strip(const header& x, instant now) {
  change(keep(x.of, now), std::nullopt, [&](document& doc) {
    doc.strip(x);
    return true;
  });
}

entry_map documents::visible_entries(const kept& x) const {
  return is_visible(x) ? x.doc.entries() : entry_map{};
}

// Calls `f(document)`, which returns whether it has changed the document. Then
// updates everything that depends on the document.
// @param names the names whose entries `f` may change; nullopt: all names
template <class F>
void documents::change(iterator i,
                       std::optional<std::vector<std::string>> names, F f) {
  auto& x = i->second;
  auto before = visible_entries(x);
  const auto node_before = x.doc.head().node;
  const bool was_visible = is_visible(x);
  bytes_ -= x.doc.bytes();
  const bool has_changed = f(x.doc);
  bytes_ += x.doc.bytes();
  note_droppable(i);
  if (!has_changed)
    return;
  if (x.hidden_since)
    headers_.erase(key_of(i->first));
  else
    headers_.set(key_of(i->first), x.doc.head());
  if (x.hidden_since || x.doc.head().node != node_before)
    unclaim(node_before, i);
  if (!x.hidden_since)
    claim(x.doc.head().node, i);
  if (is_visible(x) != was_visible || x.doc.head().node != node_before)
    touched_homes_.insert(i->first);
  if (is_visible(x) != was_visible)
    names.reset();
  auto after = visible_entries(x);
  if (!before.empty() || !after.empty())
    changes_.push_back(
      {i->first, std::move(before), std::move(after), std::move(names)});
}

void documents::claim(const std::string& node, iterator i) {
  i->second.holds_node = !node.empty() && nodes_.claim(node, i->first, now_);
}

void documents::unclaim(const std::string& node, iterator i) {
  i->second.holds_node = false;
  if (!node.empty())
    nodes_.give_up(node, i->first, now_);
  expire_claims(now_);
}

void documents::expire_claims(instant now) {
  for (const auto& of : nodes_.expire(now)) {
    auto& next = all_.at(of);
    next.holds_node = true;
    touched_homes_.insert(of);
    changes_.push_back({of, {}, next.doc.entries(), std::nullopt});
  }
}

// -- bounds

void documents::drop(iterator i) {
  hidden_.erase({*i->second.hidden_since, i->first});
  bytes_ -= i->second.doc.bytes();
  large_.erase(i->first);
  by_age_.erase(i->second.age);
  all_.erase(i);
}

void documents::note_droppable(iterator i) {
  const auto& [of, x] = *i;
  if (of == self_)
    return;
  if (x.doc.bytes() > large_document)
    large_.insert(of);
  else
    large_.erase(of);
  if (x.doc.entries().empty())
    by_age_.erase(x.age);
  else
    by_age_.emplace(x.age, of);
}

void documents::make_room() {
  while (!hidden_.empty()
         && (hidden_.size() > max_hidden || bytes_ > max_all_documents))
    drop(all_.find(hidden_.begin()->second));
  while (bytes_ > max_all_documents && !by_age_.empty()) {
    const auto victim =
      large_.empty() ? by_age_.rbegin()->second : *large_.begin();
    change(all_.find(victim), std::nullopt, [](document& doc) {
      doc.strip(header{doc.head()});
      return true;
    });
  }
}

bool documents::tick(instant now) {
  expire_claims(now);
  const auto before = hidden_.size();
  while (!hidden_.empty() && hidden_.begin()->first + hidden_for <= now)
    drop(all_.find(hidden_.begin()->second));
  return hidden_.size() < before;
}

std::optional<instant> documents::wake_at() const {
  auto result = nodes_.wake_at();
  if (!hidden_.empty()
      && (!result || hidden_.begin()->first + hidden_for < *result))
    result = hidden_.begin()->first + hidden_for;
  return result;
}

// -- reading

std::vector<found_entry> documents::lookup(const std::string& name) const {
  std::vector<found_entry> result;
  visit([&](const life& of, const std::string& node, const entry_map& xs) {
    if (const auto* x = xs.find(name))
      result.push_back({of, node, *x});
  });
  return result;
}

std::vector<home> documents::homes() const {
  std::vector<home> result;
  for (const auto& [of, x] : all_)
    if (is_home(x))
      result.push_back({of, x.doc.head().node});
  return result;
}

home_changes documents::take_home_changes() {
  home_changes result;
  for (const auto& of : std::exchange(touched_homes_, {})) {
    auto i = all_.find(of);
    if (i != all_.end() && is_home(i->second))
      result.came.push_back({of, i->second.doc.head().node});
    else
      result.gone.push_back(of);
  }
  return result;
}

} // namespace cafmesh::names
