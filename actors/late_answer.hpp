#pragma once

#include <memory>
#include <utility>

#include <caf/abstract_actor.hpp>
#include <caf/response_promise.hpp>

#include "../messages/errc.hpp"

namespace cafmesh {

/// Answers a request when the last part of the work that it set off has let go
/// of this: with the first failure that was noted, with errc::stopped where the
/// work was given up because its actor ends, else with nothing. What was sent
/// without asking is not answered at all. For one actor's own use.
class late_answer {
public:
  late_answer(const caf::abstract_actor* worker, caf::response_promise promise)
      : worker_(worker), promise_(std::move(promise)) {
  }

  /// Holds `whole` back, but keeps failures from it: for parts that whoever
  /// asked cannot be blamed for.
  explicit late_answer(std::shared_ptr<late_answer> whole)
      : whole_(std::move(whole)) {
  }

  late_answer(const late_answer&) = delete;
  late_answer& operator=(const late_answer&) = delete;

  ~late_answer() {
    // CAF would deliver to those who did not ask, too: a failure ends them.
    if (whole_ || promise_.async())
      return;
    if (!failure_ && worker_->getf(caf::abstract_actor::is_shutting_down_flag))
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
  std::shared_ptr<late_answer> whole_;
  caf::error failure_;
};

using late_answer_ptr = std::shared_ptr<late_answer>;

} // namespace cafmesh
