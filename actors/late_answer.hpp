#pragma once

#include <memory>
#include <utility>

#include <caf/response_promise.hpp>

namespace cafmesh {

/// Answers a request when the last part of the work that it set off has let go
/// of this: with the first failure that was noted, else with nothing. For one
/// actor's own use.
class late_answer {
public:
  explicit late_answer(caf::response_promise promise)
      : promise_(std::move(promise)) {
  }
  late_answer(const late_answer&) = delete;
  late_answer& operator=(const late_answer&) = delete;
  ~late_answer() {
    if (failure_)
      promise_.deliver(std::move(failure_));
    else
      promise_.deliver(caf::unit);
  }

  void note(caf::error why) {
    if (!failure_)
      failure_ = std::move(why);
  }

  const caf::response_promise& promise() const noexcept {
    return promise_;
  }

private:
  caf::response_promise promise_;
  caf::error failure_;
};

using late_answer_ptr = std::shared_ptr<late_answer>;

} // namespace cafmesh
