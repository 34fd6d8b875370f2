#include "actors/core/gossip/gossip_queue.hpp"

#include <deque>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "actors/core/gossip/divisible_data.hpp"
#include "actors/core/gossip/relayed_data.hpp"
#include "tests/actors/core/gossip/text_data.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

namespace {

constexpr std::size_t kib = 1024;

gossip_data_ptr relayed(std::size_t size) {
  return relayed_data::of(payload{bytes(size - relayed_data::overhead)});
}

struct fixture {
  gossip_queue queue;
  relay_budget_ptr budget = std::make_shared<relay_budget>(100 * kib);
  peer_name a = peer_name::from_number(1);
  peer_name b = peer_name::from_number(2);

  // Returns the next item: `gossip:<text>`, or `<number of the source>:<text>`
  // for a broadcast, or `nothing` if the queue is empty.
  std::string pop() {
    auto item = queue.pop();
    if (!item)
      return "nothing";
    auto source = item->broadcast_source;
    auto kind = source ? std::to_string(source->number()) : "gossip";
    return kind + ":" + text_of(item->data);
  }
};

/// Data that can be split, so that it leaves the queue letter by letter.
class letters : public divisible_data {
public:
  explicit letters(std::string x) : text_(std::move(x)) {
  }
  std::vector<payload> encode() const override {
    return {payload::copy_of(byte_view{text_})};
  }
  gossip_data_ptr merge(const gossip_data& other) const override {
    return std::make_shared<letters>(
      text_ + static_cast<const letters&>(other).text_);
  }
  std::pair<gossip_data_ptr, gossip_data_ptr> split() const override {
    if (text_.size() == 1)
      return {};
    return {std::make_shared<letters>(text_.substr(0, 1)),
            std::make_shared<letters>(text_.substr(1))};
  }

private:
  std::string text_;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(gossip_queue_tests, fixture)

BOOST_AUTO_TEST_CASE(a_new_queue_is_empty) {
  BOOST_TEST(queue.empty());
  BOOST_TEST(pop() == "nothing");
}

BOOST_AUTO_TEST_CASE(gossip_merges_into_one) {
  queue.add_gossip(data("x"));
  queue.add_gossip(data("y"));
  queue.add_gossip(data("z"));
  BOOST_TEST(pop() == "gossip:xyz");
  BOOST_TEST(queue.empty());
}

BOOST_AUTO_TEST_CASE(broadcasts_merge_into_one_per_source) {
  queue.add_broadcast(a, data("x"));
  queue.add_broadcast(b, data("1"));
  queue.add_broadcast(a, data("y"));
  queue.add_broadcast(b, data("2"));
  BOOST_TEST(pop() == "1:xy");
  BOOST_TEST(pop() == "2:12");
  BOOST_TEST(pop() == "nothing");
}

BOOST_AUTO_TEST_CASE(gossip_goes_before_broadcasts) {
  queue.add_broadcast(a, data("x"));
  queue.add_gossip(data("g"));
  BOOST_TEST(pop() == "gossip:g");
  BOOST_TEST(pop() == "1:x");
}

BOOST_AUTO_TEST_CASE(broadcasts_keep_the_order_of_their_sources_arrival) {
  queue.add_broadcast(b, data("x"));
  queue.add_broadcast(a, data("y"));
  queue.add_broadcast(b, data("z"));
  BOOST_TEST(pop() == "2:xz");
  queue.add_broadcast(b, data("again"));
  BOOST_TEST(pop() == "1:y");
  BOOST_TEST(pop() == "2:again");
}

BOOST_AUTO_TEST_CASE(null_data_is_ignored) {
  queue.add_gossip(nullptr);
  queue.add_broadcast(a, nullptr);
  BOOST_TEST(queue.empty());
  queue.add_gossip(data("x"));
  queue.add_gossip(nullptr);
  BOOST_TEST(pop() == "gossip:x");
}

BOOST_AUTO_TEST_CASE(merging_leaves_shared_data_as_it_was) {
  auto shared = data("x");
  gossip_queue other;
  queue.add_gossip(shared);
  other.add_gossip(shared);
  queue.add_gossip(data("y"));
  auto item = other.pop();
  BOOST_TEST_REQUIRE(!!item);
  BOOST_TEST((item->data == shared));
  BOOST_TEST(static_cast<const text_data&>(*shared).text() == "x");
}

BOOST_AUTO_TEST_CASE(relayed_data_of_all_sources_and_queues_share_a_budget) {
  gossip_queue one{budget};
  gossip_queue other{budget};
  for (std::uint64_t i = 0; i < 1000; ++i) {
    one.add_broadcast(peer_name::from_number(i % 8), relayed(10 * kib));
    other.add_gossip(relayed(10 * kib));
    BOOST_TEST_REQUIRE(budget->taken() <= 100 * kib);
  }
  BOOST_TEST(one.dropped() + other.dropped() >= 1990u);
  BOOST_TEST(!(one.empty() && other.empty()));
}

BOOST_AUTO_TEST_CASE(the_oldest_data_beyond_the_budget_is_dropped) {
  gossip_queue one{budget};
  for (int i = 0; i < 10; ++i)
    one.add_broadcast(a, relayed(10 * kib));
  BOOST_TEST(one.dropped() == 0u);
  one.add_broadcast(b, relayed(10 * kib));
  BOOST_TEST(one.dropped() > 0u);
  auto first = one.pop();
  BOOST_TEST_REQUIRE(!!first);
  BOOST_TEST((first->broadcast_source == a));
  BOOST_TEST(first->data->encode().size() + one.dropped() == 10u);
  auto second = one.pop();
  BOOST_TEST_REQUIRE(!!second);
  BOOST_TEST((second->broadcast_source == b));
  BOOST_TEST(one.empty());
}

// The more neighbours are stuck, the less data may wait for each of them.
// Queues that hold more than that must drop data.
BOOST_AUTO_TEST_CASE(the_queues_of_all_neighbours_have_a_common_limit) {
  auto all = std::make_shared<common_limit>(400 * kib, 20 * kib);
  std::vector<relay_budget_ptr> budgets;
  std::deque<gossip_queue> queues;
  auto taken = [&] {
    std::size_t result = 0;
    for (const auto& x : budgets)
      result += x->taken();
    return result;
  };
  auto add_to_all = [&] {
    for (int round = 0; round < 100; ++round)
      for (auto& x : queues) {
        x.add_broadcast(a, relayed(10 * kib));
        BOOST_TEST_REQUIRE(taken() <= (400 + queues.size() * 20) * kib);
      }
  };
  for (std::size_t count : {3u, 30u}) {
    while (queues.size() < count) {
      budgets.push_back(std::make_shared<relay_budget>(100 * kib, all));
      queues.emplace_back(budgets.back());
    }
    add_to_all();
    for (const auto& x : budgets)
      BOOST_TEST(x->taken() >= (count == 3 ? 60 : 20) * kib);
  }
  BOOST_TEST(budgets.front()->taken() <= 50 * kib);
}

BOOST_AUTO_TEST_CASE(an_item_uses_the_budget_until_it_is_destroyed) {
  gossip_queue one{budget};
  one.add_broadcast(a, relayed(60 * kib));
  auto item = one.pop();
  one.add_broadcast(a, relayed(60 * kib));
  BOOST_TEST(one.empty());
  BOOST_TEST(budget->taken() == 60 * kib);
  item.reset();
  BOOST_TEST(budget->taken() == 0u);
  one.add_broadcast(a, relayed(60 * kib));
  BOOST_TEST(!one.empty());
}

BOOST_AUTO_TEST_CASE(a_destroyed_queue_gives_its_budget_back) {
  {
    gossip_queue one{budget};
    one.add_broadcast(a, relayed(20 * kib));
    one.add_gossip(relayed(20 * kib));
    BOOST_TEST(budget->taken() == 40 * kib);
  }
  BOOST_TEST(budget->taken() == 0u);
}

BOOST_AUTO_TEST_CASE(data_that_tells_no_size_uses_no_budget) {
  gossip_queue one{std::make_shared<relay_budget>(0)};
  one.add_broadcast(a, data("x"));
  one.add_gossip(data("y"));
  one.add_broadcast(b, relayed(kib));
  BOOST_TEST(one.dropped() == 1u);
}

// Without a budget, a member could pretend to be many peers and read slowly.
// The queue for each of these peers would then hold a merged copy of a large
// value.
BOOST_AUTO_TEST_CASE(merged_changes_of_values_use_the_budget) {
  gossip_queue one{budget};
  for (std::uint64_t i = 0; i < 1000; ++i) {
    one.add_broadcast(peer_name::from_number(i % 8),
                      replicated(std::string(kib, 'x')));
    BOOST_TEST_REQUIRE(budget->taken() <= 100 * kib);
  }
  BOOST_TEST(one.dropped() > 0u);
  BOOST_TEST(!one.empty());
  for (int i = 0; i < 1000; ++i) {
    one.add_gossip(replicated(std::string(kib, 'x')));
    BOOST_TEST_REQUIRE(budget->taken() <= 100 * kib);
  }
}

BOOST_AUTO_TEST_CASE(changes_that_were_not_merged_use_a_part_of_the_budget) {
  constexpr auto limit = relay_budget::usual_limit;
  budget = std::make_shared<relay_budget>();
  gossip_queue one{budget};
  const auto large = replicated(std::string(2 * limit, 'x'));
  one.add_gossip(large);
  BOOST_TEST(budget->taken() == 0u);
  for (std::uint64_t source = 1; source <= 4; ++source) {
    one.add_broadcast(peer_name::from_number(source), large);
    BOOST_TEST(budget->taken() == source * limit / 4);
  }
  BOOST_TEST(one.dropped() == 0u);
  one.add_broadcast(peer_name::from_number(5), large);
  BOOST_TEST(one.dropped() == 1u);
  BOOST_TEST(budget->taken() == limit);
  // Merging makes a copy, which counts in full and so exceeds the budget.
  one.add_broadcast(peer_name::from_number(5), replicated("x"));
  BOOST_TEST(one.dropped() == 5u);
  one.add_gossip(replicated("x"));
  BOOST_TEST(one.dropped() == 6u);
  BOOST_TEST(budget->taken() == 0u);
  BOOST_TEST(one.empty());
}

BOOST_AUTO_TEST_CASE(items_of_a_local_gossiper_use_no_budget) {
  gossip_queue one{budget};
  one.add_gossip(std::make_shared<letters>("xy"));
  one.add_broadcast(a, data("x"));
  for (int i = 0; i < 3; ++i) {
    auto item = one.pop();
    BOOST_TEST(item.has_value());
    BOOST_TEST(budget->taken() == 0u);
  }
}

BOOST_AUTO_TEST_CASE(relayed_data_leaves_in_batches_source_by_source) {
  for (int i = 0; i < 20; ++i)
    for (auto source : {a, b})
      queue.add_broadcast(source, relayed(100 * kib));
  std::size_t messages = 0;
  for (int i = 0; auto item = queue.pop(); ++i) {
    BOOST_TEST((item->broadcast_source == (i % 2 == 0 ? a : b)));
    BOOST_TEST(item->share.size() <= relayed_data::longest_run);
    messages += item->data->encode().size();
  }
  BOOST_TEST(messages == 40u);
}

// A queue gets data from two gossipers when a user joins a channel that the
// node only relayed before, or leaves a channel.
BOOST_AUTO_TEST_CASE(data_of_two_gossipers_is_concatenated) {
  queue.add_gossip(relayed(kib));
  queue.add_gossip(data("x"));
  queue.add_broadcast(a, data("x"));
  queue.add_broadcast(a, relayed(kib));
  BOOST_TEST(queue.pop()->data->encode().size() == 2u);
  BOOST_TEST(queue.pop()->data->encode().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_value_is_copied_once_however_many_changes_it_waits_for) {
  counted_text::copies = 0;
  auto everything = replicated("-");
  queue.add_gossip(everything);
  queue.add_broadcast(a, everything);
  for (int i = 0; i < 1000; ++i) {
    queue.add_gossip(replicated("x"));
    queue.add_broadcast(a, replicated("x"));
  }
  BOOST_TEST(counted_text::copies == 2);
  const auto all = "-" + std::string(1000, 'x');
  for (int i = 0; i < 2; ++i)
    BOOST_TEST(queue.pop()->data->encode().at(0).view().as_text() == all);
  BOOST_TEST(everything->encode().at(0).view().as_text() == "-");
}

BOOST_AUTO_TEST_CASE(data_that_has_left_the_queue_does_not_change) {
  for (auto text : {"x", "y"})
    queue.add_gossip(replicated(text));
  auto left = queue.pop()->data;
  queue.add_gossip(left);
  for (auto text : {"z", "."})
    queue.add_gossip(replicated(text));
  BOOST_TEST(left->encode().at(0).view().as_text() == "xy");
  BOOST_TEST(queue.pop()->data->encode().at(0).view().as_text() == "xyz.");
}

BOOST_AUTO_TEST_CASE(a_value_that_changes_in_place_is_encoded_again) {
  auto x = std::const_pointer_cast<gossip_data>(
    replicated("x")->merge(*replicated("y")));
  BOOST_TEST(x->encode().at(0).view().as_text() == "xy");
  BOOST_TEST(x->merge_in_place(*replicated("z")));
  BOOST_TEST(x->encode().at(0).view().as_text() == "xyz");
  // Data that was not made by merging may be shared with others, so it must not
  // be changed in place.
  x = std::const_pointer_cast<gossip_data>(replicated("x"));
  BOOST_TEST(!x->merge_in_place(*replicated("y")));
}

BOOST_AUTO_TEST_CASE(a_source_may_broadcast_again_after_its_data_has_left) {
  for (auto text : {"x", "y"}) {
    queue.add_broadcast(a, data(text));
    BOOST_TEST(pop() == std::string{"1:"} + text);
    BOOST_TEST(queue.empty());
  }
}

// Each pop removes only the next part from the queue. Later data can still be
// merged with the rest.
BOOST_AUTO_TEST_CASE(divisible_data_leaves_in_parts) {
  auto pop_text = [this] {
    auto item = queue.pop();
    return item ? std::string{item->data->encode()[0].view().as_text()} : "";
  };
  queue.add_gossip(std::make_shared<letters>("abc"));
  BOOST_TEST(pop_text() == "a");
  queue.add_gossip(std::make_shared<letters>("d"));
  for (std::string x : {"b", "c", "d", ""})
    BOOST_TEST(pop_text() == x);
  BOOST_TEST(queue.empty());
}

// A Go peer immediately forgets a peer to which it knows no path. So gossip
// about that peer must not overtake the broadcast that shows the path.
BOOST_AUTO_TEST_CASE(divisible_gossip_does_not_overtake_broadcasts) {
  queue.add_gossip(std::make_shared<letters>("1"));
  queue.add_broadcast(a, data("2"));
  queue.add_gossip(std::make_shared<letters>("3"));
  queue.add_broadcast(b, data("4"));
  queue.add_gossip(std::make_shared<letters>("5"));
  std::string order;
  while (auto item = queue.pop())
    order += item->data->encode()[0].view().as_text();
  BOOST_TEST(order == "12435");
  BOOST_TEST(queue.empty());
}

BOOST_AUTO_TEST_CASE(divisible_gossip_keeps_its_place_while_it_leaves) {
  queue.add_broadcast(a, data("1"));
  queue.add_gossip(std::make_shared<letters>("23"));
  std::string order;
  while (auto item = queue.pop()) {
    order += item->data->encode()[0].view().as_text();
    if (order == "12")
      queue.add_broadcast(b, data("4"));
  }
  BOOST_TEST(order == "1234");
}

BOOST_AUTO_TEST_CASE(a_divisible_broadcast_goes_on_after_the_other_sources) {
  queue.add_broadcast(a, std::make_shared<letters>("xy"));
  queue.add_broadcast(b, std::make_shared<letters>("1"));
  std::string order;
  while (auto item = queue.pop())
    order += item->data->encode()[0].view().as_text();
  BOOST_TEST(order == "x1y");
}

BOOST_AUTO_TEST_SUITE_END()
