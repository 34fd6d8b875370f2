#include "messages/wire/hold.hpp"

#include <boost/test/unit_test.hpp>

#include <cafmesh/gossiping.hpp>

using namespace cafmesh;
using namespace cafmesh::wire;

namespace {

bytes written(bool on, std::string_view channel) {
  bytes result;
  append_hold(result, {on, channel});
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(hold_tests)

BOOST_AUTO_TEST_CASE(a_hold_is_a_flag_and_the_channel) {
  BOOST_TEST(written(true, "ab") == (bytes{1, 'a', 'b'}));
  BOOST_TEST(written(false, "ab") == (bytes{0, 'a', 'b'}));
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read) {
  for (auto on : {false, true})
    for (const auto& channel : {std::string{}, std::string{"chan"},
                                std::string(max_channel_name_size, 'x')}) {
      const auto all = written(on, channel);
      const auto x = read_hold(all);
      BOOST_TEST_REQUIRE(x.has_value());
      BOOST_TEST(x->on == on);
      BOOST_TEST(x->channel == channel);
    }
}

BOOST_AUTO_TEST_CASE(anything_else_is_malformed) {
  BOOST_TEST(!read_hold({}).has_value());
  BOOST_TEST(!read_hold(bytes{2, 'a'}).has_value());
  BOOST_TEST(
    !read_hold(written(true, std::string(max_channel_name_size + 1, 'x')))
       .has_value());
}

BOOST_AUTO_TEST_SUITE_END()
