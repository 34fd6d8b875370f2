#include "../../../actors/core/gossip_queue.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;

namespace {

/// Text that merges by appending, so that order and losses show.
class text_data : public gossip_data {
public:
  explicit text_data(std::string text) : text_(std::move(text)) {
  }
  std::vector<payload> encode() const override {
    return {payload::copy_of(byte_view{text_})};
  }
  gossip_data_ptr merge(const gossip_data& other) const override {
    const auto& more = static_cast<const text_data&>(other);
    return std::make_shared<text_data>(text_ + more.text_);
  }
  const std::string& text() const {
    return text_;
  }

private:
  std::string text_;
};

gossip_data_ptr data(std::string text) {
  return std::make_shared<text_data>(std::move(text));
}

struct fixture {
  gossip_queue queue;
  peer_name a = peer_name::from_number(1);
  peer_name b = peer_name::from_number(2);

  // `gossip:text`, `number of the source:text`, or `nothing`.
  std::string pop() {
    auto item = queue.pop();
    if (!item)
      return "nothing";
    auto source = item->broadcast_source;
    auto kind = source ? std::to_string(source->number()) : "gossip";
    return kind + ":" + static_cast<const text_data&>(*item->data).text();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(gossip_queue_tests, fixture)

BOOST_AUTO_TEST_CASE(a_new_queue_has_nothing) {
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

BOOST_AUTO_TEST_CASE(broadcasts_merge_into_one_a_source) {
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

BOOST_AUTO_TEST_SUITE_END()
