#include "tools/meshd/mesh/known_errors.hpp"

#include <set>
#include <string>

#include <boost/test/unit_test.hpp>
#include <caf/sec.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/every_errc.hpp"
#include "tools/meshd/api/call.hpp"
#include "tools/meshd/api/hints.hpp"
#include "tools/meshd/api/openapi.hpp"

using namespace meshd;
using cafmesh::errc;

// Tests of how the library's errors are reported to clients.
namespace {

std::set<std::string> documented_codes() {
  auto all = nlohmann::json::parse(openapi_text);
  return all["components"]["schemas"]["Problem"]["properties"]["code"]["enum"];
}

} // namespace

BOOST_AUTO_TEST_SUITE(known_errors_tests)

BOOST_AUTO_TEST_CASE(every_error_has_a_status_a_documented_code_and_a_hint) {
  auto documented = documented_codes();
  for (auto x : cafmesh::test::every_errc()) {
    const auto* known = find_known(x);
    BOOST_TEST_CONTEXT(to_string(x)) {
      BOOST_TEST(known, "meshd does not know the error");
      if (!known)
        continue;
      BOOST_TEST(title_of(known->status) != "Error");
      BOOST_TEST(documented.count(known->code) == 1u);
      BOOST_TEST(usual_hint(known->code) != "");
      auto told = problem_of(make_error(x, "text"));
      BOOST_TEST(told.status == known->status);
      BOOST_TEST(told.code == known->code);
      BOOST_TEST(told.detail
                 == (x == cafmesh::errc::stopped
                       ? std::string{"The node is stopping."}
                       : std::string{to_string(x)} + ": text"));
    }
  }
}

BOOST_AUTO_TEST_CASE(errors_with_a_code_of_their_own_keep_its_name) {
  for (auto x : cafmesh::test::every_errc()) {
    const auto* known = find_known(x);
    if (known && known->code != std::string{"internal"} && x != errc::stopped
        && x != errc::bad_setting)
      BOOST_TEST(known->code == to_string(x));
  }
}

BOOST_AUTO_TEST_CASE(a_lost_answer_is_told_from_a_lost_request) {
  auto lost = problem_of(make_error(errc::lost));
  auto answer_lost = problem_of(make_error(errc::answer_lost));
  BOOST_TEST(lost.code == "lost");
  BOOST_TEST(answer_lost.code == "answer_lost");
  BOOST_TEST(answer_lost.status == 502);
  BOOST_TEST(can_arise_in_transit(make_error(errc::answer_lost)));
  BOOST_TEST(!can_arise_in_transit(make_error(errc::storage_failed)));
}

BOOST_AUTO_TEST_CASE(errors_of_others_are_internal_or_time_outs) {
  BOOST_TEST(problem_of(caf::sec::request_timeout).code == "timed_out");
  BOOST_TEST(problem_of(caf::sec::unexpected_message).code == "internal");
  BOOST_TEST(!can_arise_in_transit(caf::sec::unexpected_message));
}

BOOST_AUTO_TEST_SUITE_END()
