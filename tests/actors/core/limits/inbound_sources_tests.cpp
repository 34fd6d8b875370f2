#include "actors/core/limits/inbound_sources.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;

namespace {

struct fixture {
  inbound_sources sources;
  std::uint64_t last = 0;

  static ip_address ip(const std::string& text) {
    return ip_address::parse(text).value();
  }
  void come(const std::string& from, int times = 1) {
    for (int i = 0; i < times; ++i)
      sources.add(connection_id{++last}, ip(from));
  }
  std::uint64_t to_close(std::size_t least = 2) const {
    auto result = sources.to_close(least);
    return result ? static_cast<std::uint64_t>(*result) : 0;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(inbound_sources_tests, fixture)

BOOST_AUTO_TEST_CASE(the_source_with_most_loses_its_newest) {
  BOOST_TEST(to_close() == 0u);
  come("10.0.0.1", 2);
  come("10.0.0.2", 3);
  come("10.0.0.1");
  come("10.0.0.2");
  come("10.0.0.1");
  come("10.0.0.2");
  come("10.0.0.3");
  BOOST_TEST(to_close() == 9u);
  sources.remove(connection_id{9});
  sources.remove(connection_id{9});
  sources.remove(connection_id{7});
  BOOST_TEST(sources.count(ip("10.0.0.2")) == 3u);
  BOOST_TEST(to_close() == 8u);
}

BOOST_AUTO_TEST_CASE(a_source_with_too_few_loses_none) {
  come("10.0.0.1", 3);
  BOOST_TEST(to_close(3) == 3u);
  BOOST_TEST(to_close(4) == 0u);
}

BOOST_AUTO_TEST_CASE(a_source_with_less_than_a_quarter_of_all_loses_none) {
  come("10.0.0.1", 3);
  for (int i = 0; i < 9; ++i)
    come("10.0.1." + std::to_string(i));
  BOOST_TEST(to_close() == 3u);
  come("10.0.2.1");
  BOOST_TEST(to_close() == 0u);
}

BOOST_AUTO_TEST_CASE(an_ipv6_64_is_one_source) {
  come("2001:db8::1");
  come("2001:db8::2");
  come("2001:db8:0:1::1");
  BOOST_TEST(sources.count(ip("2001:db8::3")) == 2u);
  BOOST_TEST(to_close() == 2u);
}

BOOST_AUTO_TEST_CASE(sources_that_have_gone_do_not_count) {
  come("10.0.0.1", 2);
  sources.remove(connection_id{1});
  sources.remove(connection_id{2});
  BOOST_TEST(sources.count(ip("10.0.0.1")) == 0u);
  BOOST_TEST(to_close(0) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
