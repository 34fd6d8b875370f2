#include "tools/meshd/mesh/counters.hpp"

#include <random>
#include <utility>

#include "tools/meshd/mesh/replicas.hpp"

// Counters of the mesh, as replicated values.
namespace meshd {

using cafmesh::grow_counter;

namespace {

/// The name under which this process counts. Each life has a new one: under the
/// old name it would begin at 0 again, and lose its increments until it had
/// received the old count from another peer.
cafmesh::peer_name random_name(cafmesh::name_flavour flavour) {
  std::random_device device;
  cafmesh::bytes raw(cafmesh::name_size(flavour));
  for (auto& x : raw)
    x = static_cast<std::uint8_t>(device());
  raw[0] = static_cast<std::uint8_t>((raw[0] & 0xfc) | 0x02);
  return *cafmesh::peer_name::from_bytes(raw, flavour);
}

} // namespace

struct counters::state {
  state(parts_ptr parts, std::size_t most)
      : us(random_name(parts->self.name.flavour())),
        all(parts, "counters/", most, grow_counter{us.flavour()}) {
  }

  cafmesh::peer_name us;
  replicas<grow_counter> all;
};

counters::counters(std::shared_ptr<const mesh_parts> parts, std::size_t most)
    : state_(std::make_unique<state>(std::move(parts), most)) {
}

counters::~counters() = default;

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

void counters::add(const std::string& name, std::uint64_t by,
                   answer<std::int64_t> then) {
  state_->all.change<std::int64_t>(
    name,
    [us = state_->us, by](const grow_counter& x) {
      return x.increment(us, by);
    },
    std::move(then), [](const grow_counter& x) { return x.value(); });
}

} // namespace meshd
