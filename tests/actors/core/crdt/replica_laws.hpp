#pragma once

#include <algorithm>
#include <random>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/support/damage.hpp"

/// The laws that every replicated value must obey. A `Kind` makes a value and
/// changes it at random:
///
///     static V fresh();
///     static V change(std::mt19937& rng, const V& from, std::size_t replica);
namespace cafmesh::test {

template <class V>
V merged(V x, const V& y) {
  x.merge(y);
  return x;
}

template <class Kind>
class replica_laws {
public:
  using value = decltype(Kind::fresh());

  static constexpr std::size_t replicas = 4;

  explicit replica_laws(std::uint32_t seed)
      : rng_(seed), states_(replicas, Kind::fresh()) {
  }

  /// Changes replicas and merges some of the changes into other replicas, in
  /// any order and repeatedly.
  void run(std::size_t steps) {
    for (; steps > 0; --steps) {
      auto& mine = states_[below(replicas)];
      auto chance = below(10);
      if (chance == 0)
        mine.merge(states_[below(replicas)]);
      else if (chance < 4 && !changes_.empty())
        mine.merge(changes_[below(changes_.size())]);
      else
        change(below(replicas));
    }
  }

  void merge_is_commutative() {
    auto [a, b, c] = three();
    BOOST_TEST((merged(a, b) == merged(b, a)));
  }

  void merge_is_associative() {
    auto [a, b, c] = three();
    BOOST_TEST((merged(merged(a, b), c) == merged(a, merged(b, c))));
  }

  void merge_is_idempotent() {
    auto [a, b, c] = three();
    auto both = merged(a, b);
    BOOST_TEST((!both.merge(b) && !both.merge(a) && !both.merge(both)));
    BOOST_TEST((both == merged(a, b)));
  }

  void merging_the_news_suffices() {
    auto [a, b, c] = three();
    auto both = a;
    auto news = both.merge(b);
    BOOST_TEST((news.has_value() == !(both == a)));
    if (news)
      BOOST_TEST((merged(a, *news) == both));
  }

  void merging_a_change_equals_merging_the_whole() {
    auto before = states_[0];
    auto delta = change(0);
    auto other = merged(states_[1], before);
    BOOST_TEST((merged(other, delta) == merged(other, states_[0])));
  }

  /// Gives every replica all changes in random order, and half of them twice.
  /// Then checks that the replicas agree.
  void all_agree_in_the_end() {
    auto everything = changes_;
    everything.insert(everything.end(), changes_.begin(),
                      changes_.begin()
                        + static_cast<std::ptrdiff_t>(changes_.size() / 2));
    for (auto& x : states_) {
      std::shuffle(everything.begin(), everything.end(), rng_);
      for (const auto& y : everything)
        x.merge(y);
      BOOST_TEST((x == states_[0]));
    }
  }

  void decoding_restores_what_was_encoded() {
    for (const auto& x : states_) {
      auto messages = x.encode();
      std::shuffle(messages.begin(), messages.end(), rng_);
      auto result = Kind::fresh();
      for (const auto& message : messages) {
        auto part = result.decode(message.view());
        BOOST_REQUIRE(part);
        result.merge(*part);
      }
      BOOST_TEST((result == x));
    }
  }

  /// Checks that `decode` either refuses cut or damaged bytes, or returns a
  /// value that stays the same when it is encoded and decoded again.
  void damaged_bytes_do_no_harm(std::size_t count) {
    std::vector<bytes> donors;
    for (const auto& x : states_)
      for (const auto& message : x.encode())
        donors.push_back(message.view().to_bytes());
    for (const auto& x : donors)
      for (std::size_t size = 0; size < x.size(); ++size)
        read({x.data(), size});
    damage damaged{donors};
    for (; count > 0; --count)
      read(damaged.next());
    BOOST_TEST(refused_ > 0u);
    BOOST_TEST(accepted_ > 0u);
  }

private:
  struct trio {
    value a, b, c;
  };

  std::size_t below(std::size_t limit) {
    return rng_() % limit;
  }
  const value& any() {
    return states_[below(replicas)];
  }
  trio three() {
    return {any(), any(), any()};
  }

  value change(std::size_t replica) {
    auto delta = Kind::change(rng_, states_[replica], replica);
    states_[replica].merge(delta);
    changes_.push_back(delta);
    return delta;
  }

  // Decodes an exact copy of the bytes, so that a sanitizer detects reads past
  // their end.
  void read(byte_view view) {
    auto input = view.to_bytes();
    auto x = Kind::fresh().decode(input);
    if (!x) {
      ++refused_;
      return;
    }
    ++accepted_;
    auto again = Kind::fresh();
    for (const auto& message : x->encode()) {
      auto part = again.decode(message.view());
      BOOST_REQUIRE(part);
      again.merge(*part);
    }
    BOOST_REQUIRE((again == *x));
    merged(states_[0], *x);
  }

  std::mt19937 rng_;
  std::vector<value> states_;
  std::vector<value> changes_;
  std::size_t refused_ = 0;
  std::size_t accepted_ = 0;
};

template <class Kind, class Law>
void in_many_histories(Law law) {
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      replica_laws<Kind> world{seed};
      world.run(seed);
      for (int i = 0; i < 10; ++i)
        law(world);
    }
  }
}

} // namespace cafmesh::test

/// Test cases for every law, to be included in the suite of each replicated
/// value.
#define CAFMESH_REPLICA_LAW(kind, law)                                         \
  BOOST_AUTO_TEST_CASE(law) {                                                  \
    cafmesh::test::in_many_histories<kind>([](auto& x) { x.law(); });          \
  }
#define CAFMESH_REPLICA_LAWS(kind)                                             \
  CAFMESH_REPLICA_LAW(kind, merge_is_commutative)                              \
  CAFMESH_REPLICA_LAW(kind, merge_is_associative)                              \
  CAFMESH_REPLICA_LAW(kind, merge_is_idempotent)                               \
  CAFMESH_REPLICA_LAW(kind, merging_the_news_suffices)                         \
  CAFMESH_REPLICA_LAW(kind, merging_a_change_equals_merging_the_whole)         \
  CAFMESH_REPLICA_LAW(kind, all_agree_in_the_end)                              \
  CAFMESH_REPLICA_LAW(kind, decoding_restores_what_was_encoded)                \
  BOOST_AUTO_TEST_CASE(cut_or_damaged_bytes_are_an_error_or_a_value) {         \
    cafmesh::test::replica_laws<kind> world{1};                                \
    world.run(60);                                                             \
    world.damaged_bytes_do_no_harm(5000);                                      \
  }
