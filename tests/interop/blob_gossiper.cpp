#include "tests/interop/blob_gossiper.hpp"

#include <memory>
#include <optional>
#include <vector>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "messages/wire/gob.hpp"
#include "messages/wire/gob_map.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh::test {

namespace {

constexpr std::uint8_t blob_marker = 'B';
constexpr std::uint8_t state_marker = 'S';

bytes encode_values(const value_map& xs) {
  bytes pairs;
  for (const auto& [key, number] : xs) {
    wire::append_gob_run(pairs, byte_view{key});
    wire::append_gob_int(pairs, number);
  }
  bytes result;
  wire::append_gob_map(result, wire::gob_type::text, wire::gob_type::signed_int,
                       xs.size(), pairs);
  return result;
}

std::optional<value_map> decode_values(byte_view input) {
  wire::gob_map_reader pairs{input, wire::gob_type::text,
                             wire::gob_type::signed_int};
  value_map result;
  while (pairs.next()) {
    std::string key{pairs.cursor().read_run().as_text()};
    result[key] = static_cast<int>(pairs.cursor().read_int());
  }
  if (pairs.problem() != nullptr)
    return std::nullopt;
  return result;
}

// Merges `from` into `to`. If both have a key, the higher value stays.
// @returns the values that were added or became higher
value_map raise(value_map& to, const value_map& from) {
  value_map raised;
  for (const auto& [key, value] : from) {
    auto [i, is_new] = to.try_emplace(key, value);
    if (is_new || value > i->second) {
      i->second = value;
      raised.emplace(key, value);
    }
  }
  return raised;
}

payload marked(std::uint8_t marker, const bytes& data) {
  bytes result;
  result.reserve(data.size() + 1);
  result.push_back(marker);
  result.insert(result.end(), data.begin(), data.end());
  return payload{std::move(result)};
}

class update : public gossip_data {
public:
  update(std::vector<payload> blobs, value_map values)
      : blobs_(std::move(blobs)), values_(std::move(values)) {
  }

  std::vector<payload> encode() const override {
    auto result = blobs_;
    if (!values_.empty())
      result.push_back(marked(state_marker, encode_values(values_)));
    return result;
  }

  gossip_data_ptr merge(const gossip_data& other) const override {
    const auto& x = static_cast<const update&>(other);
    auto both = *this;
    both.blobs_.insert(both.blobs_.end(), x.blobs_.begin(), x.blobs_.end());
    raise(both.values_, x.values_);
    return std::make_shared<update>(std::move(both));
  }

private:
  std::vector<payload> blobs_; // each begins with the byte B
  value_map values_;
};

gossip_data_ptr values_to_send(value_map xs) {
  if (xs.empty())
    return nullptr;
  return std::make_shared<update>(std::vector<payload>{}, std::move(xs));
}

caf::error neither(const payload& data) {
  return make_error(errc::malformed,
                    "expected 'B' and a blob or 'S' and gob map[string]int, "
                    "got "
                      + std::to_string(data.size()) + " other bytes");
}

using arrival = std::function<void(const char*, peer_name, byte_view)>;

struct blob_gossiper_state {
  static inline const char* name = "cafmesh.test.blob_gossiper";

  std::optional<value_map> read(const payload& data) const {
    if (data.empty() || data.view()[0] != state_marker)
      return std::nullopt;
    return decode_values(data.view().sub(1));
  }

  // Passes on all values of the broadcast, not only those that are new here,
  // because peers that are reached only through this peer may lack any of them.
  caf::result<gossip_data_ptr> take(const broadcast_arrived& x) {
    if (!x.data.empty() && x.data.view()[0] == blob_marker) {
      arrived("broadcast", x.source, x.data.view().sub(1));
      return gossip_data_ptr{
        std::make_shared<update>(std::vector{x.data}, value_map{})};
    }
    auto theirs = read(x.data);
    if (!theirs)
      return neither(x.data);
    raise(values, *theirs);
    return values_to_send(std::move(*theirs));
  }

  caf::result<gossip_data_ptr> take(const gossip_arrived& x) {
    auto theirs = read(x.data);
    if (!theirs)
      return neither(x.data);
    return values_to_send(raise(values, *theirs));
  }

  arrival arrived;
  value_map values;
};

blob_gossiper_actor::behavior_type blob_gossiper_behavior(
  blob_gossiper_actor::stateful_pointer<blob_gossiper_state> self,
  const arrival& arrived) {
  auto st = &self->state;
  st->arrived = arrived;
  return {
    [st](const unicasts_arrived& x) {
      for (const auto& message : x.messages)
        st->arrived("unicast", message.source, message.data.view());
    },
    [st](const broadcast_arrived& x) { return st->take(x); },
    [st](const gossip_arrived& x) { return st->take(x); },
    [st](get_gossip) { return values_to_send(st->values); },
    [st](const raise_value& x) {
      return values_to_send(raise(st->values, {{x.key, x.value}}));
    },
    [st](get_values) { return st->values; },
  };
}

} // namespace

blob_gossiper_actor spawn_blob_gossiper(caf::actor_system& system,
                                        arrival arrived) {
  return system.spawn(blob_gossiper_behavior, std::move(arrived));
}

gossip_data_ptr blob_to_broadcast(bytes blob) {
  return std::make_shared<update>(std::vector{marked(blob_marker, blob)},
                                  value_map{});
}

} // namespace cafmesh::test
