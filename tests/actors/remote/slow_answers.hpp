#pragma once

#include <memory>
#include <string>
#include <vector>

#include <caf/event_based_actor.hpp>
#include <caf/response_promise.hpp>

namespace cafmesh::test {

/// Answers odd numbers immediately. Answers even numbers only when a text
/// arrives.
inline caf::behavior slow_answers(caf::event_based_actor* self) {
  auto waiting = std::make_shared<std::vector<caf::response_promise>>();
  return {
    [self, waiting](int x) -> caf::result<int> {
      if (x % 2 == 1)
        return x;
      waiting->push_back(self->make_response_promise());
      return waiting->back();
    },
    [waiting](const std::string&) {
      for (auto& x : *waiting)
        x.deliver(0);
      waiting->clear();
    },
  };
}

/// Returns the function of an actor that delegates each request with a number
/// to `other`.
inline auto delegate_to(caf::actor other) {
  return [other](caf::event_based_actor* self) -> caf::behavior {
    return {[self, other](int x) {
      return self->delegate(other, x);
    }};
  };
}

} // namespace cafmesh::test
