#pragma once

#include <memory>
#include <utility>

#include <caf/response_promise.hpp>

#include "actors/caf_version/lifetime.hpp"
#include "actors/context/stopped.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh {

/// Answers a request once all work that the request started has finished. Each
/// part of the work holds a reference to this object, and the answer is sent
/// when the last reference is dropped. The answer is the first failure noted,
/// errc::stopped if the actor ended before the work was done, or an empty
/// result. A message that was not sent as a request gets no answer. Only one
/// actor may use the object.
class deferred_reply {
public:
  deferred_reply(const caf::abstract_actor* worker,
                 caf::response_promise promise)
      : worker_(worker), promise_(std::move(promise)) {
  }

  /// Delays the answer of `whole`, but reports no failure to `whole`. Use this
  /// for work whose failure does not concern the sender of the request.
  explicit deferred_reply(std::shared_ptr<deferred_reply> whole)
      : whole_(std::move(whole)) {
  }

  deferred_reply(const deferred_reply&) = delete;
  deferred_reply& operator=(const deferred_reply&) = delete;

  ~deferred_reply() {
    // Sends nothing if `whole_` sends the answer, or if there was no request.
    // CAF would send an answer even to a sender that did not ask for one, and
    // an error would end that sender.
    if (whole_ || promise_.async())
      return;
    if (!failure_ && caf_version::is_shutting_down(*worker_))
      failure_ = node_stopped();
    if (failure_)
      promise_.deliver(std::move(failure_));
    else
      promise_.deliver(caf::unit);
  }

  void note(caf::error why) {
    if (!failure_)
      failure_ = std::move(why);
  }

  /// Whether the sender asked for an answer.
  bool is_awaited() const {
    return whole_ ? whole_->is_awaited() : !promise_.async();
  }

  const caf::response_promise& promise() const noexcept {
    return promise_;
  }

private:
  const caf::abstract_actor* worker_ = nullptr;
  caf::response_promise promise_;
  std::shared_ptr<deferred_reply> whole_;
  caf::error failure_;
};

/// Null for messages that get no answer and are exempt from the limits on
/// waiting messages, such as those of the postman.
using deferred_reply_ptr = std::shared_ptr<deferred_reply>;

inline void note(const deferred_reply_ptr& x, caf::error why) {
  if (x)
    x->note(std::move(why));
}

} // namespace cafmesh
