#include "tools/meshd/mesh/counters.hpp"

#include <utility>

#include "tools/meshd/mesh/channel_names.hpp"
#include "tools/meshd/mesh/random_name.hpp"
#include "tools/meshd/mesh/replicas.hpp"

namespace meshd {

using cafmesh::grow_counter;

struct counters::state {
  state(const parts_ptr& parts, const stored_values& stored, std::size_t most)
      : us(random_name(parts->self.name.flavour())), names(stored.names()),
        all(parts, stored.file(), counter_channels, most,
            grow_counter{us.flavour()}) {
  }

  /// The name under which this node counts. Each process makes a new name. With
  /// its old name, the node would continue from the stored count. If other
  /// peers had seen a higher count, the node's next increments would be lost.
  cafmesh::peer_name us;
  std::vector<std::string> names;
  replicas<grow_counter> all;
};

counters::counters(std::shared_ptr<const mesh_parts> parts,
                   const stored_values& stored, std::size_t most)
    : state_(std::make_unique<state>(parts, stored, most)) {
}

counters::~counters() = default;

void counters::restore(answer<done> then) {
  state_->all.restore(state_->names, std::move(then));
}

bool counters::holds(const std::string& name) const {
  return state_->all.holds(name);
}

std::size_t counters::size() const {
  return state_->all.size();
}

void counters::get(const std::string& name, answer<std::int64_t> then) {
  state_->all.read<std::int64_t>(
    name, std::move(then), [](const grow_counter& x) { return x.value(); });
}

std::function<void()>
counters::await(const std::string& name,
                std::function<bool(const std::int64_t&)> is_known,
                std::chrono::milliseconds time, answer<std::int64_t> then) {
  return state_->all.await<std::int64_t>(
    name, time, std::move(is_known), std::move(then),
    [](const grow_counter& x) { return x.value(); });
}

text_page counters::names(const std::string& prefix, const std::string& after,
                          std::size_t limit) const {
  return state_->all.names(prefix, after, limit);
}

void counters::watch(const std::string& name,
                     std::function<void(std::int64_t)> on_value,
                     answer<watch_ptr> then) {
  state_->all.watch<std::int64_t>(
    name,
    [](const cafmesh::value_changed<grow_counter>& x) {
      return x.value->value();
    },
    std::move(on_value), std::move(then));
}

void counters::add(const std::string& name, std::uint64_t by, bool durable,
                   answer<std::int64_t> then) {
  state_->all.change<std::int64_t>(
    name,
    [us = state_->us, by](const grow_counter& x) {
      return x.increment(us, by);
    },
    durable, std::move(then), [](const grow_counter& x) { return x.value(); });
}

} // namespace meshd
