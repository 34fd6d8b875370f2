#include "tests/actors/settings/options_fixture.hpp"

#include <sstream>

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>

#include "actors/settings/resembles.hpp"
#include "tests/support/watched_memory.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of passwords as program options and in password files: how they are
// read, and that they are wiped.
BOOST_FIXTURE_TEST_SUITE(password_options_tests, options_fixture)

BOOST_AUTO_TEST_CASE(each_password_is_taken_literally) {
  auto x = good({"--mesh.password=a,b", "--mesh.password=[c]",
                 "--mesh.password=\"d", "--mesh.password=\"e f\""});
  BOOST_TEST(passwords(x) == (texts{"a,b", "[c]", "\"d", "e f"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_empty_password_is_a_password) {
  BOOST_TEST(passwords(good({"--mesh.password=\"\""})) == texts{""},
             boost::test_tools::per_element());
  BOOST_TEST(passwords(good({}, "password = \"\"")) == texts{""},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(passwords_come_from_a_file_line_by_line) {
  for (const auto* text : {"first\nand last", "first\nand last\n"}) {
    auto path = file_with(text);
    auto x = good({"--mesh.password=dialled", "--mesh.password-file=" + path});
    BOOST_TEST(passwords(x) == (texts{"dialled", "first", "and last"}),
               boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(a_password_file_adds_no_unintended_password) {
  const std::pair<std::string, std::string> odd[] = {
    {"good\n\nlast", "line 2 of"},
    {"good\n\n", "line 2 of"},
    {"\n", "line 1 of"},
    {"good\r\nlast", "line 1 of"},
    {"good\nlast\r", "line 2 of"},
    {"good\n last", "line 2 of"},
    {"good\nlast ", "line 2 of"},
    {"good\nlast\t\n", "line 2 of"},
    {"\xef\xbb\xbfgood", "line 1 of"},
    {"good\nla\x01st", "line 2 of"}};
  for (const auto& [text, place] : odd) {
    auto path = file_with(text);
    auto why = refusal({"--mesh.password-file=" + path});
    BOOST_TEST(why.find(place) != std::string::npos, why);
    BOOST_TEST(why.find(": ") != std::string::npos, why);
    BOOST_TEST(why.find("good") == std::string::npos, why);
    BOOST_TEST(why.find("last") == std::string::npos, why);
  }
}

BOOST_AUTO_TEST_CASE(a_misspelt_section_is_warned_of) {
  for (const std::string name : {"Mesh", "mehs", "cafmesh"}) {
    application config;
    std::istringstream file{"[" + name + "]\npassword = \"secret\"\n"};
    BOOST_REQUIRE(!config.parse(texts{}, file));
    auto warnings = misspelt_sections(config);
    BOOST_TEST_REQUIRE(warnings.size() == 1u, name);
    BOOST_TEST(warnings[0].find("[" + name + "]") != std::string::npos);
    BOOST_TEST(warnings[0].find("[mesh]") != std::string::npos);
  }
  application config;
  std::istringstream file{"[mesh]\nport = 1\n[scheduler]\nmax-threads = 2\n"};
  BOOST_REQUIRE(!config.parse(texts{}, file));
  BOOST_TEST(misspelt_sections(config).empty());
}

BOOST_AUTO_TEST_CASE(errors_quote_what_was_given) {
  for (const std::string value : {"-1s", "1500us", "-5ms", "7ns"}) {
    auto why = refusal({"--mesh.gossip-interval=" + value});
    BOOST_TEST(why.find("not " + value) != std::string::npos, why);
  }
}

BOOST_AUTO_TEST_CASE(a_second_value_in_a_file_is_an_error) {
  for (const std::string option : {"password", "peers", "host", "nickname"}) {
    auto why =
      refusal({}, option + " = \"127.0.0.1\"\n" + option + " = \"127.0.0.2\"");
    BOOST_TEST(
      why.find("mesh." + option + " has two values") != std::string::npos, why);
    BOOST_TEST(why.find("127.0.0") == std::string::npos, why);
  }
}

BOOST_AUTO_TEST_CASE(a_value_of_a_file_may_be_replaced_on_the_command_line) {
  auto x = good({"--mesh.password=one", "--mesh.password=two",
                 "--mesh.host=127.0.0.1", "--mesh.host=127.0.0.2"},
                "password = \"three\"\nhost = \"127.0.0.3\"");
  BOOST_TEST(passwords(x) == (texts{"one", "two"}),
             boost::test_tools::per_element());
  BOOST_TEST(x.host == "127.0.0.2");
}

BOOST_AUTO_TEST_CASE(a_password_file_without_passwords_is_an_error) {
  BOOST_TEST(refusal({"--mesh.password-file=/no/such/file"})
             == "bad_setting: mesh.password-file: cannot read "
                "'/no/such/file': No such file or directory");
  auto path = file_with("");
  BOOST_TEST(refusal({"--mesh.password-file=" + path})
             == "bad_setting: mesh.password-file: there is no password in '"
                  + path + "'");
}

BOOST_AUTO_TEST_CASE(lines_of_a_password_file_may_have_any_length) {
  const std::string longest(10'000, 'x');
  auto x = good({"--mesh.password-file=" + file_with(longest + "\nsecond")});
  BOOST_TEST(passwords(x) == (texts{longest, "second"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(passwords_are_wiped_in_the_options) {
  const std::string from_file(40, 'f');
  const std::string from_argument(40, 'a');
  auto value_in = [](application& x) -> caf::config_value& {
    return caf::get<caf::config_value::dictionary>(x.content["mesh"])
      .find("password")
      ->second;
  };
  for (bool in_file : {true, false}) {
    application config;
    std::istringstream file{
      in_file ? "[mesh]\npassword = \"" + from_file + "\"\n" : ""};
    BOOST_REQUIRE(!config.parse(
      in_file ? texts{} : texts{"--mesh.password=" + from_argument}, file));
    auto mesh = get_settings(config);
    BOOST_REQUIRE(mesh);
    auto* value = &value_in(config);
    if (auto list = caf::get_if<caf::config_value::list>(value))
      value = &list->front();
    watch_memory(caf::get<std::string>(*value).data(), 40);
    wipe_passwords(config);
    BOOST_TEST((seen_in_watched_memory() == std::vector<unsigned char>(40, 0)));
    BOOST_TEST(passwords(*mesh) == texts{in_file ? from_file : from_argument},
               boost::test_tools::per_element());
    auto rest = to_string(caf::config_value{content(config)});
    for (const auto& x : {from_file, from_argument})
      BOOST_TEST(rest.find(x) == std::string::npos, rest);
  }
}

BOOST_AUTO_TEST_CASE(gathered_passwords_are_wiped) {
  application config;
  std::istringstream no_file;
  BOOST_REQUIRE(!config.parse(
    texts{"--mesh.password=one", "--mesh.password=two"}, no_file));
  wipe_passwords(config);
  BOOST_REQUIRE(!config.parse(texts{"--mesh.password=three"}, no_file));
  auto mesh = get_settings(config);
  BOOST_REQUIRE(mesh);
  BOOST_TEST(passwords(*mesh) == texts{"three"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(wiped_passwords_do_not_count_as_no_password) {
  application config;
  std::istringstream no_file;
  BOOST_REQUIRE(!config.parse(texts{"--mesh.password=one"}, no_file));
  wipe_passwords(config);
  auto mesh = get_settings(config);
  BOOST_REQUIRE(!mesh);
  BOOST_TEST(describe(mesh.error())
             == "bad_setting: mesh.password has been wiped: get the settings "
                "before that");
  application none;
  wipe_passwords(none);
  BOOST_TEST(!!get_settings(none));
}

BOOST_AUTO_TEST_CASE(passwords_are_wiped_on_the_command_line) {
  texts arguments{"program", "--mesh.password=some words", "--mesh.port=5",
                  "--mesh.password=", "--mesh.password-file=path"};
  std::vector<char*> argv;
  for (auto& x : arguments)
    argv.push_back(x.data());
  application config;
  wipe_passwords(config, static_cast<int>(argv.size()), argv.data());
  BOOST_TEST(
    arguments
      == (texts{"program", "--mesh.password=**********", "--mesh.port=5",
                "--mesh.password=", "--mesh.password-file=path"}),
    boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_error_never_shows_a_password) {
  BOOST_TEST(refusal({}, "password = [\"hidden\", 5]")
             == "bad_setting: mesh.password must be text in double quotes, or "
                "a list of such, not this");
}

BOOST_AUTO_TEST_SUITE_END()
