#include "tools/meshd/mesh/lives.hpp"

#include <boost/test/unit_test.hpp>

#include "tools/meshd/mesh/dates.hpp"

using namespace meshd;
using cafmesh::peer_uid;

// Tests of the history of a peer's lives, and of its form as text.
namespace {

struct fixture {
  static std::chrono::system_clock::time_point at(int x) {
    return std::chrono::system_clock::time_point{std::chrono::seconds{x}};
  }
  static bool is_damaged(const std::string& text) {
    return !lives::parse(text);
  }

  lives all;
};

const std::string text =
  R"({"life":1,"uid":"11","began_at":"1970-01-01T00:00:01Z",)"
  R"("ended_at":"1970-01-01T00:00:02Z","end":"stopped"})"
  "\n"
  R"({"life":2,"uid":"12","began_at":"1970-01-01T00:00:03Z",)"
  R"("ended_at":"1970-01-01T00:00:04Z","end":"failed"})"
  "\n"
  R"({"life":3,"uid":"18446744073709551615","began_at":"1970-01-01T00:00:05Z",)"
  R"("ended_at":null,"end":"unclean"})"
  "\n";

std::string
line(const std::string& number, const std::string& uid = "\"7\"",
     const std::string& began = "1970-01-01T00:00:05Z",
     const std::string& end = R"("ended_at":null,"end":"unclean")") {
  return R"({"life":)" + number + R"(,"uid":)" + uid + R"(,"began_at":")"
         + began + "\"," + end + "}\n";
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(lives_tests, fixture)

BOOST_AUTO_TEST_CASE(each_life_is_a_line_that_is_read_again) {
  all.begin(peer_uid{11}, at(1));
  all.end(life_end::stopped, at(2));
  all.begin(peer_uid{12}, at(3));
  all.end(life_end::failed, at(4));
  all.begin(peer_uid{~std::uint64_t{0}}, at(5));
  BOOST_TEST(all.text() == text);
  auto read = lives::parse(text);
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->text() == text);
  BOOST_TEST((read->all().back().end == life_end::unclean));
  BOOST_TEST((read->uids() == all.uids()));
}

BOOST_AUTO_TEST_CASE(the_oldest_are_forgotten_and_the_number_goes_on) {
  for (int i = 1; i <= 70; ++i)
    all.begin(peer_uid(i), at(i));
  BOOST_TEST(all.all().size() == lives::most);
  BOOST_TEST(all.all().front().number == 7u);
  auto read = lives::parse(all.text());
  BOOST_REQUIRE(read.has_value());
  read->begin(peer_uid{71}, at(71));
  BOOST_TEST(read->all().back().number == 71u);
}

BOOST_AUTO_TEST_CASE(no_history_is_no_damage) {
  BOOST_REQUIRE(lives::parse("").has_value());
  BOOST_TEST(lives::parse("")->all().empty());
}

BOOST_AUTO_TEST_CASE(every_damage_is_noticed) {
  for (std::size_t i = 1; i < text.size(); ++i)
    if (text[i - 1] != '\n')
      BOOST_TEST(is_damaged(text.substr(0, i)), "cut after " << i);
  const auto good = line("3");
  BOOST_TEST(!is_damaged(good));
  BOOST_TEST(is_damaged(good + good));
  const std::string uid = "\"7\"";
  const std::string date = "1970-01-01T00:00:05Z";
  for (const auto& bad :
       {std::string{"\n"},
        std::string{"3 7 1970-01-01T00:00:05Z -\n"},
        std::string{"[]\n"},
        "[" + good,
        " " + good,
        line("03"),
        line("-3"),
        line("3.0"),
        line("\"3\""),
        line("18446744073709551616"),
        line("3", "7"),
        line("3", "\"-7\""),
        line("3", "\"x\""),
        line("3", "\"18446744073709551616\""),
        line("3", "\"07\""),
        line("3", uid, "1970-01-32T00:00:05Z"),
        line("3", uid, "1970-02-30T00:00:05Z"),
        line("3", uid, "0201-01-30T00:00:05Z"),
        line("3", uid, "9999-01-30T00:00:05Z"),
        line("3", uid, date, R"("end":"unclean")"),
        line("3", uid, date, R"("ended_at":null,"end":"stopped")"),
        line("3", uid, date, R"("ended_at":null,"end":"gone")"),
        line("3", uid, date, R"("ended_at":null,"end":"unclean","more":1)"),
        line("3", uid, date,
             R"("ended_at":"1970-01-01T00:00:06Z","end":"unclean")")})
    BOOST_TEST(is_damaged(bad), bad);
  std::string many;
  for (int i = 1; i <= 65; ++i)
    many += line(std::to_string(i));
  BOOST_TEST(is_damaged(many));
}

BOOST_AUTO_TEST_SUITE_END()
