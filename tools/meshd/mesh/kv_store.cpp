#include "tools/meshd/mesh/kv_store.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <iterator>
#include <mutex>
#include <utility>

#include "tools/meshd/mesh/kv_batch.hpp"
#include "tools/meshd/mesh/kv_changes.hpp"
#include "tools/meshd/mesh/kv_page.hpp"
#include "tools/meshd/mesh/parts.hpp"
#include "tools/meshd/mesh/value_watcher.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/replicated.hpp>

// The key-value map: batches of writes, snapshots for reading, and changes.
namespace meshd {

problem no_such_key(const std::string& key) {
  return {404, "no_such_key", "The key " + key + " has no value."};
}

using cafmesh::lww_map;
using map_snapshot = cafmesh::snapshot<lww_map>;
using map_actor = cafmesh::replicated_actor<lww_map>;

/// One actor, `agent`, receives both the answers to updates and the changes.
/// They arrive in order, so no older map ever replaces `latest`.
struct kv_store::state : std::enable_shared_from_this<kv_store::state> {
  state(parts_ptr parts_in, options with)
      : parts(std::move(parts_in)), opts(std::move(with)),
        latest(std::make_shared<lww_map>()), reported(latest) {
  }

  void publish(map_snapshot x) {
    std::atomic_store(&latest, std::move(x));
  }

  void queue(kv_write x);
  std::vector<kv_write> take_batch();
  void send_batch();
  void answered(const kv_batch_ptr& batch, problem* failure);
  void changed(const cafmesh::value_changed<lww_map>& x,
               std::function<void()> go_on);

  parts_ptr parts;
  options opts;
  map_actor store;
  caf::actor agent;
  std::function<void(const std::vector<kv_change>&)> on_changes;
  map_snapshot latest;           // written by the agent
  map_snapshot reported;         // on the HTTP thread
  map_snapshot before;           // in the agent
  std::vector<kv_write> waiting; // on the HTTP thread
  bool is_busy = false;          // on the HTTP thread: a batch is on its way
  bool is_loaded = false;        // on the HTTP thread
};

void kv_store::state::queue(kv_write x) {
  waiting.push_back(std::move(x));
  if (!is_busy)
    send_batch();
}

// Takes the oldest writes, and stops before the first one with a different
// `durable`. So a failure of the disk affects only writes that must be on disk.
std::vector<kv_write> kv_store::state::take_batch() {
  auto other = std::find_if(waiting.begin(), waiting.end(),
                            [first = waiting.front().durable](const auto& x) {
                              return x.durable != first;
                            });
  std::vector<kv_write> result{std::make_move_iterator(waiting.begin()),
                               std::make_move_iterator(other)};
  waiting.erase(waiting.begin(), other);
  return result;
}

// Sends a batch of the waiting writes. Only one batch is on its way at a time.
void kv_store::state::send_batch() {
  is_busy = !waiting.empty();
  if (!is_busy)
    return;
  auto writes = take_batch();
  auto durable = writes.front().durable;
  auto batch = std::make_shared<kv_batch>(std::move(writes), parts->self.name,
                                          opts.max_bytes);
  caf::anon_send(
    agent, task{[st = shared_from_this(), batch,
                 durable](caf::event_based_actor* self) {
      self
        ->request(
          st->store, answer_time,
          cafmesh::update<lww_map>{
            [batch](const lww_map& x) { return batch->apply(x); }, durable})
        .then(
          [=](map_snapshot& x) {
            st->publish(std::move(x));
            st->parts->post([=] { st->answered(batch, nullptr); });
          },
          [=](caf::error& why) {
            st->parts->post([=, failure = problem_of(why)]() mutable {
              st->answered(batch, &failure);
            });
          });
    }});
}

void kv_store::state::answered(const kv_batch_ptr& batch, problem* failure) {
  batch->answer_all(failure);
  send_batch();
}

void kv_store::state::changed(const cafmesh::value_changed<lww_map>& x,
                              std::function<void()> go_on) {
  publish(x.value);
  // The first value is the stored one. Its entries are not reported as changes,
  // because nobody reads keys before the stored value arrives.
  auto changes = before ? changes_since(*before, *x.value, *x.news)
                        : std::vector<kv_change>{};
  before = x.value;
  parts->post([st = shared_from_this(), value = x.value,
               changes = std::move(changes), go_on = std::move(go_on)] {
    st->reported = value;
    if (st->on_changes && !changes.empty())
      st->on_changes(changes);
    go_on();
  });
}

kv_store::kv_store(
  parts_ptr parts, options with,
  std::function<void(const std::vector<kv_change>&)> on_changes)
    : state_(std::make_shared<state>(std::move(parts), std::move(with))) {
  auto& st = *state_;
  st.on_changes = std::move(on_changes);
  cafmesh::replicated_options storage;
  storage.file = st.opts.file;
  storage.log = st.parts->log;
  st.store = cafmesh::spawn_replicated(
    st.parts->system, st.parts->router, st.opts.channel,
    lww_map{st.opts.retention, memory_limit(st.opts.max_bytes)}, storage);
  auto weak = std::weak_ptr<state>{state_};
  st.agent = spawn_value_watcher<lww_map>(
    st.parts, [weak](const cafmesh::value_changed<lww_map>& x, auto go_on) {
      if (auto strong = weak.lock())
        strong->changed(x, std::move(go_on));
    });
  send_changes(st.store, st.agent);
}

kv_store::~kv_store() {
  state_->on_changes = nullptr;
  caf::anon_send_exit(state_->agent, caf::exit_reason::user_shutdown);
}

// Once the channel is joined, asks for the value, so that `get` and `page` show
// the stored entries by the time the answer arrives.
void kv_store::await_loaded(answer<done> then) {
  auto finish = [st = state_, then = std::move(then)](result<done> x) {
    st->parts->post([st, then, x = std::move(x)] {
      st->is_loaded = std::holds_alternative<done>(x);
      then(x);
    });
  };
  auto fail = [finish](caf::error& why) {
    finish(problem_of(why));
  };
  caf::anon_send(
    state_->agent,
    task{[st = state_, finish, fail](caf::event_based_actor* self) {
      self->request(st->store, load_time, cafmesh::get_channel{})
        .then(
          [=](cafmesh::gossip_channel_actor&) {
            self->request(st->store, load_time, cafmesh::get_value<lww_map>{})
              .then(
                [=](map_snapshot& x) {
                  st->publish(std::move(x));
                  finish(done{});
                },
                fail);
          },
          fail);
    }});
}

bool kv_store::is_loaded() const {
  return state_->is_loaded;
}

bool kv_store::is_stored() const {
  return !state_->opts.file.empty();
}

std::optional<kv_entry> kv_store::get(std::string_view key) const {
  auto map = std::atomic_load(&state_->latest);
  const auto* found = map->find(key);
  if (!found)
    return std::nullopt;
  return kv_entry{std::string{key}, etag_of(*found), found->owner.str(),
                  found->value};
}

kv_page kv_store::page(const std::string& prefix, const std::string& after,
                       std::size_t limit, bool with_values) const {
  return page_of(*std::atomic_load(&state_->latest), prefix, after, limit,
                 with_values);
}

kv_store::lister kv_store::reported() const {
  return [map = state_->reported](const std::string& prefix,
                                  const std::string& after, std::size_t limit) {
    return page_of(*map, prefix, after, limit);
  };
}

void kv_store::put(std::string key, cafmesh::payload value,
                   kv_condition condition, bool durable,
                   answer<kv_written> then) {
  state_->queue({std::move(key),
                 std::move(value),
                 std::move(condition),
                 durable,
                 std::move(then),
                 {}});
}

void kv_store::erase(std::string key, kv_condition condition, bool durable,
                     answer<kv_written> then) {
  state_->queue({std::move(key),
                 std::nullopt,
                 std::move(condition),
                 durable,
                 std::move(then),
                 {}});
}

std::size_t kv_store::size() const {
  return std::atomic_load(&state_->latest)->size();
}

std::size_t kv_store::bytes() const {
  return std::atomic_load(&state_->latest)->bytes_of_content();
}

std::size_t kv_store::tombstones() const {
  return std::atomic_load(&state_->latest)->tombstones();
}

} // namespace meshd
