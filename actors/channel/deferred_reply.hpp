#pragma once

#include <memory>
#include <utility>

#include <caf/response_promise.hpp>

#include "actors/caf_version/lifetime.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh {

/// Answers a request when the last part of the work that it set off has let go
/// of this: with the first failure that was noted, with errc::stopped where the
/// work was given up because its actor ends, else with nothing. What was sent
/// without asking is not answered at all. For one actor's own use.
class deferred_reply {
public:
  deferred_reply(const caf::abstract_actor* worker,
                 caf::response_promise promise)
      : worker_(worker), promise_(std::move(promise)) {
  }

  /// Holds `whole` back, but keeps failures from it: for parts that whoever
  /// asked cannot be blamed for.
  explicit deferred_reply(std::shared_ptr<deferred_reply> whole)
      : whole_(std::move(whole)) {
  }

  deferred_reply(const deferred_reply&) = delete;
  deferred_reply& operator=(const deferred_reply&) = delete;

  ~deferred_reply() {
    // CAF would deliver to those who did not ask, too: a failure ends them.
    if (whole_ || promise_.async())
      return;
    if (!failure_ && caf_version::is_shutting_down(*worker_))
      failure_ = make_error(errc::stopped, "the node stops");
    if (failure_)
      promise_.deliver(std::move(failure_));
    else
      promise_.deliver(caf::unit);
  }

  void note(caf::error why) {
    if (!failure_)
      failure_ = std::move(why);
  }

  /// Whether somebody waits for the answer.
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

using deferred_reply_ptr = std::shared_ptr<deferred_reply>;

} // namespace cafmesh
