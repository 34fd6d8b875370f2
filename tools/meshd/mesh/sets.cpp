#include "tools/meshd/mesh/sets.hpp"

#include <utility>

#include "tools/meshd/mesh/channel_names.hpp"
#include "tools/meshd/mesh/replicas.hpp"
#include "tools/meshd/mesh/set_index.hpp"

namespace meshd {

using cafmesh::observed_remove_set;

/// The maximum memory of one set, in bytes.
constexpr std::size_t set_limit = 256 * 1024 * 1024;

struct sets::state {
  state(const parts_ptr& parts, const stored_values& stored, std::size_t most)
      : us(parts->self.uid), names(stored.names()),
        all(parts, stored.file(), set_channels, most,
            observed_remove_set{set_limit}) {
  }

  cafmesh::peer_uid us;
  std::vector<std::string> names;
  replicas<observed_remove_set> all;
};

namespace {

done nothing(const observed_remove_set&) {
  return {};
}

auto page_from(const std::string& after, std::size_t limit) {
  return [after, limit](const observed_remove_set& x) {
    return page_of(
      x.elements(), {}, after, limit,
      [](const auto& each) -> const auto& { return each.first; });
  };
}

} // namespace

sets::sets(std::shared_ptr<const mesh_parts> parts, const stored_values& stored,
           std::size_t most)
    : state_(std::make_unique<state>(parts, stored, most)) {
}

sets::~sets() = default;

void sets::restore(answer<done> then) {
  state_->all.restore(state_->names, std::move(then));
}

bool sets::holds(const std::string& name) const {
  return state_->all.holds(name);
}

std::size_t sets::size() const {
  return state_->all.size();
}

void sets::page(const std::string& name, const std::string& after,
                std::size_t limit, answer<text_page> then) {
  state_->all.read<text_page>(name, std::move(then), page_from(after, limit));
}

std::function<void()>
sets::await_page(const std::string& name, const std::string& after,
                 std::size_t limit,
                 std::function<bool(const text_page&)> is_known,
                 std::chrono::milliseconds time, answer<text_page> then) {
  return state_->all.await<text_page>(name, time, std::move(is_known),
                                      std::move(then), page_from(after, limit));
}

text_page sets::names(const std::string& prefix, const std::string& after,
                      std::size_t limit) const {
  return state_->all.names(prefix, after, limit);
}

void sets::watch(const std::string& name,
                 std::function<void(const std::vector<set_change>&)> on_changes,
                 answer<watched_set> then) {
  auto index = std::make_shared<set_index>();
  auto read = [index](const cafmesh::value_changed<observed_remove_set>& x) {
    return index->apply(*x.value, *x.news);
  };
  auto page = [index](const std::string& after, std::size_t limit) {
    return index->page(after, limit);
  };
  state_->all.watch<std::vector<set_change>>(
    name, read, std::move(on_changes),
    [page, then = std::move(then)](result<watch_ptr> x) {
      auto why = std::get_if<problem>(&x);
      then(why ? result<watched_set>{std::move(*why)}
               : watched_set{std::get<watch_ptr>(x), page});
    });
}

void sets::contains(const std::string& name, const std::string& element,
                    answer<bool> then) {
  state_->all.read<bool>(
    name, std::move(then),
    [element](const observed_remove_set& x) { return x.contains(element); });
}

void sets::add(const std::string& name, const std::string& element,
               bool durable, answer<done> then) {
  state_->all.change<done>(
    name,
    [us = state_->us, element](
      const observed_remove_set& x) -> caf::expected<observed_remove_set> {
      if (x.contains(element))
        return observed_remove_set{};
      return x.add(element, us);
    },
    durable, std::move(then), nothing);
}

void sets::remove(const std::string& name, const std::string& element,
                  bool durable, answer<done> then) {
  state_->all.change<done>(
    name,
    [element](const observed_remove_set& x)
      -> caf::expected<observed_remove_set> { return x.remove(element); },
    durable, std::move(then), nothing);
}

} // namespace meshd
