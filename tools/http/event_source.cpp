#include "tools/http/event_source.hpp"

#include <cstdio>
#include <list>
#include <mutex>
#include <random>
#include <utility>

#include "tools/http/event_ring.hpp"

namespace http {

namespace {

using lock = std::unique_lock<std::mutex>;

std::string random_epoch() {
  std::random_device device;
  char result[9];
  std::snprintf(result, sizeof(result), "%08x", device() & 0xffffffffu);
  return result;
}

struct subscriber {
  event_stream stream;
  subscription wanted;
  snapshot_parts parts;   ///< rest of the snapshot; null if none
  std::uint64_t next = 0; ///< the number of the next event to send
  bool awaits_snapshot = false;
  bool closes_on_overflow = false;
};

using subscriber_ptr = std::shared_ptr<subscriber>;

std::string last_id(const request& x) {
  if (auto id = x.header("last-event-id"))
    return std::string{*id};
  return x.query("since").value_or("");
}

/// Begins the stream of a client that cannot resume after an event. If the
/// client named an event, it gets `reset`. If it named none, it gets the
/// current event ID, unless it waits for a snapshot.
void greet(const event_ring& ring, const subscriber& to, bool is_new) {
  auto id = to.awaits_snapshot ? ring.partial_id() : ring.id(to.next - 1);
  if (!is_new)
    to.stream.send(format_event("reset", id, "{}"));
  else if (!to.awaits_snapshot)
    to.stream.send("id: " + id + "\n\n");
}

/// Sends as many parts of the snapshot as the stream has room for.
/// @returns whether all parts are sent
bool pump_snapshot(const event_ring& ring, subscriber& to) {
  while (to.parts) {
    if (!to.stream.has_room())
      return false;
    auto part = to.parts();
    auto id = part.is_last ? ring.id(to.next - 1) : ring.partial_id();
    to.stream.send(format_event("snapshot", id, part.json));
    if (part.is_last)
      to.parts = nullptr;
  }
  return true;
}

// Sends as many waiting events as the stream has room for. If events are left,
// the `on_room` callback calls this function again.
void pump(const event_ring& ring, subscriber& to) {
  if (to.awaits_snapshot || !pump_snapshot(ring, to))
    return;
  if (to.next < ring.first()) {
    auto lost = std::to_string(ring.first() - to.next);
    auto id = ring.id(ring.first() - 1);
    if (!to.stream.send(
          format_event("overflow", id, "{\"lost\":" + lost + "}")))
      return;
    to.next = ring.first();
    if (to.closes_on_overflow)
      return to.stream.close();
  }
  for (; to.next <= ring.last(); ++to.next) {
    const auto& x = ring.at(to.next);
    if (to.wanted.filter && !to.wanted.filter(x.type, x.key))
      continue;
    // Checks for room first, to avoid making a text that cannot be sent.
    if (!to.stream.has_room()
        || !to.stream.send(ring.text(to.next, to.wanted.variant)))
      return;
  }
}

} // namespace

struct event_source::state : std::enable_shared_from_this<state> {
  explicit state(event_source_options options)
      : ring(options.epoch.empty() ? random_epoch() : options.epoch,
             options.most_bytes, options.most_events) {
  }

  void pump_all();
  void enter(const subscriber_ptr& x, const std::string& id);
  void set_callbacks(const subscriber_ptr& x,
                     std::list<subscriber_ptr>::iterator place);
  void ask_for_snapshot(const subscriber_ptr& x);
  void begin_with(const subscriber_ptr& x, snapshot_parts parts);

  mutable std::mutex mutex;
  event_ring ring;
  std::list<subscriber_ptr> all;
};

void event_source::state::pump_all() {
  for (const auto& each : all)
    pump(ring, *each);
}

void event_source::state::enter(const subscriber_ptr& x,
                                const std::string& id) {
  x->awaits_snapshot = true; // nothing is sent before the callbacks are set
  lock guard{mutex};
  auto place = all.insert(all.end(), x);
  guard.unlock();
  set_callbacks(x, place);
  guard.lock();
  auto next = ring.after(id);
  x->next = next.value_or(ring.last() + 1);
  x->awaits_snapshot = !next && x->wanted.snapshot != nullptr;
  if (!next)
    greet(ring, *x, id.empty());
  auto awaits = x->awaits_snapshot;
  pump(ring, *x);
  guard.unlock();
  if (awaits)
    ask_for_snapshot(x);
}

void event_source::state::set_callbacks(
  const subscriber_ptr& x, std::list<subscriber_ptr>::iterator place) {
  std::weak_ptr<state> weak = shared_from_this();
  std::weak_ptr<subscriber> weak_subscriber = x;
  x->stream.on_room([weak, weak_subscriber] {
    auto self = weak.lock();
    auto to = weak_subscriber.lock();
    if (!self || !to)
      return;
    lock guard{self->mutex};
    pump(self->ring, *to);
  });
  x->stream.on_end([weak, place, told = x->wanted.on_end] {
    if (told)
      told();
    auto self = weak.lock();
    if (!self)
      return;
    lock guard{self->mutex};
    auto ended = std::move(*place); // destroyed without the lock
    self->all.erase(place);
    guard.unlock();
  });
}

void event_source::state::ask_for_snapshot(const subscriber_ptr& x) {
  std::weak_ptr<state> weak = shared_from_this();
  std::weak_ptr<subscriber> weak_subscriber = x;
  x->wanted.snapshot([weak, weak_subscriber](snapshot_parts parts) {
    auto self = weak.lock();
    auto to = weak_subscriber.lock();
    if (self && to)
      self->begin_with(to, std::move(parts));
  });
}

void event_source::state::begin_with(const subscriber_ptr& x,
                                     snapshot_parts parts) {
  lock guard{mutex};
  if (!std::exchange(x->awaits_snapshot, false))
    return;
  if (!parts)
    return x->stream.close();
  x->parts = std::move(parts);
  if (x->wanted.snapshot_is_exact)
    x->next = ring.last() + 1;
  pump(ring, *x);
}

snapshot_parts one_part(std::string json) {
  return [text = std::move(json)] {
    return snapshot_part{text};
  };
}

event_source::event_source(event_source_options options)
    : state_(std::make_shared<state>(std::move(options))) {
}

event_source::~event_source() {
  close_all();
}

void event_source::publish(event x) {
  lock guard{state_->mutex};
  state_->ring.add(std::move(x));
  state_->pump_all();
}

void event_source::publish_all(std::vector<event> xs) {
  lock guard{state_->mutex};
  auto share = 0.0; // share of the ring filled by new events
  for (auto& x : xs) {
    share += state_->ring.add(std::move(x));
    if (share >= 0.25) {
      state_->pump_all();
      share = 0;
    }
  }
  state_->pump_all();
}

void event_source::publish(std::string type, std::string json,
                           std::string key) {
  auto size = json.size();
  publish(
    {std::move(type), std::move(key), size, [json = std::move(json)](unsigned) {
       return json;
     }});
}

event_stream event_source::subscribe(const responder& to, subscription x) {
  auto one = std::make_shared<subscriber>();
  one->wanted = std::move(x);
  one->closes_on_overflow = to.request().query("on_overflow") == "close";
  auto id = last_id(to.request());
  one->stream = to.open_events(one->wanted.stream);
  state_->enter(one, id);
  return one->stream;
}

std::string event_source::epoch() const {
  return state_->ring.epoch();
}

std::uint64_t event_source::last() const {
  lock guard{state_->mutex};
  return state_->ring.last();
}

std::size_t event_source::subscribers() const {
  lock guard{state_->mutex};
  return state_->all.size();
}

void event_source::close_all() {
  lock guard{state_->mutex};
  for (const auto& x : state_->all)
    x->stream.close();
}

} // namespace http
