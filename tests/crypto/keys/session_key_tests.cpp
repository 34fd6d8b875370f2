#include "crypto/keys/session_key.hpp"

#include <algorithm>
#include <fstream>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::crypto;

// Tests that session keys equal those of the Go library, and that weak public
// keys are refused.
namespace {

bytes hex(const nlohmann::json& digits) {
  bytes result;
  BOOST_TEST_REQUIRE(from_hex(digits.get<std::string>(), result));
  return result;
}

key_pair pair_from(const nlohmann::json& open_half,
                   const nlohmann::json& secret_half) {
  key_pair result;
  auto xs = hex(open_half);
  std::copy(xs.begin(), xs.end(), result.open_half.begin());
  result.secret_half = key{hex(secret_half)};
  return result;
}

nlohmann::json go_sessions() {
  std::ifstream file{CAFMESH_TEST_DATA "/wire-mac.json"};
  return nlohmann::json::parse(file)["sessions"];
}

public_key low_order(std::uint8_t first) {
  public_key result{};
  result[0] = first;
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(session_key_tests)

BOOST_AUTO_TEST_CASE(session_keys_are_those_of_the_go_library) {
  for (const auto& x : go_sessions()) {
    const password text{x["password"].get<std::string>()};
    auto a = pair_from(x["a_public"], x["a_private"]);
    auto b = pair_from(x["b_public"], x["b_private"]);
    auto at_a = make_session_key(a, b.open_half, text);
    auto at_b = make_session_key(b, a.open_half, text);
    BOOST_TEST_REQUIRE((at_a && at_b));
    BOOST_TEST((at_a->view() == byte_view{hex(x["session_key"])}));
    BOOST_TEST((at_b->view() == at_a->view()));
  }
}

BOOST_AUTO_TEST_CASE(keys_of_low_order_are_refused) {
  auto ours = key_pair::random();
  for (std::uint8_t first : {std::uint8_t{0}, std::uint8_t{1}}) {
    auto session = make_session_key(ours, low_order(first), "x");
    BOOST_TEST_REQUIRE(!session);
    BOOST_TEST(is(session.error(), errc::weak_key));
  }
}

BOOST_AUTO_TEST_CASE(each_random_key_pair_is_different) {
  auto x = key_pair::random();
  auto y = key_pair::random();
  BOOST_TEST((x.open_half != y.open_half));
  BOOST_TEST((x.secret_half.view() != y.secret_half.view()));
}

BOOST_AUTO_TEST_SUITE_END()
