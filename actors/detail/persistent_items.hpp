#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <caf/intrusive_ptr.hpp>

namespace cafmesh {

/// The items of a `persistent_map`, and chunks of a few items each. Maps share
/// both. An item never changes. A chunk changes in place if only one map uses
/// it; otherwise that map first copies the chunk, but not its items.
template <class T, class Summary, class Key>
struct persistent_items {
  using value_type = std::pair<const Key, T>;
  using key_view =
    std::conditional_t<std::is_same_v<Key, std::string>, std::string_view, Key>;
  using digest_type = decltype(Summary::digest_of(std::declval<key_view>(),
                                                  std::declval<const T&>()));

  struct item {
    item(key_view key, T x, const digest_type& of)
        : value(Key{key}, std::move(x)), digest(of) {
    }
    item(const item&) = delete;
    item& operator=(const item&) = delete;

    friend void intrusive_ptr_add_ref(item* x) noexcept {
      x->references.fetch_add(1, std::memory_order_relaxed);
    }
    friend void intrusive_ptr_release(item* x) noexcept {
      if (x->references.fetch_sub(1, std::memory_order_acq_rel) == 1)
        delete x;
    }

    std::atomic<std::size_t> references{1};
    const value_type value;
    const digest_type digest;
  };
  using item_ptr = caf::intrusive_ptr<item>;

  static item_ptr make_item(key_view key, T x, const digest_type& digest) {
    return item_ptr{new item(key, std::move(x), digest), false};
  }
  static key_view key_of(const item_ptr& x) noexcept {
    return x->value.first;
  }

  static Summary summary_of(const item_ptr& x) {
    return Summary(x->value.second, x->digest);
  }
  template <class Iterator>
  static Summary sum_of(Iterator first, Iterator last) {
    Summary result;
    for (; first != last; ++first)
      result += summary_of(*first);
    return result;
  }

  static constexpr std::size_t most_in_chunk = 32;
  static constexpr std::size_t least_in_chunk = 8;
  // If a changed chunk would have more spare room than this, its items move to
  // a smaller one, so that a map takes little more than its `memory()`.
  static constexpr std::size_t most_spare = 8;

  class chunk;
  using chunk_ptr = caf::intrusive_ptr<chunk>;

  /// Items with ascending keys, in one piece of memory.
  class chunk {
  public:
    static chunk_ptr make(std::size_t capacity) {
      // Rounds up, so that a chunk is not moved at each insertion.
      capacity = std::min((capacity + 3) / 4 * 4, most_in_chunk);
      void* memory =
        ::operator new(sizeof(chunk) + capacity * sizeof(item_ptr));
      return chunk_ptr{new (memory) chunk(capacity), false};
    }
    static chunk_ptr of(item_ptr x) {
      auto result = make(1);
      result->sum_ = summary_of(x);
      result->append(std::move(x));
      return result;
    }
    /// @param sum the sum of the items; its bounds are computed here
    template <class Iterator>
    static chunk_ptr of(Iterator first, Iterator last, const Summary& sum) {
      auto result = make(static_cast<std::size_t>(last - first));
      for (; first != last; ++first)
        result->append(std::move(*first));
      result->sum_ = sum;
      result->update_bounds();
      return result;
    }
    chunk(const chunk&) = delete;
    chunk& operator=(const chunk&) = delete;

    friend void intrusive_ptr_add_ref(chunk* x) noexcept {
      x->references_.fetch_add(1, std::memory_order_relaxed);
    }
    friend void intrusive_ptr_release(chunk* x) noexcept {
      if (x->references_.fetch_sub(1, std::memory_order_acq_rel) > 1)
        return;
      x->~chunk();
      ::operator delete(static_cast<void*>(x));
    }

    item_ptr* begin() noexcept {
      return reinterpret_cast<item_ptr*>(this + 1);
    }
    item_ptr* end() noexcept {
      return begin() + size_;
    }
    const item_ptr* begin() const noexcept {
      return reinterpret_cast<const item_ptr*>(this + 1);
    }
    const item_ptr* end() const noexcept {
      return begin() + size_;
    }
    const item_ptr& operator[](std::size_t i) const noexcept {
      return begin()[i];
    }
    std::size_t size() const noexcept {
      return size_;
    }
    key_view first_key() const noexcept {
      return key_of(begin()[0]);
    }
    key_view last_key() const noexcept {
      return key_of(begin()[size_ - 1]);
    }
    const Summary& sum() const noexcept {
      return sum_;
    }
    std::size_t lower_bound(key_view key) const noexcept {
      return static_cast<std::size_t>(
        std::lower_bound(
          begin(), end(), key,
          [](const item_ptr& x, key_view y) { return key_of(x) < y; })
        - begin());
    }
    bool has(std::size_t at, key_view key) const noexcept {
      return at < size_ && key_of(begin()[at]) == key;
    }

  private:
    friend persistent_items;

    explicit chunk(std::size_t capacity) noexcept : capacity_(capacity) {
    }
    ~chunk() {
      std::destroy(begin(), end());
    }
    void append(item_ptr x) noexcept {
      new (end()) item_ptr(std::move(x));
      ++size_;
    }
    void update_bounds() {
      sum_.clear_bounds();
      for (const auto& x : *this)
        sum_.widen_bounds(x->value.second);
    }

    std::atomic<std::size_t> references_{1};
    std::size_t size_ = 0;
    std::size_t capacity_;
    Summary sum_;
  };
  static_assert(sizeof(chunk) % alignof(item_ptr) == 0);

  // Makes `x` a chunk that no other map uses, with room for `more` items and
  // little spare room.
  static void own(chunk_ptr& x, std::size_t more) {
    const bool is_ours = x->references_.load(std::memory_order_acquire) == 1;
    const auto needed = x->size_ + more;
    if (is_ours && needed <= x->capacity_
        && x->capacity_ <= needed + most_spare)
      return;
    auto copy = chunk::make(needed);
    for (auto& each : *x)
      copy->append(is_ours ? std::move(each) : each);
    copy->sum_ = x->sum_;
    x = std::move(copy);
  }

  /// @pre `x->size() < most_in_chunk`
  static void insert(chunk_ptr& x, std::size_t at, item_ptr y) {
    own(x, 1);
    x->sum_ += summary_of(y);
    x->append(std::move(y));
    std::rotate(x->begin() + at, x->end() - 1, x->end());
  }
  static void replace(chunk_ptr& x, std::size_t at, item_ptr y) {
    own(x, 0);
    auto sum = x->sum_;
    sum -= summary_of((*x)[at]);
    sum += summary_of(y);
    x->begin()[at] = std::move(y);
    x->sum_ = sum;
    x->update_bounds();
  }
  static void erase(chunk_ptr& x, std::size_t at) {
    own(x, 0);
    x->sum_ -= summary_of((*x)[at]);
    std::move(x->begin() + at + 1, x->end(), x->begin() + at);
    std::destroy_at(x->end() - 1);
    --x->size_;
    x->update_bounds();
  }
  /// Removes the second half of a chunk and returns it.
  static chunk_ptr split(chunk_ptr& x) {
    std::vector<item_ptr> all(x->begin(), x->end());
    const auto middle =
      all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
    const auto of_second = sum_of(middle, all.end());
    auto of_first = x->sum_;
    of_first -= of_second;
    auto second = chunk::of(middle, all.end(), of_second);
    x = chunk::of(all.begin(), middle, of_first);
    return second;
  }
};

} // namespace cafmesh
