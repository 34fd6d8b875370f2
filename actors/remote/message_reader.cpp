#include "actors/remote/message_reader.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <mutex>
#include <utility>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/make_type_erased_value.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

#include "actors/caf_version/content_decoder.hpp"
#include "actors/remote/credited_message.hpp"

namespace cafmesh {

namespace {

/// postman -> reader: decode the next message of the queue.
struct read_next {};

} // namespace

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::read_next)

namespace cafmesh {

// The messages that wait, in the order in which they came. The reader works
// them off, and so does the postman when it cannot wait.
class message_reader::queue {
public:
  struct job {
    caf::strong_actor_ptr receiver;
    caf::strong_actor_ptr sender;
    caf::node_id peer;
    caf::mailbox_element_ptr ready; // null: `unread` must be decoded
    unread_message unread;
  };

  queue(caf::actor_system& system, carrier_ptr shared)
      : system_(system), shared_(std::move(shared)),
        decoder_(system, shared_->handles()) {
  }

  void push(job x) {
    std::lock_guard<std::mutex> guard{mutex_};
    jobs_.push_back(std::move(x));
    ++size_;
  }

  template <class F>
  bool has(F matches) const {
    if (size_.load() == 0)
      return false;
    std::lock_guard<std::mutex> guard{mutex_};
    return std::any_of(jobs_.begin(), jobs_.end(), matches);
  }

  void run_next() {
    std::lock_guard<std::mutex> working{working_};
    auto* next = first();
    if (!next)
      return;
    if (next->ready)
      next->receiver->enqueue(std::move(next->ready), nullptr);
    else
      decode(next->unread);
    // The message leaves the queue only now, so that later messages to its
    // receiver stay behind it.
    std::unique_lock<std::mutex> guard{mutex_};
    auto done = std::move(jobs_.front());
    jobs_.pop_front();
    --size_;
    guard.unlock();
  }

private:
  // References to elements of a deque stay valid while others are added.
  job* first() {
    std::lock_guard<std::mutex> guard{mutex_};
    return jobs_.empty() ? nullptr : &jobs_.front();
  }

  void decode(unread_message& x) {
    caf_version::decoded_values content;
    auto why = decoder_.decode(x.content, content);
    if (why && x.id.is_response()) {
      content = {};
      content.add(
        caf::make_type_erased_value<caf::error>(std::exchange(why, {})));
    }
    if (why)
      return refuse(x, why);
    x.receiver->enqueue(
      caf::mailbox_element_ptr{new credited_message(
        std::move(x.sender), x.id, std::move(x.stages), std::move(content),
        std::move(x.account), x.counted_for, x.cost)},
      nullptr);
  }

  void refuse(unread_message& x, const caf::error& why) {
    x.account->release(x.counted_for, x.cost);
    x.account->processed(x.counted_for, x.cost);
    if (x.takes_error && carrier::answer(x.sender, x.id, why))
      return;
    x.box->drops().add(why);
    shared_->dropped().add(system_.node(), x.receiver->id(), why,
                           [&] { return caf_version::type_names(x.content); });
  }

  caf::actor_system& system_;
  carrier_ptr shared_;
  std::mutex working_; // held while a message is decoded and delivered
  caf_version::content_decoder decoder_; // used under `working_`
  mutable std::mutex mutex_;             // protects `jobs_`
  std::deque<job> jobs_;
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
  if (reader_)
    caf::anon_send_exit(reader_, caf::exit_reason::kill);
}

void message_reader::read(unread_message x) {
  if (!reader_)
    reader_ = where_ == blocking_work::on_own_thread
                ? system_.spawn<caf::detached + caf::hidden>(
                  reader_behavior<queue>, queue_)
                : system_.spawn(reader_behavior<queue>, queue_);
  auto receiver = x.receiver;
  auto sender = x.sender;
  auto peer = x.box->node();
  queue_->push({std::move(receiver), std::move(sender), std::move(peer),
                nullptr, std::move(x)});
  caf::anon_send(reader_, read_next{});
}

void message_reader::deliver(const caf::strong_actor_ptr& receiver,
                             caf::mailbox_element_ptr x, const outbox_ptr& box,
                             caf::execution_unit* on) {
  auto waits = queue_->has([&](auto& job) { return job.receiver == receiver; });
  if (!waits)
    return receiver->enqueue(std::move(x), on);
  auto sender = x->sender;
  queue_->push({receiver, std::move(sender), box->node(), std::move(x), {}});
  caf::anon_send(reader_, read_next{});
}

void message_reader::finish_from(const caf::strong_actor_ptr& sender) {
  while (queue_->has([&](auto& job) { return job.sender == sender; }))
    queue_->run_next();
}

void message_reader::finish_for(const caf::strong_actor_ptr& receiver) {
  while (queue_->has([&](auto& job) { return job.receiver == receiver; }))
    queue_->run_next();
}

void message_reader::finish_of(const caf::node_id& peer) {
  while (queue_->has([&](auto& job) { return job.peer == peer; }))
    queue_->run_next();
}

} // namespace cafmesh
