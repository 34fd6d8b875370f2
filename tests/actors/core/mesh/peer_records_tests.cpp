#include "actors/core/mesh/peer_records.hpp"

#include <atomic>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "messages/wire/topology_digest.hpp"
#include "tests/actors/core/mesh/mesh_model_fixture.hpp"
#include "tests/support/encoded_records.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of the gossip data of the channel `topology`: how records are encoded,
// merged and split.
namespace {

encoded_record encoded(const peer_record& x) {
  bytes data;
  append_peer_record(data, x);
  return {x.peer.name, edition_of(x.peer), data};
}

gossip_data_ptr data_of(const std::vector<peer_record>& records) {
  std::vector<encoded_record> result;
  for (auto& x : records)
    result.push_back(encoded(x));
  return std::make_shared<peer_records>(std::move(result));
}

/// Makes a record of `size` zero bytes, which cannot be decoded.
encoded_record bulk(unsigned peer, std::size_t size) {
  return {name_of(peer), {}, bytes(size)};
}

std::vector<std::size_t> sizes(const peer_records& data) {
  std::vector<std::size_t> result;
  for (auto& x : data.encode())
    result.push_back(x.size() - wire::topology_definitions().size());
  return result;
}

constexpr std::size_t mebibyte = 1024 * 1024;

} // namespace

BOOST_AUTO_TEST_SUITE(peer_records_tests)

BOOST_AUTO_TEST_CASE(records_are_read_as_they_were_written) {
  std::vector<peer_record> records{says(1, {2, 3}), says(2, {}, 9)};
  BOOST_TEST(same(read(data_of(records)), records));
}

BOOST_AUTO_TEST_CASE(threads_find_the_same_fingerprint_of_a_record) {
  for (unsigned i = 0; i < 100; ++i) {
    const auto x = encoded(says(1, {2, 3}, i));
    const auto expected = fingerprint_of(x.data());
    std::vector<std::thread> threads;
    std::atomic<int> equal{0};
    for (int k = 0; k < 4; ++k)
      threads.emplace_back([&, copy = x] {
        for (int round = 0; round < 2; ++round)
          equal += copy.content() == expected ? 1 : 0;
      });
    for (auto& each : threads)
      each.join();
    BOOST_TEST_REQUIRE(equal == 8);
  }
}

BOOST_AUTO_TEST_CASE(small_records_share_one_update) {
  BOOST_TEST(data_of({says(1, {}), says(2, {})})->encode().size() == 1u);
}

BOOST_AUTO_TEST_CASE(no_records_make_no_update) {
  BOOST_TEST(data_of({})->encode().empty());
}

BOOST_AUTO_TEST_CASE(records_too_large_for_one_update_are_split) {
  peer_records data{
    {bulk(1, 4 * mebibyte), bulk(2, 4 * mebibyte), bulk(3, 4 * mebibyte)}};
  std::vector<std::size_t> expected{8 * mebibyte, 4 * mebibyte};
  BOOST_TEST(sizes(data) == expected);
}

BOOST_AUTO_TEST_CASE(a_record_beyond_the_limit_is_sent_alone) {
  peer_records data{{bulk(1, 10), bulk(2, 9 * mebibyte), bulk(3, 10)}};
  std::vector<std::size_t> expected{10, 9 * mebibyte, 10};
  BOOST_TEST(sizes(data) == expected);
}

BOOST_AUTO_TEST_CASE(an_update_may_be_as_large_as_the_limit) {
  auto rest = peer_records::max_update_size
              - wire::topology_definitions().size() - mebibyte;
  peer_records fits{{bulk(1, mebibyte), bulk(2, rest)}};
  BOOST_TEST(fits.encode().size() == 1u);
  peer_records too_large{{bulk(1, mebibyte), bulk(2, rest + 1)}};
  BOOST_TEST(too_large.encode().size() == 2u);
}

BOOST_AUTO_TEST_CASE(merging_keeps_all_and_their_order) {
  auto merged = data_of({says(1, {}), says(4, {})})
                  ->merge(*data_of({says(2, {}), says(6, {})}));
  BOOST_TEST(
    same(read(merged), {says(1, {}), says(2, {}), says(4, {}), says(6, {})}));
}

BOOST_AUTO_TEST_CASE(merging_keeps_the_newer_of_two_records) {
  auto older = data_of({says(1, {2}, 7)});
  auto newer = data_of({says(1, {3}, 8)});
  BOOST_TEST(same(read(older->merge(*newer)), {says(1, {3}, 8)}));
  BOOST_TEST(same(read(newer->merge(*older)), {says(1, {3}, 8)}));
}

BOOST_AUTO_TEST_CASE(merging_leaves_both_sides_as_they_were) {
  auto left = data_of({says(1, {2}, 7)});
  auto right = data_of({says(1, {3}, 8), says(2, {})});
  left->merge(*right);
  BOOST_TEST(same(read(left), {says(1, {2}, 7)}));
  BOOST_TEST(same(read(right), {says(1, {3}, 8), says(2, {})}));
}

BOOST_AUTO_TEST_CASE(version_counts_before_uid_and_uid_before_short_id) {
  record_edition base{7, peer_uid{100}, true};
  BOOST_TEST(supersedes({8, peer_uid{1}, false}, base));
  BOOST_TEST(supersedes({7, peer_uid{101}, false}, base));
  BOOST_TEST(!supersedes({7, peer_uid{99}, true}, base));
  BOOST_TEST(!supersedes({6, peer_uid{101}, true}, base));
  BOOST_TEST(!supersedes(base, base));
  BOOST_TEST(supersedes(base, {7, peer_uid{100}, false}));
}

// -- records that the mesh model returns

BOOST_AUTO_TEST_CASE(the_complete_state_is_the_same_object_until_a_change) {
  view mesh;
  mesh.connect(1);
  auto before = mesh.state.complete();
  BOOST_TEST((mesh.state.complete() == before));
  mesh.hear({says(1, {us})});
  BOOST_TEST((mesh.state.complete() != before));
}

BOOST_AUTO_TEST_CASE(records_that_did_not_change_are_shared) {
  view mesh;
  mesh.connect(1);
  mesh.hear({says(1, {us, 2}), says(2, {1})});
  auto record_of = [&](std::size_t i) {
    return static_cast<const peer_records&>(*mesh.state.complete())
      .records()[i];
  };
  auto first = record_of(0);
  auto second = record_of(1);
  mesh.hear({says(1, {us, 2}, 2)});
  BOOST_TEST(!record_of(0).shares_with(first));
  BOOST_TEST(record_of(1).shares_with(second));
}

BOOST_AUTO_TEST_CASE(returned_data_never_changes) {
  view mesh;
  mesh.connect(1);
  mesh.hear({says(1, {us})});
  auto before = mesh.state.complete();
  mesh.remove(1);
  BOOST_TEST(subjects(before) == "1 5");
  BOOST_TEST(subjects(mesh.state.complete()) == "5");
}

//  5 - 1 - 899 - 898 - … - 300
BOOST_AUTO_TEST_CASE(many_records_leave_in_parts_and_the_nearest_peers_first) {
  view mesh;
  mesh.connect(1);
  std::vector<peer_record> chain{says(1, {us, 899})};
  for (unsigned i = 300; i < 900; ++i)
    chain.push_back(i == 300 ? says(i, {i + 1})
                             : says(i, {i - 1, i == 899 ? 1 : i + 1}));
  mesh.hear(chain);
  auto all = mesh.state.complete();
  auto [first, rest] = static_cast<const peer_records&>(*all).split();
  BOOST_TEST_REQUIRE((first && rest));
  const auto count = static_cast<const peer_records&>(*first).records().size();
  std::vector<peer_name> nearest{name_of(us), name_of(1)};
  for (unsigned i = 899; nearest.size() < count; --i)
    nearest.push_back(name_of(i));
  BOOST_TEST(subjects(first) == numbers(nearest));
}

BOOST_AUTO_TEST_CASE(the_bytes_count_only_between_records_of_one_edition) {
  auto with = [](std::uint64_t version, std::uint8_t byte) {
    record_edition edition;
    edition.version = version;
    return encoded_record{name_of(1), edition, bytes{byte}};
  };
  BOOST_TEST(supersedes(with(2, 1), with(1, 9)));
  BOOST_TEST(!supersedes(with(1, 9), with(2, 1)));
  BOOST_TEST(supersedes(with(1, 9), with(1, 1)));
  BOOST_TEST(!supersedes(with(1, 1), with(1, 9)));
  BOOST_TEST(!supersedes(with(1, 1), with(1, 1)));
}

// -- in parts

namespace {

constexpr std::size_t part = peer_records::part_size;

std::string subjects_of(const gossip_data_ptr& x) {
  return x ? subjects(x) : "none";
}

} // namespace

BOOST_AUTO_TEST_CASE(records_leave_in_parts_in_the_order_of_their_ranks) {
  peer_records data{{bulk(1, part / 2), bulk(2, part / 2), bulk(3, part / 2),
                     bulk(4, part / 2)},
                    {3, 1, 0, 2}};
  auto [first, rest] = data.split();
  BOOST_TEST(subjects_of(first) == "2 3");
  BOOST_TEST(subjects_of(rest) == "1 4");
  auto [whole, nothing] = static_cast<const peer_records&>(*rest).split();
  BOOST_TEST((!whole && !nothing));
}

BOOST_AUTO_TEST_CASE(a_record_larger_than_a_part_leaves_alone) {
  peer_records data{{bulk(1, 3 * part), bulk(2, 1)}, {0, 1}};
  auto [first, rest] = data.split();
  BOOST_TEST(subjects_of(first) == "1");
  BOOST_TEST(subjects_of(rest) == "2");
}

// Ranks give the order in which records must be sent, which follows the paths
// from us. Records without ranks are not split, because that order is unknown.
BOOST_AUTO_TEST_CASE(records_without_ranks_stay_together) {
  peer_records data{{bulk(1, part), bulk(2, part), bulk(3, part)}};
  auto [first, rest] = data.split();
  BOOST_TEST((!first && !rest));
}

BOOST_AUTO_TEST_CASE(news_that_is_merged_in_waits_for_the_last_part) {
  peer_records waiting{{bulk(2, part), bulk(4, part)}, {1, 0}};
  peer_records news{{bulk(1, 10), bulk(3, 10)}};
  auto all = waiting.merge(news);
  auto [first, rest] = static_cast<const peer_records&>(*all).split();
  BOOST_TEST(subjects_of(first) == "4");
  BOOST_TEST(subjects_of(rest) == "1 2 3");
}

BOOST_AUTO_TEST_CASE(a_newer_record_takes_the_place_of_the_one_that_waits) {
  auto older = encoded(says(1, {}, 1));
  auto newer = encoded(says(1, {}, 2));
  peer_records waiting{{older, bulk(2, 2 * part)}, {0, 1}};
  auto all = waiting.merge(peer_records{{newer}});
  auto [first, rest] = static_cast<const peer_records&>(*all).split();
  BOOST_TEST(subjects_of(first) == "1");
  BOOST_TEST(read(first).front().peer.version == 2u);
  BOOST_TEST(subjects_of(rest) == "2");
}

// -- digests

BOOST_AUTO_TEST_CASE(replies_go_first_and_a_digest_and_the_end_last) {
  auto text = [](std::string_view x) {
    return payload::copy_of(byte_view{x});
  };
  peer_records records{{bulk(1, part), bulk(2, part)}, {0, 1}};
  peer_records data{records, {{text("reply")}, text("digest"), true}};
  auto [first, rest] = data.split();
  auto messages = first->encode();
  BOOST_TEST_REQUIRE(messages.size() == 2u);
  BOOST_TEST(messages[0].view().as_text() == "reply");
  messages = rest->encode();
  BOOST_TEST_REQUIRE(messages.size() == 3u);
  BOOST_TEST(messages[1].view().as_text() == "digest");
  BOOST_TEST((messages[2] == wire::end_of_answer()));
}

BOOST_AUTO_TEST_CASE(a_later_digest_replaces_one_that_waits) {
  auto text = [](std::string_view x) {
    return payload::copy_of(byte_view{x});
  };
  auto both = peer_records::only({{}, text("old"), false})
                ->merge(*peer_records::only({{}, text("new"), false}));
  BOOST_TEST_REQUIRE(both->encode().size() == 1u);
  BOOST_TEST(both->encode()[0].view().as_text() == "new");
}

BOOST_AUTO_TEST_CASE(few_replies_wait) {
  auto text = [](std::size_t x) {
    return payload::copy_of(byte_view{std::to_string(x)});
  };
  gossip_data_ptr waiting = peer_records::only({{text(0)}, {}, false});
  for (std::size_t i = 1; i < 10; ++i)
    waiting = waiting->merge(*peer_records::only({{text(i)}, {}, false}));
  auto left = waiting->encode();
  BOOST_TEST_REQUIRE(left.size() == digest_messages::most_replies);
  BOOST_TEST(left.back().view().as_text() == "9");
}

BOOST_AUTO_TEST_SUITE_END()
