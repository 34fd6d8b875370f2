#include <stdexcept>

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>

#include "tests/support/mesh.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of gossip data whose functions throw exceptions.
namespace {

enum class fails { to_encode, to_merge, to_say_what_it_depends_on };

class failing_data : public gossip_data {
public:
  explicit failing_data(fails how) : how_(how) {
  }
  std::vector<payload> encode() const override {
    if (how_ == fails::to_encode)
      throw std::runtime_error{"no room to encode"};
    return {text_payload("failing ")};
  }
  gossip_data_ptr merge(const gossip_data&) const override {
    if (how_ == fails::to_merge)
      throw std::runtime_error{"no room to merge"};
    return std::make_shared<failing_data>(how_);
  }
  bool depends_on_source() const override {
    if (how_ == fails::to_say_what_it_depends_on)
      throw 4711;
    return false;
  }

private:
  fails how_;
};

struct failing : mesh {
  void send(char from, fails how) {
    auto data = std::make_shared<failing_data>(how);
    caf::anon_send(at(from).channel("chan"), broadcast{data});
    caf::anon_send(at(from).channel("chan"), gossip{data});
    run();
  }
  /// Checks that other data arrives and that the connection stays open.
  /// @param lost the number of exceptions that the figures of `a` must show
  void check_the_rest(std::uint64_t lost) {
    at('a').broadcast("chan", "word");
    settle();
    BOOST_TEST(at('b').recorded("chan").broadcasts_of("word ") == 1u);
    BOOST_TEST(at('a').log().count({"closed"}) == 0u, at('a').log().all());
    BOOST_TEST(at('a').figures("chan").broken == lost);
    BOOST_TEST(at('a').log().count({"'chan'", "threw"}) == 1u,
               at('a').log().all());
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(failing_data_tests, failing)

BOOST_AUTO_TEST_CASE(only_data_that_cannot_be_encoded_is_lost) {
  build("ab");
  send('a', fails::to_encode);
  check_the_rest(2);
  BOOST_TEST(at('a').log().has("no room to encode"));
}

BOOST_AUTO_TEST_CASE(only_data_that_cannot_be_merged_is_lost) {
  build("ab");
  net().block(at('a').host(), at('b').host());
  // The connection takes some of this data. The rest waits to be merged.
  for (int i = 0; i < 30; ++i)
    at('a').broadcast("chan", std::string(64 * 1024, 'x'));
  for (int i = 0; i < 3; ++i)
    send('a', fails::to_merge);
  net().unblock(at('a').host(), at('b').host());
  run();
  auto lost = at('a').figures("chan").broken;
  BOOST_TEST(lost >= 2u);
  check_the_rest(lost);
}

// A node calls depends_on_source(), which throws here, only if it has many
// neighbours.
BOOST_AUTO_TEST_CASE(data_that_throws_when_asked_about_its_source_is_sent) {
  std::string edges = "ab";
  for (char letter = 'c'; letter < 'c' + 16; ++letter)
    edges += std::string{" a"} + letter;
  build(edges);
  send('a', fails::to_say_what_it_depends_on);
  check_the_rest(1);
  BOOST_TEST(at('b').recorded("chan").broadcasts_of("failing ") == 1u);
}

// The gossiper of `a` is replaced while `b` is slow, so data of two gossipers
// waits for `b`.
BOOST_AUTO_TEST_CASE(data_of_two_gossipers_waits_side_by_side) {
  build("ab");
  net().block(at('a').host(), at('b').host());
  for (int i = 0; i < 30; ++i)
    at('a').broadcast("chan", std::string(64 * 1024, 'x'));
  at('a').broadcast("chan", "word");
  caf::anon_send_exit(at('a').gossiper("chan"), caf::exit_reason::kill);
  run();
  at('a').join("chan");
  // This data would throw in depends_on_source(), but nothing calls that
  // function here.
  auto other = std::make_shared<failing_data>(fails::to_say_what_it_depends_on);
  caf::anon_send(at('a').channel("chan"), broadcast{other});
  at('a').broadcast("chan", "late");
  net().unblock(at('a').host(), at('b').host());
  settle();
  auto& heard = at('b').recorded("chan");
  BOOST_TEST(heard.broadcasts_of("failing ") == 1u);
  BOOST_TEST(heard.broadcasts_of("late ") == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
