#include "actors/core/directory/name_entry.hpp"

#include <boost/test/unit_test.hpp>

#include "actors/core/directory/directory_limits.hpp"
#include "tests/actors/core/directory/directory_simulation.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::names;
using namespace cafmesh::test;

namespace {

entry some_entry() {
  return entry_of(7, {"(a)->(b)", "(c)->(d)"}, {{"zone", "a"}, {"zoo", "b"}});
}

std::vector<std::string> texts(std::size_t count, std::size_t size) {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < count; ++i) {
    result.push_back(std::to_string(i));
    result.back().resize(size, '-');
  }
  return result;
}

attribute_map attributes(std::size_t count) {
  attribute_map result;
  for (std::size_t i = 0; i < count; ++i)
    result[std::to_string(i)] = "value";
  return result;
}

bool fits(const entry& x) {
  const auto err = check_entry("name", x);
  BOOST_TEST((!err || is(err, errc::too_large)));
  return !err;
}

} // namespace

BOOST_AUTO_TEST_SUITE(name_entry_tests)

BOOST_AUTO_TEST_CASE(entries_are_equal_if_their_texts_are) {
  BOOST_TEST((some_entry() == some_entry()));
  BOOST_TEST((entry_of(7) == entry_of(7)));
  const auto same = some_entry();
  BOOST_TEST((same == same));
}

BOOST_AUTO_TEST_CASE(entries_differ_in_actor_interface_or_attributes) {
  std::vector<entry> others(6, some_entry());
  others[0].actor = 8;
  others[1].interface = nullptr;
  others[2].interface = make_interface({"(a)->(b)"});
  others[3].attributes = nullptr;
  others[4].attributes = make_attributes({{"zone", "a"}});
  others[5] = entry_of(7);
  for (const auto& x : others) {
    BOOST_TEST(!(x == some_entry()));
    BOOST_TEST(!(some_entry() == x));
  }
}

BOOST_AUTO_TEST_CASE(an_interface_is_sorted_and_has_each_signature_once) {
  const std::vector<std::string> expected{"a", "b", "c"};
  BOOST_TEST((*make_interface({"c", "a", "b", "a", "c"}) == expected));
  BOOST_TEST(!make_interface({}));
}

BOOST_AUTO_TEST_CASE(no_attributes_are_null) {
  BOOST_TEST(!make_attributes({}));
  BOOST_TEST(make_attributes({{"k", "v"}})->at("k") == "v");
}

// All peers must compute the same digests, whatever version of cafmesh they
// run. The expected digests come from a different implementation of BLAKE2b.
BOOST_AUTO_TEST_CASE(digests_are_those_of_the_protocol) {
  const auto full = entry_summary::digest_of("db", some_entry());
  BOOST_TEST((full.content
              == fingerprint{0x0377'ae54'9f1c'4bd2, 0xdc69'27ad'08e7'618c}));
  const auto bare = entry_summary::digest_of("db", entry_of(7));
  BOOST_TEST((bare.content
              == fingerprint{0xe80c'd5cb'd67e'0ffa, 0x573b'1e8d'd8b3'5703}));
}

BOOST_AUTO_TEST_CASE(an_entry_counts_200_bytes_beyond_its_description) {
  BOOST_TEST(entry_summary::digest_of("db", entry_of(7)).bytes == 205u);
  BOOST_TEST(entry_summary::digest_of("db", some_entry()).bytes == 236u);
}

BOOST_AUTO_TEST_CASE(a_summary_adds_up_bytes_and_digests) {
  entry_map map;
  map.set("db", some_entry());
  map.set("web", entry_of(2));
  map.set("x", entry_of(3));
  digest_sum content;
  std::size_t size = 0;
  for (const auto& [name, x] : map) {
    const auto digest = entry_summary::digest_of(name, x);
    content += digest.content;
    size += digest.bytes;
  }
  BOOST_TEST((map.summary().content == content));
  BOOST_TEST(map.summary().bytes == size);
}

BOOST_AUTO_TEST_CASE(a_name_has_1_to_255_bytes) {
  BOOST_TEST(is(check_entry("", entry_of(1)), errc::bad_setting));
  BOOST_TEST(!check_entry("n", entry_of(1)));
  BOOST_TEST(!check_entry(std::string(max_name, 'n'), entry_of(1)));
  BOOST_TEST(is(check_entry(std::string(max_name + 1, 'n'), entry_of(1)),
                errc::too_large));
}

BOOST_AUTO_TEST_CASE(an_interface_has_at_most_256_signatures) {
  BOOST_TEST(fits(entry_of(1, texts(max_signatures, 4))));
  BOOST_TEST(!fits(entry_of(1, texts(max_signatures + 1, 4))));
}

BOOST_AUTO_TEST_CASE(the_signatures_of_an_interface_have_at_most_8_kib) {
  auto signatures = texts(4, max_interface / 4);
  BOOST_TEST(fits(entry_of(1, signatures)));
  signatures.back() += '-';
  BOOST_TEST(!fits(entry_of(1, signatures)));
}

BOOST_AUTO_TEST_CASE(an_entry_has_at_most_16_attributes) {
  BOOST_TEST(fits(entry_of(1, {}, attributes(max_attributes))));
  BOOST_TEST(!fits(entry_of(1, {}, attributes(max_attributes + 1))));
}

BOOST_AUTO_TEST_CASE(attributes_have_keys_of_64_and_values_of_255_bytes) {
  auto with = [](std::size_t key, std::size_t value) {
    return entry_of(1, {"signature"},
                    {{std::string(key, 'k'), std::string(value, 'v')}});
  };
  BOOST_TEST(fits(with(max_attribute_key, max_attribute_value)));
  BOOST_TEST(!fits(with(max_attribute_key + 1, max_attribute_value)));
  BOOST_TEST(!fits(with(max_attribute_key, max_attribute_value + 1)));
}

BOOST_AUTO_TEST_SUITE_END()
