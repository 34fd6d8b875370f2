#include "actors/core/gossip/merging.hpp"

#include <stdexcept>

#include <boost/test/unit_test.hpp>

#include "actors/core/gossip/gathered_news.hpp"
#include "actors/core/gossip/gossip_queue.hpp"
#include "actors/core/gossip/relayed_data.hpp"
#include "actors/core/mesh/peer_records.hpp"
#include "tests/actors/core/gossip/text_data.hpp"
#include <cafmesh/detail/measured_data.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of merging gossip data of two types, and of data whose functions throw
// exceptions.
namespace {

/// Text that is merged like `text_data`, but is of a different type.
class other_text : public gossip_data {
public:
  explicit other_text(std::string text) : text_(std::move(text)) {
  }
  std::vector<payload> encode() const override {
    return {payload::copy_of(byte_view{text_})};
  }
  gossip_data_ptr merge(const gossip_data& other) const override {
    return std::make_shared<other_text>(
      text_ + dynamic_cast<const other_text&>(other).text_);
  }

private:
  std::string text_;
};

class throwing_data : public gossip_data {
public:
  std::vector<payload> encode() const override {
    throw std::runtime_error{"no room to encode"};
  }
  gossip_data_ptr merge(const gossip_data&) const override {
    throw 4711;
  }
};

/// Data that throws if it is asked for its memory.
class immeasurable_data : public measured_data {
public:
  std::vector<payload> encode() const override {
    return {payload::copy_of(byte_view{"immeasurable"})};
  }
  gossip_data_ptr merge(const gossip_data&) const override {
    return std::make_shared<immeasurable_data>();
  }
  std::size_t memory() const override {
    throw std::runtime_error{"no memory to measure"};
  }
};

/// Data that can be merged, but throws if it is merged in place.
class immutable_data : public gossip_data {
public:
  std::vector<payload> encode() const override {
    return {payload::copy_of(byte_view{"immutable"})};
  }
  gossip_data_ptr merge(const gossip_data&) const override {
    return std::make_shared<immutable_data>();
  }
  bool merge_in_place(const gossip_data&) override {
    throw std::runtime_error{"no place to merge"};
  }
};

class vanishing_data : public gossip_data {
public:
  std::vector<payload> encode() const override {
    return {};
  }
  gossip_data_ptr merge(const gossip_data&) const override {
    return nullptr;
  }
};

gossip_data_ptr other(std::string text) {
  return std::make_shared<other_text>(std::move(text));
}

std::vector<std::string> messages_of(const gossip_data_ptr& x) {
  std::vector<std::string> result;
  for (const auto& message : x->encode())
    result.emplace_back(message.view().as_text());
  return result;
}

using strings = std::vector<std::string>;

struct fixture {
  data_faults faults;
  peer_name a = peer_name::from_number(1);
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(merging_tests, fixture)

BOOST_AUTO_TEST_CASE(data_of_one_type_is_merged) {
  BOOST_TEST(text_of(merged(data("x"), data("y"), faults)) == "xy");
  BOOST_TEST(faults.take() == 0u);
}

BOOST_AUTO_TEST_CASE(data_of_two_types_stays_separate_and_in_order) {
  auto both = merged(data("x"), other("y"), faults);
  both = merged(both, data("z"), faults);
  both =
    merged(both, relayed_data::of(payload::copy_of(byte_view{"r"})), faults);
  BOOST_TEST((messages_of(both) == strings{"x", "y", "z", "r"}));
  BOOST_TEST(faults.take() == 0u);
}

BOOST_AUTO_TEST_CASE(a_queue_does_not_merge_data_of_two_types) {
  gossip_queue queue;
  queue.add_gossip(data("x"));
  queue.add_gossip(other("y"));
  queue.add_broadcast(a, other("x"));
  queue.add_broadcast(a, data("y"));
  BOOST_TEST((messages_of(queue.pop()->data) == strings{"x", "y"}));
  BOOST_TEST((messages_of(queue.pop()->data) == strings{"x", "y"}));
}

BOOST_AUTO_TEST_CASE(gathered_news_of_two_types_is_not_merged) {
  gathered_news news;
  news.add(data("x"));
  news.add(other("y"));
  auto all = news.take(20, instant{});
  BOOST_TEST((messages_of(all) == strings{"x", "y"}));
}

BOOST_AUTO_TEST_CASE(records_take_nothing_from_data_of_another_type) {
  peer_records none{{}};
  auto both = none.merge(*data("x"));
  BOOST_TEST_REQUIRE(both != nullptr);
  BOOST_TEST(both->encode().empty());
}

// -- data that fails

BOOST_AUTO_TEST_CASE(an_exception_of_merge_costs_the_data_that_came_last) {
  auto fails = std::make_shared<throwing_data>();
  auto both = merged(fails, std::make_shared<throwing_data>(), faults);
  BOOST_TEST((both == fails));
  BOOST_TEST(faults.take() == 1u);
  BOOST_TEST(faults.take() == 0u);
  BOOST_TEST(faults.latest() == "an exception that is no std::exception");
}

BOOST_AUTO_TEST_CASE(an_exception_of_encode_costs_only_that_data) {
  auto stays = merged(data("x"), std::make_shared<throwing_data>(), faults);
  BOOST_TEST(text_of(stays) == "x");
  BOOST_TEST(faults.take() == 1u);
  BOOST_TEST(faults.latest() == "no room to encode");
}

BOOST_AUTO_TEST_CASE(merging_to_null_counts_as_a_fault) {
  auto x = std::make_shared<vanishing_data>();
  BOOST_TEST((merged(x, std::make_shared<vanishing_data>(), faults) == x));
  BOOST_TEST(faults.take() == 1u);
}

BOOST_AUTO_TEST_CASE(a_queue_goes_on_after_data_that_threw) {
  gossip_queue queue;
  queue.add_gossip(std::make_shared<throwing_data>());
  queue.add_gossip(std::make_shared<throwing_data>());
  queue.add_broadcast(a, data("x"));
  queue.add_broadcast(a, std::make_shared<throwing_data>());
  BOOST_TEST(queue.faults().take() == 2u);
  BOOST_TEST(queue.pop().has_value());
  BOOST_TEST(text_of(queue.pop()->data) == "x");
  BOOST_TEST(queue.empty());
}

BOOST_AUTO_TEST_CASE(a_queue_goes_on_after_data_that_cannot_be_measured) {
  gossip_queue queue;
  queue.add_broadcast(a, std::make_shared<immeasurable_data>());
  BOOST_TEST(queue.faults().take() == 1u);
  BOOST_TEST(queue.faults().latest() == "no memory to measure");
  BOOST_TEST((messages_of(queue.pop()->data) == strings{"immeasurable"}));
  BOOST_TEST(queue.empty());
}

BOOST_AUTO_TEST_CASE(
  a_queue_goes_on_after_data_that_cannot_be_merged_in_place) {
  gossip_queue queue;
  for (int i = 0; i < 3; ++i)
    queue.add_broadcast(a, std::make_shared<immutable_data>());
  BOOST_TEST(queue.faults().take() == 1u);
  BOOST_TEST(queue.faults().latest() == "no place to merge");
  BOOST_TEST((messages_of(queue.pop()->data) == strings{"immutable"}));
}

BOOST_AUTO_TEST_CASE(gathered_news_survives_data_that_throws) {
  gathered_news news;
  news.add(data("x"));
  news.add(std::make_shared<throwing_data>());
  BOOST_TEST(news.faults().take() == 1u);
  BOOST_TEST(text_of(news.take(20, instant{})) == "x");
}

BOOST_AUTO_TEST_CASE(a_guarded_call_that_throws_is_noted_with_its_reason) {
  BOOST_TEST(faults.guard([] { return 1; }, 7) == 1);
  BOOST_TEST(faults.take() == 0u);
  auto fails = []() -> int {
    throw std::runtime_error{"no number"};
  };
  BOOST_TEST(faults.guard(fails, 7) == 7);
  BOOST_TEST(faults.take() == 1u);
  BOOST_TEST(faults.latest() == "no number");
}

BOOST_AUTO_TEST_SUITE_END()
