#include <boost/test/unit_test.hpp>

#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <utility>

#include "actors/settings/preset_table.hpp"
#include "actors/settings/setting_table.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using std::chrono::milliseconds;

// Tests that the table of settings has every setting, and agrees with the
// options and with the documentation.
namespace {

// Converts to any type. The highest number of initialisers of this type that an
// aggregate accepts is its number of fields.
struct anything {
  template <class T>
  operator T() const;
};
template <class T, std::size_t... I>
auto takes(std::index_sequence<I...>)
  -> decltype(T{((void)I, anything{})...}, std::true_type{});
template <class T>
std::false_type takes(...);

template <class T, std::size_t N = 0>
constexpr std::size_t field_count() {
  if constexpr (decltype(takes<T>(std::make_index_sequence<N + 1>{}))::value)
    return field_count<T, N + 1>();
  else
    return N;
}

std::string without_markup(std::string cell) {
  cell = std::regex_replace(cell, std::regex{"`"}, "");
  return std::regex_replace(cell, std::regex{"(\\d) (ms|s|min)$"}, "$1$2");
}

/// Returns the default of each setting, as the table on a documentation page
/// gives it.
std::map<std::string, std::string>
readme_defaults(const std::string& page = "README.md") {
  std::ifstream in{CAFMESH_TEST_DATA "/../../" + page};
  const std::regex row{"\\| `(\\w+)` \\| (.+?) \\| .+ \\|"};
  std::map<std::string, std::string> result;
  bool within = false;
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("## ", 0) == 0)
      within = line == "## Settings";
    std::smatch found;
    if (within && std::regex_match(line, found, row))
      result[found[1]] = without_markup(found[2]);
  }
  return result;
}

/// Whether the documentation gives the actual default, `default_text`. An
/// explanation may follow after a comma.
bool agrees(const std::string& said, const std::string& default_text) {
  return said == default_text || said.rfind(default_text + ", ", 0) == 0;
}

template <class Settings>
void check_page(const std::string& page,
                const std::vector<basic_setting_row<Settings>>& rows) {
  auto said = readme_defaults(page);
  for (const auto& row : rows)
    if (!row.field.empty()) {
      auto found = said.find(row.field);
      BOOST_TEST_REQUIRE((found != said.end()), row.field);
      BOOST_TEST(agrees(found->second, row.default_text),
                 row.field << ": " << page << " says '" << found->second
                           << "', the default is '" << row.default_text << "'");
      said.erase(found);
    }
  for (const auto& [field, text] : said)
    BOOST_ERROR(page << " describes " << field << ", which is no field");
}

template <class Settings>
void check_fields(const std::vector<basic_setting_row<Settings>>& rows) {
  const Settings x;
  std::set<const void*> fields;
  std::set<std::string> names;
  for (const auto& row : rows)
    if (auto field = row.address(x)) {
      BOOST_TEST(fields.insert(field).second, row.field);
      BOOST_TEST(names.insert(row.field).second, row.field);
    } else {
      BOOST_TEST(row.field.empty(), row.option);
    }
  BOOST_TEST(fields.size() == field_count<Settings>());
}

template <class Settings>
void check_options(const std::vector<basic_setting_row<Settings>>& rows) {
  std::set<std::string> names;
  for (const auto& row : rows) {
    BOOST_TEST(names.insert(row.option).second, row.option);
    BOOST_TEST(row.type != nullptr, row.option);
    BOOST_TEST(!row.description.empty(), row.option);
    BOOST_TEST(!row.default_text.empty(), row.option);
  }
}

template <class Settings>
std::string text_of_check(const Settings& x) {
  auto why = check(x);
  return why ? describe(why) : "accepted";
}

} // namespace

BOOST_AUTO_TEST_SUITE(setting_table_tests)

BOOST_AUTO_TEST_CASE(each_field_has_one_row) {
  check_fields(setting_table());
  check_fields(actor_setting_table());
}

BOOST_AUTO_TEST_CASE(each_option_has_a_name_a_type_and_a_description) {
  check_options(setting_table());
  check_options(actor_setting_table());
}

BOOST_AUTO_TEST_CASE(the_readme_names_each_field_and_its_default) {
  check_page("README.md", setting_table());
}

BOOST_AUTO_TEST_CASE(the_page_about_remote_actors_names_each_of_their_fields) {
  check_page("actors/remote/README.md", actor_setting_table());
}

BOOST_AUTO_TEST_CASE(help_names_the_defaults_of_the_struct) {
  const settings defaults;
  for (const auto& row : setting_table()) {
    auto help = help_text(row);
    if (row.field == "port")
      BOOST_TEST(help.find("; default 6783") != std::string::npos, help);
    if (row.field == "gossip_interval")
      BOOST_TEST(help.find("; default 30s") != std::string::npos, help);
    if (row.field == "retry_max")
      BOOST_TEST(help.find("; default 6min") != std::string::npos, help);
    if (row.field == "max_waiting_bytes")
      BOOST_TEST(help.find("; default 4194304") != std::string::npos, help);
  }
}

BOOST_AUTO_TEST_CASE(errors_of_check_name_the_fields) {
  settings x;
  x.gossip_interval = milliseconds{0};
  BOOST_TEST(text_of_check(x)
             == "bad_setting: gossip_interval must be longer than 0 ms and at "
                "most a year, not 0 ms");
  x = {};
  x.drain_limit = milliseconds{-1};
  BOOST_TEST(text_of_check(x)
             == "bad_setting: drain_limit must be 0 ms or more and at most a "
                "year, not -1 ms");
  x = {};
  x.accept_burst = 0;
  BOOST_TEST(text_of_check(x)
             == "bad_setting: accept_burst must be 1 or more, not 0");
  x = {};
  x.max_protocol_version = 3;
  BOOST_TEST(text_of_check(x)
             == "bad_setting: max_protocol_version must be 1 or 2, not 3");
  x = {};
  x.nickname = std::string(1025, 'x');
  BOOST_TEST(text_of_check(x)
             == "bad_setting: nickname must be at most 1024 bytes long, not "
                "1025");
  x = {};
  x.patience = milliseconds{1'000};
  BOOST_TEST(text_of_check(x)
             == "bad_setting: patience must be longer than heartbeat_interval, "
                "not 1000 ms");
  x = {};
  x.passwords = {"secret"};
  x.max_protocol_version = 1;
  BOOST_TEST(text_of_check(x)
             == "bad_setting: max_protocol_version must be at least "
                "min_protocol_version, which is 2, not 1");
  x = {};
  x.host = "localhost";
  BOOST_TEST(text_of_check(x)
             == "bad_address: host must be a numeric address, not 'localhost'");
  x = {};
  x.peers = {"a:b:c"};
  BOOST_TEST(text_of_check(x).rfind("bad_address: peers: ", 0) == 0u);
  x = {};
  x.name = peer_name::from_number(0);
  BOOST_TEST(text_of_check(x) == "bad_peer_name: name must not be all zeros");
}

BOOST_AUTO_TEST_CASE(errors_about_actors_name_the_fields) {
  actor_settings x;
  x.max_message = 0;
  BOOST_TEST(text_of_check(x)
             == "bad_setting: actors.max_message must be from 1 to 268435456, "
                "not 0");
  x = {};
  x.down_after = milliseconds{99};
  x.left_after = milliseconds{1};
  BOOST_TEST(text_of_check(x)
             == "bad_setting: actors.down_after must be at least 100 ms");
  x = {};
  x.left_after = milliseconds{10'001};
  BOOST_TEST(text_of_check(x)
             == "bad_setting: actors.left_after must be at most "
                "actors.down_after, which is 10s");
  x = {};
  x.max_message = 256 * 1024 * 1024;
  x.partial_limit = 1'000'000;
  BOOST_TEST(text_of_check(x)
             == "bad_setting: actors.partial_limit must be at least "
                "actors.max_message, which is 268435456");
  x = {};
  x.window = x.actor_window - 1;
  BOOST_TEST(text_of_check(x)
             == "bad_setting: actors.actor_window must be at most "
                "actors.window, which is 4194303");
}

BOOST_AUTO_TEST_CASE(an_ipv6_host_may_have_a_zone) {
  settings x;
  x.host = "fe80::1%eth0";
  BOOST_TEST(!check(x));
  for (auto host : {"fe80::1%", "10.0.0.1%eth0", "[fe80::1%eth0]"}) {
    x.host = host;
    BOOST_TEST(is(check(x), errc::bad_address), host);
  }
}

BOOST_AUTO_TEST_CASE(values_at_the_limits_are_accepted) {
  settings x;
  x.nickname = std::string(1024, 'x');
  x.gossip_interval = milliseconds{1};
  x.retry_max = std::chrono::hours{24 * 366};
  x.announcement_interval = milliseconds{0};
  x.drain_limit = milliseconds{0};
  x.max_strangers = 1;
  x.accept_burst = 1;
  BOOST_TEST(text_of_check(x) == "accepted");
}

BOOST_AUTO_TEST_CASE(the_list_of_presets_ends_with_or) {
  BOOST_TEST(preset_list() == "original, loopback, lan or wan");
}

BOOST_AUTO_TEST_SUITE_END()
