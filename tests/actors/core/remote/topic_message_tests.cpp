#include "actors/core/remote/topic_message.hpp"

#include <boost/test/unit_test.hpp>

#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::remote;

namespace {

bytes encoded(const std::string& topic, std::uint64_t number) {
  bytes result;
  append_topic_message(result, {7, number, topic, {}});
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(topic_message_tests)

BOOST_AUTO_TEST_CASE(a_message_is_read_as_it_was_written) {
  auto raw = encoded("news", 300);
  BOOST_TEST(to_hex(raw) == "010000000000000007ac02046e657773");
  raw.push_back(9);
  auto x = read_topic_message(raw);
  BOOST_TEST_REQUIRE(x.has_value());
  BOOST_TEST(x->publisher == 7u);
  BOOST_TEST(x->number == 300u);
  BOOST_TEST(x->topic == "news");
  BOOST_TEST(to_hex(x->content) == "09");
}

BOOST_AUTO_TEST_CASE(what_is_cut_off_is_malformed) {
  auto raw = encoded("news", 1);
  for (std::size_t size = 0; size < raw.size(); ++size)
    BOOST_TEST(!read_topic_message(byte_view{raw}.sub(0, size)));
}

BOOST_AUTO_TEST_CASE(other_formats_numbers_and_topics_are_malformed) {
  auto raw = encoded("news", 1);
  raw[0] = 2;
  BOOST_TEST(!read_topic_message(raw));
  BOOST_TEST(!read_topic_message(encoded("", 1)));
  BOOST_TEST(read_topic_message(encoded(std::string(249, 'x'), 1)).has_value());
  BOOST_TEST(!read_topic_message(encoded(std::string(250, 'x'), 1)));
  BOOST_TEST(!read_topic_message(encoded("news", 0)));
  BOOST_TEST(!read_topic_message(encoded("news", ~std::uint64_t{0})));
}

BOOST_AUTO_TEST_CASE(the_largest_number_is_2_to_the_60) {
  auto largest = std::uint64_t{1} << 60;
  BOOST_TEST(read_topic_message(encoded("news", largest)).has_value());
  BOOST_TEST(!read_topic_message(encoded("news", largest + 1)));
}

BOOST_AUTO_TEST_CASE(a_topic_has_1_to_249_bytes) {
  for (std::size_t size : {1, 249})
    BOOST_TEST(!check_topic(std::string(size, 'x')));
  for (std::size_t size : {0, 250}) {
    auto err = check_topic(std::string(size, 'x'));
    BOOST_TEST(is(err, errc::bad_setting));
    BOOST_TEST(describe(err).find("249") != std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()
