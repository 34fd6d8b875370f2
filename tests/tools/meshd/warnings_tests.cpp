#include "tools/meshd/mesh/warnings.hpp"

#include <boost/test/unit_test.hpp>

#include "tools/meshd/mesh/clock_watch.hpp"

using namespace meshd;
using std::chrono::seconds;

namespace {

struct fixture {
  warnings::time_point now{seconds{1'800'000'000}};
  warnings_ptr all = std::make_shared<warnings>();

  void add(const std::string& code, const std::string& detail) const {
    all->add({code, detail, {}}, now);
  }
  std::string codes() const {
    std::string result;
    for (const auto& x : all->all(now))
      result += x.code + "*" + std::to_string(x.times) + " ";
    return result;
  }
};

class lines : public cafmesh::log_sink {
public:
  void write(cafmesh::log_level, std::string_view text) override {
    all += std::string{text} + "\n";
  }
  std::string all;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(warnings_tests, fixture)

BOOST_AUTO_TEST_CASE(a_warning_with_other_numbers_replaces_the_earlier_one) {
  add("a", "3 of 4");
  now += seconds{5};
  add("a", "5 of 4");
  add("a", "others");
  BOOST_TEST(codes() == "a*2 a*1 ");
  auto first = all->all(now).front();
  BOOST_TEST(first.detail == "5 of 4");
  BOOST_TEST((first.last - first.first == seconds{5}));
}

BOOST_AUTO_TEST_CASE(a_warning_is_forgotten_after_an_hour) {
  add("a", "");
  all->set_standing({{"s", {}, {}}});
  now += std::chrono::hours{1};
  BOOST_TEST(codes() == "s*1 a*1 ");
  now += seconds{1};
  BOOST_TEST(codes() == "s*1 ");
  all->set_standing({});
  BOOST_TEST(codes() == "");
}

BOOST_AUTO_TEST_CASE(a_flood_of_one_kind_does_not_push_out_the_others) {
  add("b", "");
  for (char c = 'a'; c <= 'z'; ++c)
    add("a", std::string(1, c));
  BOOST_TEST(codes() == "b*1 a*1 a*1 a*1 a*1 ");
  for (char c = 'c'; c <= 'z'; ++c)
    for (char d = 'a'; d <= 'z'; ++d)
      add(std::string{c, d}, "");
  BOOST_TEST(all->all(now).size() == warnings::most);
}

BOOST_AUTO_TEST_CASE(log_lines_of_concern_are_kept_with_a_code) {
  using cafmesh::log_level;
  auto under = std::make_shared<lines>();
  auto log = keep_warnings(under, all);
  now = std::chrono::system_clock::now();
  log->write(log_level::info, "two peers are named x");
  BOOST_TEST(codes() == "");
  log->write(log_level::warning, "two peers are named x");
  log->write(log_level::error, std::string(1000, 'x'));
  log->write(log_level::warning, "password 1 of 1 is shorter than 16 "
                                 "characters: a peer that we dial, or anyone "
                                 "who records the connection, can guess it");
  now += seconds{1};
  BOOST_TEST(codes() == "name_twice*1 logged*1 ");
  BOOST_TEST(all->all(now).back().detail.size() == 500u);
  BOOST_TEST(under->all.find("can guess it") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_storage_that_works_again_is_no_warning) {
  using cafmesh::log_level;
  auto log = keep_warnings(std::make_shared<lines>(), all);
  for (auto channel : {"'kv'", "'other'"})
    log->write(log_level::error, "channel " + std::string{channel}
                                   + ": changes are only in memory until they "
                                     "can be stored: storage_failed: full");
  log->write(log_level::info, "channel 'kv': changes are stored in kv again");
  now = std::chrono::system_clock::now();
  BOOST_TEST(codes() == "storage_failed*1 ");
  BOOST_TEST(all->all(now).front().detail.find("'other'") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(short_passwords_are_counted) {
  const std::string address = "0.0.0.0:6783";
  BOOST_TEST(warnings_about({std::string(16, 'x')}, address).empty());
  auto found =
    warnings_about({std::string(15, 'x'), std::string(16, 'x')}, address);
  BOOST_REQUIRE(found.size() == 1u);
  BOOST_TEST(found[0].code == "short_password");
  BOOST_TEST(found[0].detail.find("1 of 2 passwords is ") == 0u);
  found = warnings_about({std::string(15, 'x'), std::string(15, 'y')}, address);
  BOOST_TEST(found.at(0).detail.find("2 of 2 passwords are ") == 0u);
  found = warnings_about({std::string(15, 'x')}, address);
  BOOST_TEST(found.at(0).detail.find("The password is ") == 0u);
}

BOOST_AUTO_TEST_CASE(no_password_is_a_warning_beyond_loopback) {
  for (auto local : {"127.0.0.1:6783", "127.1.2.3:0", "[::1]:6783"})
    BOOST_TEST(warnings_about({}, local).empty());
  for (std::string open : {"0.0.0.0:6783", "[::]:6783", "[::127.0.0.1]:6783"}) {
    auto found = warnings_about({}, open);
    BOOST_REQUIRE(found.size() == 1u);
    BOOST_TEST(found[0].code == "no_password");
    BOOST_TEST(found[0].detail.find(open) != std::string::npos);
    BOOST_TEST(warnings_about({std::string(16, 'x')}, open).empty());
  }
}

BOOST_AUTO_TEST_CASE(jumps_of_the_clock_are_noticed_but_not_its_drift) {
  clock_watch watch;
  clock_watch::steady_time steady{seconds{1000}};
  auto code = [&](int passed, int gone) {
    steady += seconds{passed};
    now += seconds{gone};
    auto found = watch.check(steady, now);
    return found ? found->code + " " + found->detail : std::string{};
  };
  BOOST_TEST(code(0, 0) == "");
  BOOST_TEST(code(10, 11) == "");
  BOOST_TEST(code(10, 9) == "");
  BOOST_TEST(code(10, 70) == "clock_jumped The clock jumped 60 s forward.");
  BOOST_TEST(code(10, 10) == "");
  BOOST_TEST(code(10, -20) == "clock_jumped The clock jumped 30 s back.");
  now = clock_watch::wall_time{seconds{86'400}};
  BOOST_TEST(code(10, 10).find("clock_behind") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
