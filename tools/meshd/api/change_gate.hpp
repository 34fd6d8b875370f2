#pragma once

#include <cstddef>
#include <functional>
#include <utility>

namespace meshd {

/// Counts the requests for a change that are not answered yet, and refuses new
/// ones once the node stops. To be used on the HTTP thread.
class change_gate {
public:
  /// The place of one request. Only the first call of `leave` has an effect.
  class pass {
  public:
    pass() = default;
    explicit pass(change_gate* from) : from_(from) {
    }

    void leave() {
      if (auto from = std::exchange(from_, nullptr))
        from->leave();
    }

  private:
    change_gate* from_ = nullptr; // null after `leave`
  };

  bool is_closed() const noexcept {
    return is_closed_;
  }

  /// @pre the gate is open
  pass enter() {
    ++inside_;
    return pass{this};
  }

  /// @param then called once all requests have left
  void close(std::function<void()> then) {
    is_closed_ = true;
    then_ = std::move(then);
    check();
  }

private:
  void leave() {
    --inside_;
    check();
  }

  void check() {
    if (inside_ > 0 || !is_closed_)
      return;
    if (auto f = std::exchange(then_, nullptr))
      f();
  }

  std::size_t inside_ = 0;
  bool is_closed_ = false;
  std::function<void()> then_; // null before `close`, and once it was called
};

} // namespace meshd
