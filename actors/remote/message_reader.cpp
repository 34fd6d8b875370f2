#include "actors/remote/message_reader.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/make_type_erased_value.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

#include "actors/caf_version/content_decoder.hpp"
#include "actors/remote/credited_message.hpp"
#include "actors/remote/remote_proxy.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh {

namespace {

/// postman -> reader: do the next job of the queue.
struct read_next {};

} // namespace

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::read_next)

namespace cafmesh {

// The waiting jobs, in order of arrival. The reader does them. When the node
// stops, the postman does those that are left.
class message_reader::queue {
public:
  struct job {
    caf::strong_actor_ptr receiver; // may be null if there is an action
    caf::strong_actor_ptr sender;   // may be null
    caf::node_id peer;
    std::function<void()> action = nullptr;   // replaces a delivery
    bool ends_sender = false;                 // `action` ends `sender`
    caf::mailbox_element_ptr ready = nullptr; // null: `unread` must be decoded
    unread_message unread = {};
  };

  queue(caf::actor_system& system, carrier_ptr shared)
      : system_(system), shared_(std::move(shared)),
        decoder_(system, shared_->handles()) {
  }

  void push(job x) {
    std::lock_guard<std::mutex> guard{mutex_};
    if (x.receiver)
      ++receivers_[x.receiver];
    if (x.sender)
      ++senders_[x.sender];
    if (x.ends_sender)
      ending_.insert(x.sender);
    jobs_.push_back(std::move(x));
    ++size_;
  }

  bool is_empty() const {
    return size_.load() == 0;
  }
  bool has_receiver(const caf::strong_actor_ptr& x) const {
    return has_in(receivers_, x);
  }
  bool has_sender(const caf::strong_actor_ptr& x) const {
    return has_in(senders_, x);
  }
  bool ends(const caf::strong_actor_ptr& sender) const {
    return has_in(ending_, sender);
  }
  /// Whether the latest job of a peer for a receiver is an action. Empty if
  /// there is no such job.
  std::optional<bool> latest_is_action(const caf::strong_actor_ptr& receiver,
                                       const caf::node_id& peer) const {
    if (!has_receiver(receiver))
      return {};
    std::lock_guard<std::mutex> guard{mutex_};
    auto latest = std::find_if(jobs_.rbegin(), jobs_.rend(), [&](auto& x) {
      return x.receiver == receiver && x.peer == peer;
    });
    if (latest == jobs_.rend())
      return {};
    return bool{latest->action};
  }

  /// Abandons the jobs that have not begun.
  void close() {
    std::lock_guard<std::mutex> guard{mutex_};
    is_closed_ = true;
  }

  /// Treats a message as if it could not be decoded.
  void fail(unread_message& x, const std::string& why) {
    // An unreadable response still means that its request was carried out.
    auto code = x.id.is_response() ? errc::answer_lost : errc::congested;
    deliver(x, make_error(code, why), {});
  }

  void run_next() {
    std::lock_guard<std::mutex> working{working_};
    auto* next = first();
    if (!next)
      return;
    if (next->action)
      next->action();
    else if (next->ready)
      next->receiver->enqueue(std::move(next->ready), nullptr);
    else
      decode(next->unread);
    // The message stays in the queue until now, so that later messages to its
    // receiver cannot overtake it.
    std::unique_lock<std::mutex> guard{mutex_};
    auto done = std::move(jobs_.front());
    jobs_.pop_front();
    release(receivers_, done.receiver);
    release(senders_, done.sender);
    if (done.ends_sender)
      ending_.erase(done.sender);
    --size_;
    guard.unlock();
  }

private:
  using counts = std::unordered_map<caf::strong_actor_ptr, std::size_t>;

  template <class Set>
  bool has_in(const Set& xs, const caf::strong_actor_ptr& x) const {
    if (is_empty())
      return false;
    std::lock_guard<std::mutex> guard{mutex_};
    return xs.count(x) > 0;
  }

  static void release(counts& from, const caf::strong_actor_ptr& x) {
    if (auto found = from.find(x); found != from.end() && --found->second == 0)
      from.erase(found);
  }

  // References to elements of a deque stay valid while elements are added.
  job* first() {
    std::lock_guard<std::mutex> guard{mutex_};
    return jobs_.empty() || is_closed_ ? nullptr : &jobs_.front();
  }

  void decode(unread_message& x) {
    caf_version::decoded_values content;
    auto why = decoder_.decode(x.content, content);
    if (!why && !x.id.is_response())
      why = shared_->refuse_bare_error(content);
    deliver(x, std::move(why), std::move(content));
  }

  void deliver(unread_message& x, caf::error why,
               caf_version::decoded_values content) {
    if (why && x.id.is_response()) {
      content = {};
      content.add(
        caf::make_type_erased_value<caf::error>(std::exchange(why, {})));
    }
    if (why)
      return refuse(x, why);
    x.receiver->enqueue(caf::mailbox_element_ptr{new credited_message(
                          std::move(x.sender), x.id, std::move(x.stages),
                          std::move(content), std::move(x.credit), x.cost)},
                        nullptr);
  }

  void refuse(unread_message& x, const caf::error& why) {
    x.credit->processed(x.cost);
    if (x.takes_error && carrier::answer(x.sender, x.id, why))
      return;
    x.box->drops().add(why);
    shared_->dropped().add(system_.node(), x.receiver->id(), why,
                           [&] { return caf_version::type_names(x.content); });
  }

  caf::actor_system& system_;
  carrier_ptr shared_;
  std::mutex working_; // held while a message is decoded and delivered
  caf_version::content_decoder decoder_; // protected by `working_`
  mutable std::mutex mutex_;             // protects the members below
  std::deque<job> jobs_;
  counts receivers_;                                 // of `jobs_`
  counts senders_;                                   // of `jobs_`
  std::unordered_set<caf::strong_actor_ptr> ending_; // senders to be ended
  bool is_closed_ = false;
  std::atomic<std::size_t> size_{0};
};

namespace {

struct reader_state {
  static inline const char* name = "cafmesh.reader";
};

template <class Queue>
caf::behavior reader_behavior(caf::stateful_actor<reader_state>*,
                              std::shared_ptr<Queue> queue) {
  return {[queue](read_next) {
    queue->run_next();
  }};
}

} // namespace

message_reader::message_reader(caf::actor_system& system, carrier_ptr shared,
                               blocking_work where)
    : system_(system), where_(where),
      queue_(std::make_shared<queue>(system, std::move(shared))) {
}

message_reader::~message_reader() {
  queue_->close();
  if (reader_)
    caf::anon_send_exit(reader_, caf::exit_reason::kill);
}

std::optional<std::string> message_reader::prepare() {
  if (where_ == blocking_work::on_scheduler) {
    if (!reader_)
      reader_ = system_.spawn(reader_behavior<queue>, queue_);
    return {};
  }
  std::optional<std::string> failure;
  if (!has_thread_)
    failure = thread_.run([] {});
  has_thread_ = !failure;
  return failure;
}

void message_reader::read(unread_message x) {
  if (auto why = prepare())
    return queue_->fail(x, *why);
  queue::job job{x.receiver, x.sender, x.box->node()};
  job.unread = std::move(x);
  add(std::move(job));
}

// A reader or a thread exists already: `read` has made it, and other jobs are
// queued only after a job of `read`.
template <class Job>
void message_reader::add(Job x) {
  queue_->push(std::move(x));
  if (reader_)
    caf::anon_send(reader_, read_next{});
  else
    thread_.run([queue = queue_] { queue->run_next(); });
}

void message_reader::deliver(const caf::strong_actor_ptr& receiver,
                             const caf::strong_actor_ptr& sender,
                             caf::mailbox_element_ptr x, const outbox_ptr& box,
                             caf::execution_unit* on) {
  if (!queue_->has_receiver(receiver))
    return receiver->enqueue(std::move(x), on);
  queue::job job{receiver, sender, box->node()};
  job.ready = std::move(x);
  add(std::move(job));
}

void message_reader::deliver(const caf::strong_actor_ptr& receiver,
                             caf::mailbox_element_ptr x, const outbox_ptr& box,
                             caf::execution_unit* on) {
  if (!queue_->has_receiver(receiver))
    return receiver->enqueue(std::move(x), on);
  const auto sender = x->sender;
  deliver(receiver, sender, std::move(x), box, on);
}

void message_reader::end(const caf::strong_actor_ptr& proxy,
                         const caf::error& why) {
  if (!queue_->has_sender(proxy))
    return proxy_of(proxy).end(why);
  if (queue_->ends(proxy))
    return; // a peer may report the end repeatedly
  queue::job job{nullptr, proxy, proxy->node()};
  job.action = [proxy, why] {
    proxy_of(proxy).end(why);
  };
  job.ends_sender = true;
  add(std::move(job));
}

void message_reader::interrupt(const caf::strong_actor_ptr& proxy,
                               const caf::error& why) {
  if (queue_->ends(proxy))
    return; // its monitors and links will be told the earlier reason
  auto all = proxy_of(proxy).interrupt();
  if (!all)
    return;
  if (!queue_->has_sender(proxy))
    return remote_proxy::tell(all, why);
  auto shared = std::make_shared<caf::attachable_ptr>(std::move(all));
  queue::job job{nullptr, proxy, proxy->node()};
  job.action = [shared, why] {
    remote_proxy::tell(*shared, why);
  };
  add(std::move(job));
}

void message_reader::tell_departed(const spawner_of_postman& spawner,
                                   peer_departed x) {
  auto receiver = caf::actor_cast<caf::strong_actor_ptr>(spawner);
  auto is_told = queue_->latest_is_action(receiver, x.node);
  if (!is_told)
    return caf::anon_send(spawner, std::move(x));
  if (*is_told)
    return; // a departure is queued already
  queue::job job{receiver, nullptr, x.node};
  job.action = [spawner, x] {
    caf::anon_send(spawner, x);
  };
  add(std::move(job));
}

void message_reader::finish() {
  while (!queue_->is_empty())
    queue_->run_next();
}

} // namespace cafmesh
