#include <boost/test/unit_test.hpp>

#include "actors/core/crdt/outline.hpp"
#include "messages/wire/topology_digest.hpp"
#include "tests/actors/core/mesh/mesh_model_fixture.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of two mesh models that compare digests and send only the records that
// differ.
namespace {

constexpr unsigned first = 100;

/// Two models that exchange digests. Both are models of peer 5, so that not
/// even their own records differ. Both know peer 1 and its `count` neighbours,
/// which are numbered from `first` on.
struct two_views {
  explicit two_views(unsigned count = 300) {
    for (auto* x : {&mine, &theirs}) {
      x->connect(1);
      x->skip_announcements();
      std::vector<unsigned> all{us};
      for (unsigned i = 0; i < count; ++i)
        all.push_back(first + i);
      std::vector<peer_record> records{says(1, all)};
      for (unsigned i = 0; i < count; ++i)
        records.push_back(says(first + i, {1}));
      x->hear(records);
    }
    mine.state.complete();
    theirs.state.complete();
  }

  /// Sends the digest of `mine` to `theirs`, then delivers answers both ways
  /// until there are none.
  void exchange() {
    auto* from = &mine;
    auto* to = &theirs;
    auto messages = from->state.digest()->encode();
    while (!messages.empty()) {
      ++rounds;
      std::vector<payload> answers;
      for (const auto& x : messages)
        give(x, *to, answers);
      std::swap(from, to);
      messages = std::move(answers);
    }
  }

  void give(const payload& x, view& to, std::vector<payload>& answers) {
    bytes_sent += x.size();
    if (wire::kind_of_topology_message(x.view())
        == wire::topology_message::update) {
      auto applied = to.hear_bytes(x.view());
      BOOST_TEST_REQUIRE(bool{applied});
      return;
    }
    auto found = to.state.compare(x.view());
    BOOST_TEST_REQUIRE(bool{found});
    if (!found->reply.empty())
      answers.push_back(found->reply);
    if (auto records = to.state.records_in(found->missing)) {
      records_sent += records->records().size();
      BOOST_TEST(records->size() == found->missing_size);
      for (const auto& y : records->encode())
        answers.push_back(y);
    }
  }

  bool agree() const {
    return mine.state.records() == theirs.state.records();
  }

  view mine;
  view theirs;
  std::size_t rounds = 0;
  std::size_t bytes_sent = 0;
  std::size_t records_sent = 0;
};

payload outline_of(std::vector<outline::part> parts) {
  auto data = encode(outline{name_of(9), std::move(parts)});
  return wire::outline_message(byte_view{data});
}

} // namespace

BOOST_AUTO_TEST_SUITE(mesh_model_digests_tests)

BOOST_AUTO_TEST_CASE(views_that_agree_exchange_one_small_message) {
  two_views views;
  BOOST_TEST(views.agree());
  views.exchange();
  BOOST_TEST(views.rounds == 1u);
  BOOST_TEST(views.bytes_sent < 40u);
}

BOOST_AUTO_TEST_CASE(one_record_that_differs_takes_few_rounds_and_records) {
  for (unsigned which : {0u, 1u, 150u, 298u, 299u}) {
    two_views views;
    views.theirs.hear({says(first + which, {1}, 2)});
    BOOST_TEST(!views.agree());
    views.exchange();
    BOOST_TEST(views.agree());
    BOOST_TEST(views.rounds <= 6u);
    BOOST_TEST(views.records_sent <= 8u);
    BOOST_TEST(views.bytes_sent < 4000u);
  }
}

BOOST_AUTO_TEST_CASE(differences_on_both_sides_are_healed) {
  two_views views;
  for (unsigned i = 0; i < 300; i += 7)
    (i % 2 == 0 ? views.mine : views.theirs)
      .hear({says(first + i, {1}, 2 + i)});
  views.exchange();
  BOOST_TEST(views.agree());
}

BOOST_AUTO_TEST_CASE(a_newcomer_gets_each_record_once) {
  two_views views;
  views.mine.connect(7);
  view newcomer;
  newcomer.connect(1);
  std::swap(views.theirs, newcomer);
  views.exchange();
  BOOST_TEST(views.theirs.known() == views.mine.known());
  BOOST_TEST(views.records_sent <= 303u + 8u);
  BOOST_TEST(views.rounds <= 4u);
}

BOOST_AUTO_TEST_CASE(a_peer_out_of_reach_is_not_described) {
  view_of_one_neighbour x;
  x.hear({says(1, {us})});
  auto before = x.state.digest()->encode();
  x.hear({says(70, {71})});
  BOOST_TEST(x.known() == "1 5 70");
  BOOST_TEST((x.state.digest()->encode() == before));
}

BOOST_AUTO_TEST_CASE(each_change_shows_in_the_digest) {
  view_of_one_neighbour x;
  auto digest = [&x] {
    return x.state.digest()->encode().front();
  };
  auto seen = digest();
  auto changes = [&] {
    auto before = std::exchange(seen, digest());
    return !(before == seen);
  };
  BOOST_TEST(!changes());
  x.hear({says(1, {us, 2})});
  BOOST_TEST(changes());
  x.hear({says(2, {1})});
  BOOST_TEST(changes());
  x.connect(3);
  BOOST_TEST(changes());
  x.remove(3);
  BOOST_TEST(changes());
  BOOST_TEST(!changes());
}

// -- liars

BOOST_AUTO_TEST_CASE(what_is_no_outline_is_refused_and_changes_nothing) {
  two_views views;
  for (const auto& junk :
       {bytes{0x80}, bytes{0x80, 2}, bytes{0x80, 1, 0}, bytes(70'000, 0x80)})
    BOOST_TEST(!views.mine.state.compare(byte_view{junk}));
  BOOST_TEST(views.agree());
}

BOOST_AUTO_TEST_CASE(no_digest_gets_a_reply_larger_than_an_outline_may_be) {
  two_views views;
  std::vector<outline::part> parts;
  for (unsigned i = 0; i < 255; ++i) {
    bytes end;
    name_of(first + i + 1).append_to(end);
    parts.push_back({outline::kind::described,
                     std::string{byte_view{end}.as_text()},
                     9,
                     {1, i}});
  }
  parts.push_back({outline::kind::described, {}, INT64_MAX, {3, 4}});
  auto found = views.mine.state.compare(outline_of(parts).view());
  BOOST_TEST_REQUIRE(bool{found});
  BOOST_TEST(found->reply.size() <= 16u * 1024);
  BOOST_TEST(found->missing_size <= found->whole);
}

BOOST_AUTO_TEST_CASE(all_records_are_sent_to_one_that_wants_them) {
  two_views views;
  auto all = outline_of({{outline::kind::wanted, {}, 0, {}}});
  auto found = views.mine.state.compare(all.view());
  BOOST_TEST_REQUIRE(bool{found});
  BOOST_TEST(found->answers);
  BOOST_TEST(!found->asks);
  auto records = views.mine.state.records_in(found->missing);
  BOOST_TEST_REQUIRE((records != nullptr));
  BOOST_TEST(records->records().size() == 302u);
  BOOST_TEST(found->missing_size == found->whole);
}

BOOST_AUTO_TEST_SUITE_END()
