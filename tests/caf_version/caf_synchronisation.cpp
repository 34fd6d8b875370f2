// Tells ThreadSanitizer how Debian's CAF, which is not instrumented,
// synchronises its threads. Without this file, the sanitizer does not know that
// a sender finishes with a message before its receiver starts, that an actor
// runs on one thread at a time, or that an object is deleted only after all of
// its owners have released it.
//
// A function in the program replaces the function of the same name in CAF's
// shared library, even for calls from within that library. The functions that
// count references are reimplemented here, so that the sanitizer sees their
// atomics. Each other function tells the sanitizer what CAF ensures, and then
// calls CAF's function. None of them adds an order that CAF lacks, so the
// sanitizer still reports races between handlers of two actors.
#include <dlfcn.h>
#include <utility>

#include <sanitizer/tsan_interface.h>

#include <caf/actor_control_block.hpp>
#include <caf/blocking_actor.hpp>
#include <caf/detail/sync_request_bouncer.hpp>
#include <caf/detail/thread_safe_actor_clock.hpp>
#include <caf/ref_counted.hpp>
#include <caf/scheduled_actor.hpp>

namespace {

void release(const void* what) {
  __tsan_release(const_cast<void*>(what));
}

void acquire(const void* what) {
  __tsan_acquire(const_cast<void*>(what));
}

/// Tells the sanitizer that this thread took the object over from another
/// thread, such as that of CAF's clock, and now passes it on to a further
/// thread.
void hand_over(const void* what) {
  acquire(what);
  release(what);
}

/// Returns CAF's own function with this mangled name. A member function takes
/// its object as the first argument.
template <class Signature>
Signature* original(const char* name) {
  return reinterpret_cast<Signature*>(dlsym(RTLD_NEXT, name));
}

} // namespace

namespace caf {

// -- references

void ref_counted::deref() const noexcept {
  if (unique())
    request_deletion(false);
  else if (rc_.fetch_sub(1) == 1)
    request_deletion(true);
}

void intrusive_ptr_release_weak(actor_control_block* x) {
  if (x->weak_refs == 1 || x->weak_refs.fetch_sub(1) == 1)
    x->block_dtor(x);
}

void intrusive_ptr_release(actor_control_block* x) {
  if (x->strong_refs.fetch_sub(1) == 1) {
    x->data_dtor(x->get());
    intrusive_ptr_release_weak(x);
  }
}

bool intrusive_ptr_upgrade_weak(actor_control_block* x) {
  auto count = x->strong_refs.load();
  while (count != 0)
    if (x->strong_refs.compare_exchange_weak(count, count + 1))
      return true;
  return false;
}

// -- messages: from sender to receiver

void scheduled_actor::enqueue(mailbox_element_ptr ptr, execution_unit* eu) {
  static auto caf_enqueue =
    original<void(scheduled_actor*, mailbox_element_ptr, execution_unit*)>(
      "_ZN3caf15scheduled_actor7enqueueESt10unique_ptrINS_15mailbox_elementENS_"
      "6detail8disposerEEPNS_14execution_unitE");
  hand_over(ptr.get());
  caf_enqueue(this, std::move(ptr), eu);
}

void blocking_actor::enqueue(mailbox_element_ptr ptr, execution_unit* eu) {
  static auto caf_enqueue =
    original<void(blocking_actor*, mailbox_element_ptr, execution_unit*)>(
      "_ZN3caf14blocking_actor7enqueueESt10unique_ptrINS_15mailbox_elementENS_"
      "6detail8disposerEEPNS_14execution_unitE");
  hand_over(ptr.get());
  caf_enqueue(this, std::move(ptr), eu);
}

intrusive::task_result
blocking_actor::mailbox_visitor::operator()(mailbox_element& x) {
  static auto caf_call =
    original<intrusive::task_result(mailbox_visitor*, mailbox_element&)>(
      "_ZN3caf14blocking_actor15mailbox_visitorclERNS_15mailbox_elementE");
  acquire(&x);
  return caf_call(this, x);
}

// Only releases the message. Its receiver gets it later, when the clock's
// thread calls `enqueue`.
void detail::thread_safe_actor_clock::schedule_message(
  time_point t, strong_actor_ptr receiver, mailbox_element_ptr content) {
  static auto caf_schedule =
    original<void(thread_safe_actor_clock*, time_point, strong_actor_ptr,
                  mailbox_element_ptr)>(
      "_ZN3caf6detail23thread_safe_actor_clock16schedule_"
      "messageENSt6chrono10time_pointINS2_3_V212steady_clockENS2_"
      "8durationIlSt5ratioILl1ELl1000000000EEEEEENS_13intrusive_ptrINS_19actor_"
      "control_blockEEESt10unique_ptrINS_"
      "15mailbox_elementENS0_8disposerEE");
  release(content.get());
  caf_schedule(this, t, std::move(receiver), std::move(content));
}

// CAF calls this for each message that an actor left unread when it ended.
void detail::sync_request_bouncer::operator()(const mailbox_element& x) const {
  static auto caf_call =
    original<void(const sync_request_bouncer*, const mailbox_element&)>(
      "_ZNK3caf6detail20sync_request_bouncerclERKNS_15mailbox_elementE");
  acquire(&x);
  caf_call(this, x);
}

// -- actors: from the thread that ran one last to the next

void scheduled_actor::launch(execution_unit* eu, bool lazy, bool hide) {
  static auto caf_launch =
    original<void(scheduled_actor*, execution_unit*, bool, bool)>(
      "_ZN3caf15scheduled_actor6launchEPNS_14execution_unitEbb");
  release(this);
  caf_launch(this, eu, lazy, hide);
}

// CAF calls this each time a worker thread begins to run the actor.
bool scheduled_actor::activate(execution_unit* eu) {
  static auto caf_activate = original<bool(scheduled_actor*, execution_unit*)>(
    "_ZN3caf15scheduled_actor8activateEPNS_14execution_unitE");
  acquire(this);
  auto result = caf_activate(this, eu);
  release(this);
  return result;
}

// CAF calls this for each message. After any call, the worker thread may leave
// the actor without touching its state again, so each call releases the actor.
scheduled_actor::activation_result
scheduled_actor::reactivate(mailbox_element& x) {
  static auto caf_reactivate =
    original<activation_result(scheduled_actor*, mailbox_element&)>(
      "_ZN3caf15scheduled_actor10reactivateERNS_15mailbox_elementE");
  acquire(&x);
  auto result = caf_reactivate(this, x);
  release(this);
  return result;
}

} // namespace caf
