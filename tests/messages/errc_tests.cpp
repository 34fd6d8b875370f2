#include <cafmesh/errc.hpp>

#include <set>
#include <string>

#include <boost/test/unit_test.hpp>
#include <caf/sec.hpp>

#include "tests/support/every_errc.hpp"

using namespace cafmesh;

BOOST_AUTO_TEST_SUITE(errc_tests)

BOOST_AUTO_TEST_CASE(code_and_text_are_rendered) {
  auto err = make_error(errc::no_route, "unknown peer 01:02");
  BOOST_TEST(describe(err) == "no_route: unknown peer 01:02");
}

BOOST_AUTO_TEST_CASE(a_code_alone_is_rendered_without_text) {
  BOOST_TEST(describe(make_error(errc::timed_out)) == "timed_out");
  BOOST_TEST(describe(caf::error{errc::stopped}) == "stopped");
}

BOOST_AUTO_TEST_CASE(no_error_has_no_code) {
  BOOST_TEST(describe(caf::error{}) == "none");
  BOOST_TEST(!is(caf::error{}, errc::malformed));
}

BOOST_AUTO_TEST_CASE(errors_of_other_categories_have_no_code_of_ours) {
  caf::error err = caf::sec::unexpected_message;
  BOOST_TEST(!is(err, static_cast<errc>(err.code())));
  BOOST_TEST(describe(err) == caf::to_string(err));
}

BOOST_AUTO_TEST_CASE(an_error_has_its_code_and_no_other) {
  auto err = make_error(errc::congested, "x");
  BOOST_TEST(is(err, errc::congested));
  BOOST_TEST(!is(err, errc::no_connection));
}

BOOST_AUTO_TEST_CASE(every_code_has_a_name_of_its_own) {
  std::set<std::string> names;
  for (auto x : test::every_errc())
    names.insert(to_string(x));
  BOOST_TEST(names.size() == test::every_errc().size());
  BOOST_TEST(names.count("too_many_actors") == 1u);
}

BOOST_AUTO_TEST_CASE(a_code_from_a_newer_version_does_not_crash) {
  BOOST_TEST(to_string(static_cast<errc>(250)) == "unknown_error");
}

BOOST_AUTO_TEST_SUITE_END()
