#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/send.hpp>
#include <caf/typed_response_promise.hpp>

#include <cafmesh/detail/copy_on_write.hpp>
#include <cafmesh/detail/gathered_changes.hpp>
#include <cafmesh/detail/storage_actor.hpp>
#include <cafmesh/detail/storage_health.hpp>
#include <cafmesh/detail/stored_replay.hpp>
#include <cafmesh/detail/value_traits.hpp>
#include <cafmesh/errc.hpp>
#include <cafmesh/instant.hpp>
#include <cafmesh/reachable.hpp>
#include <cafmesh/storage.hpp>

/// How the actor of a replicated value uses its storage.
namespace cafmesh::replication {

/// How long to wait after a failed write before the next write, and before the
/// next write of the whole value.
constexpr auto retry_storage = std::chrono::seconds{5};
constexpr auto retry_whole = std::chrono::seconds{60};

/// Makes the actor of a value write the waiting changes. The actor sends it to
/// itself.
struct write_changes {};

/// Stores a value and its changes. Changes made during a write are gathered for
/// the next write. If they grow larger than the value, the whole value is
/// written and replaces everything stored so far. Owned by the actor of the
/// value, whose type is `Self`.
template <class V, class Self>
class value_storage {
public:
  using promise = caf::typed_response_promise<std::shared_ptr<const V>>;

  /// @param value must outlive this object
  value_storage(Self* self, copy_on_write<V>& value)
      : self_(self), value_(value) {
  }
  value_storage(const value_storage&) = delete;
  value_storage& operator=(const value_storage&) = delete;
  ~value_storage() {
    end();
  }

  /// Merges the stored messages into the value, then calls `then`. If no
  /// storage is set in the options, calls `then` immediately. If the storage
  /// cannot be used, leaves the value as it is, and still calls `then`.
  void open(replicated_options options, const std::string& channel,
            std::function<void()> then) {
    if (!options.storage && !options.file.empty())
      options.storage = make_sqlite_storage(std::move(options.file));
    all_durable_ = options.durable;
    if (!options.storage)
      return then();
    health_.begin(channel, options.storage->place(), std::move(options.log));
    actor_ = spawn_storage(self_->home_system(), options.storage);
    auto replay = std::make_shared<stored_replay<V>>(
      *value_, self_->clock().now(), std::chrono::system_clock::now());
    load_changes question{stored_type<V>(),
                          [replay](byte_view message, wall_time written) {
                            return replay->take(message, written);
                          }};
    auto opened = [this, replay, then](storage_report x) {
      take_over(*replay, std::move(x));
      then();
    };
    self_->request(actor_, caf::infinite, std::move(question))
      .then(opened, [opened](caf::error& why) {
        opened({lost_storage(why), 0, false});
      });
  }

  bool is_loading() const noexcept {
    return health_.is_loading();
  }
  /// Whether every update is answered only once it is stored.
  bool all_durable() const noexcept {
    return all_durable_;
  }
  /// Whether the options named a storage, usable or not.
  bool was_wanted() const noexcept {
    return health_.status().is != storage_status::condition::none;
  }
  storage_status status() const {
    auto result = health_.status();
    result.is_behind =
      health_.is_usable() && (!pending_.empty() || is_writing_);
    return result;
  }

  /// Stores a change soon, together with any that follow before the write.
  /// @param change must already be in the value
  void add(const V& change) {
    if (!health_.is_usable())
      return;
    pending_.add(change, *value_);
    if (!health_.is_failing())
      write_soon();
  }

  /// Answers with the value once all its changes are on disk, or with an error
  /// if they cannot be stored.
  void answer_when_stored(promise x) {
    if (!health_.is_usable()) {
      x.deliver(health_.status().problem);
      return;
    }
    waiting_.push_back(std::move(x));
    write_soon();
  }

  /// Writes the waiting changes. To be called when `write_changes` arrives.
  void write() {
    write_is_due_ = false;
    const auto now = self_->clock().now();
    const bool whole = pending_.is_whole() || (is_long_ && now >= next_whole_);
    const bool is_idle = pending_.empty() && waiting_.empty() && !whole;
    // While the storage fails, writes even if there is nothing to write, to
    // find out whether it works again.
    if (!actor_ || is_writing_ || (is_idle && !health_.is_failing()))
      return;
    is_writing_ = true;
    replaces_changes_ = pending_.is_whole();
    written_ = pending_.empty() ? nullptr : pending_.take(value_.lend());
    answered_ = std::exchange(waiting_, {});
    auto what = whole ? value_.lend() : written_;
    store_changes order{
      [what] { return what ? what->encode() : std::vector<payload>{}; }, whole,
      !answered_.empty()};
    what.reset();
    self_->request(actor_, caf::infinite, std::move(order))
      .then([this, whole](storage_report& x) { wrote(std::move(x), whole); },
            [this, whole](caf::error& why) {
              wrote({lost_storage(why), 0, false}, whole);
            });
  }

private:
  static caf::error lost_storage(const caf::error& why) {
    return make_error(errc::storage_failed,
                      "the actor of the storage has ended: " + describe(why));
  }

  void take_over(stored_replay<V>& stored, storage_report x) {
    is_long_ = x.needs_whole;
    health_.opened(std::move(x));
    if (!health_.is_usable()) {
      caf::anon_send(std::exchange(actor_, nullptr), end_storage{});
      return;
    }
    // Adds the initial value like a change, because it is not stored yet.
    const auto initial = value_.lend();
    value_ = copy_on_write<V>{stored.finish()};
    add(*initial);
  }

  // Sends this actor a message, so that the updates already in its mailbox are
  // handled first and stored together.
  void write_soon() {
    if (!is_writing_ && !std::exchange(write_is_due_, true))
      self_->send(self_, write_changes{});
  }

  void wrote(storage_report x, bool whole) {
    is_writing_ = false;
    auto answered = std::exchange(answered_, {});
    auto written = std::exchange(written_, nullptr);
    is_long_ = x.problem ? is_long_ : x.needs_whole;
    health_.wrote(std::move(x));
    if (health_.is_failing()) {
      const auto now = self_->clock().now();
      if (whole)
        next_whole_ = now + retry_whole;
      put_back(written);
      for (auto& one : answered)
        one.deliver(health_.status().problem);
      if (now >= next_retry_) {
        next_retry_ = now + retry_storage;
        self_->delayed_send(self_, retry_storage, write_changes{});
      }
    } else {
      for (auto& one : answered)
        one.deliver(std::shared_ptr<const V>{value_.lend()});
    }
    const bool has_more = !pending_.empty() || is_long_;
    if (!waiting_.empty() || (!health_.is_failing() && has_more))
      write_soon();
  }

  void put_back(const std::shared_ptr<const V>& written) {
    if (replaces_changes_)
      pending_.add_whole();
    else if (written)
      pending_.add_earlier(*written, *value_);
  }

  // Sends the last changes to the storage actor, which writes them and ends.
  void end() {
    const auto stopped = make_error(
      errc::stopped, "the node has stopped; the change may not be on disk");
    for (auto* all : {&answered_, &waiting_})
      for (auto& one : *all)
        one.deliver(stopped);
    if (!actor_)
      return;
    const bool whole = pending_.is_whole();
    if (!pending_.empty() && health_.is_usable())
      caf::anon_send(actor_,
                     store_changes{[last = pending_.take(value_.lend())] {
                                     return last->encode();
                                   },
                                   whole, true});
    caf::anon_send(actor_, end_storage{});
  }

  Self* self_;
  copy_on_write<V>& value_;
  storage_actor actor_; // null without a storage
  storage_health health_;
  bool all_durable_ = false;
  gathered_changes<V> pending_;
  std::shared_ptr<const V> written_; // changes in the write under way
  bool replaces_changes_ = false;    // whether `written_` is the whole value
  std::vector<promise> waiting_;     // updates that wait for the next write
  std::vector<promise> answered_;    // updates in the write under way
  bool is_writing_ = false;
  bool write_is_due_ = false; // whether a write_changes is on its way
  bool is_long_ = false;      // whether the whole value should be written
  instant next_whole_{};      // when to try to write the whole value again
  instant next_retry_{};      // when to try a failing storage again
};

} // namespace cafmesh::replication

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::replication::write_changes)
