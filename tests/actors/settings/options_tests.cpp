#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

#include <unistd.h>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include "actors/settings/preset_table.hpp"
#include "actors/settings/resembles.hpp"
#include "actors/settings/setting_table.hpp"
#include "tests/support/watched_memory.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/options.hpp>
#include <cafmesh/presets.hpp>

using namespace cafmesh;
using namespace cafmesh::test;
using std::chrono::milliseconds;

// Tests of program options and of the settings that they give.
namespace {

struct application : caf::actor_system_config {
  application() {
    opt_group{custom_options_, "mesh"}.add<std::string>("own", "not cafmesh's");
    add_options(*this);
  }
};

using texts = std::vector<std::string>;

struct fixture {
  /// Returns the settings of a program with these arguments, and with this text
  /// below `[mesh]` in its configuration file.
  caf::expected<settings> read(std::vector<std::string> arguments,
                               const std::string& file = "") {
    application config;
    std::istringstream in{file.empty() ? "" : "[mesh]\n" + file + "\n"};
    if (auto err = config.parse(std::move(arguments), in))
      return err;
    return get_settings(config);
  }

  settings good(std::vector<std::string> arguments,
                const std::string& file = "") {
    auto result = read(std::move(arguments), file);
    if (!result)
      BOOST_FAIL(describe(result.error()));
    return std::move(*result);
  }

  std::string refusal(std::vector<std::string> arguments,
                      const std::string& file = "") {
    auto result = read(std::move(arguments), file);
    return result ? "accepted" : describe(result.error());
  }

  caf::expected<actor_settings>
  read_for_actors(std::vector<std::string> arguments, const std::string& file) {
    application config;
    std::istringstream in{file};
    if (auto err = config.parse(std::move(arguments), in))
      return err;
    return get_actor_settings(config);
  }
  actor_settings good_for_actors(std::vector<std::string> arguments,
                                 const std::string& file = "") {
    auto result = read_for_actors(std::move(arguments), file);
    if (!result)
      BOOST_FAIL(describe(result.error()));
    return *result;
  }
  std::string refusal_for_actors(std::vector<std::string> arguments,
                                 const std::string& file = "") {
    auto result = read_for_actors(std::move(arguments), file);
    return result ? "accepted" : describe(result.error());
  }

  std::vector<std::string> passwords(const settings& x) {
    std::vector<std::string> result;
    for (const auto& password : x.passwords)
      result.emplace_back(password.view().as_text());
    return result;
  }

  std::string file_with(const std::string& text) {
    auto path = "/tmp/cafmesh_options_tests." + std::to_string(getpid());
    std::ofstream{path} << text;
    files.push_back(path);
    return path;
  }

  struct sample {
    std::string value;
    std::function<bool(const settings&)> holds;
  };

  /// For each option, a value that differs from the default. It can be given
  /// alone or together with the others.
  std::map<std::string, sample> samples() {
    using x = const settings&;
    auto has = [this](const std::string& expected) {
      return [this, expected](x y) {
        auto all = passwords(y);
        return std::find(all.begin(), all.end(), expected) != all.end();
      };
    };
    using std::chrono::minutes;
    using std::chrono::seconds;
    return {
      {"preset",
       {"loopback",
        [](x y) {
          return y.host == "127.0.0.1";
        }}},
      {"name-flavour",
       {"hash",
        [](x y) {
          return y.flavour == name_flavour::hash;
        }}},
      {"name",
       {"01:02:03:04:05:06",
        [](x y) {
          return y.name
                 && (y.flavour == name_flavour::hash
                     || y.name->str() == "01:02:03:04:05:06");
        }}},
      {"nickname",
       {"ann",
        [](x y) {
          return y.nickname == "ann";
        }}},
      {"host",
       {"127.0.0.1",
        [](x y) {
          return y.host == "127.0.0.1";
        }}},
      {"port",
       {"7001",
        [](x y) {
          return y.port == 7001;
        }}},
      {"peers",
       {"b:1",
        [](x y) {
          return y.peers == texts{"b:1"};
        }}},
      {"discovery",
       {"false",
        [](x y) {
          return !y.discovery;
        }}},
      {"topology-digests",
       {"false",
        [](x y) {
          return !y.topology_digests;
        }}},
      {"password", {"x", has("x")}},
      {"password-file", {file_with("from a file"), has("from a file")}},
      {"min-protocol-version",
       {"1",
        [](x y) {
          return y.min_protocol_version == 1;
        }}},
      {"max-protocol-version",
       {"1",
        [](x y) {
          return y.max_protocol_version == 1;
        }}},
      {"trusted-subnets",
       {"10.0.0.0/8",
        [](x y) {
          return y.trusts("10.1.2.3");
        }}},
      {"connection-limit",
       {"5",
        [](x y) {
          return y.connection_limit == 5;
        }}},
      {"max-strangers",
       {"6",
        [](x y) {
          return y.max_strangers == 6;
        }}},
      {"max-strangers-per-address",
       {"4",
        [](x y) {
          return y.max_strangers_per_address == 4;
        }}},
      {"accept-burst",
       {"7",
        [](x y) {
          return y.accept_burst == 7;
        }}},
      {"accept-interval",
       {"8ms",
        [](x y) {
          return y.accept_interval == milliseconds{8};
        }}},
      {"gossip-interval",
       {"9s",
        [](x y) {
          return y.gossip_interval == seconds{9};
        }}},
      {"heartbeat-interval",
       {"10s",
        [](x y) {
          return y.heartbeat_interval == seconds{10};
        }}},
      {"patience",
       {"61s",
        [](x y) {
          return y.patience == seconds{61};
        }}},
      {"header-timeout",
       {"12s",
        [](x y) {
          return y.header_timeout == seconds{12};
        }}},
      {"stall-limit",
       {"13s",
        [](x y) {
          return y.stall_limit == seconds{13};
        }}},
      {"answer-limit",
       {"21s",
        [](x y) {
          return y.answer_limit == seconds{21};
        }}},
      {"retry-initial",
       {"14s",
        [](x y) {
          return y.retry_initial == seconds{14};
        }}},
      {"retry-max",
       {"15min",
        [](x y) {
          return y.retry_max == minutes{15};
        }}},
      {"password-grace",
       {"14s",
        [](x y) {
          return y.password_grace == seconds{14};
        }}},
      {"announcement-interval",
       {"16ms",
        [](x y) {
          return y.announcement_interval == milliseconds{16};
        }}},
      {"drain-limit",
       {"20ms",
        [](x y) {
          return y.drain_limit == milliseconds{20};
        }}},
      {"max-waiting-bytes",
       {"17",
        [](x y) {
          return y.max_waiting_bytes == 17;
        }}},
      {"max-surrogate-channels",
       {"18",
        [](x y) {
          return y.max_surrogate_channels == 18;
        }}},
      {"seed",
       {"19",
        [](x y) {
          return y.seed == std::uint64_t{19};
        }}},
    };
  }

  ~fixture() {
    for (const auto& path : files)
      unlink(path.c_str());
  }

  texts files;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(options_tests, fixture)

// -- defaults

BOOST_AUTO_TEST_CASE(without_options_the_defaults_hold) {
  auto x = good({});
  const settings defaults;
  BOOST_TEST(x.port == 6783);
  BOOST_TEST(x.host == defaults.host);
  BOOST_TEST((x.gossip_interval == defaults.gossip_interval));
  BOOST_TEST(!x.name);
  BOOST_TEST(!x.seed);
  BOOST_TEST(x.passwords.empty());
}

BOOST_AUTO_TEST_CASE(an_application_that_added_no_options_gets_the_defaults) {
  caf::actor_system_config config;
  auto x = get_settings(config);
  BOOST_REQUIRE(x);
  BOOST_TEST(x->port == 6783);
}

// -- every option

BOOST_AUTO_TEST_CASE(every_option_has_a_sample) {
  auto all = samples();
  for (const auto& row : setting_table())
    BOOST_TEST(all.erase(row.option) == 1u, row.option << " has no sample");
  for (const auto& [option, value] : all)
    BOOST_ERROR(option << " is no option");
}

BOOST_AUTO_TEST_CASE(all_options_can_be_given_together) {
  const auto all = samples();
  texts arguments;
  for (const auto& [option, x] : all)
    arguments.push_back("--mesh." + option + "=" + x.value);
  auto result = good(arguments);
  for (const auto& [option, x] : all)
    BOOST_TEST(x.holds(result), option);
  BOOST_TEST(passwords(result) == (texts{"x", "from a file"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(each_option_can_be_given_alone) {
  for (const auto& [option, x] : samples()) {
    BOOST_TEST(!x.holds(settings{}), option);
    BOOST_TEST(x.holds(good({"--mesh." + option + "=" + x.value})), option);
  }
}

BOOST_AUTO_TEST_CASE(each_option_can_be_given_in_a_file) {
  const auto all = samples();
  for (const auto& row : setting_table()) {
    const auto& x = all.at(row.option);
    auto is_text = row.type != &option_types::number
                   && row.type != &option_types::time
                   && row.type != &option_types::truth;
    auto value = is_text ? '"' + x.value + '"' : x.value;
    BOOST_TEST(x.holds(good({}, row.option + " = " + value)), row.option);
  }
}

BOOST_AUTO_TEST_CASE(options_can_be_given_in_the_notation_of_the_file) {
  auto x = good({}, "port = 7001\ndiscovery = false\ngossip-interval = 5s\n"
                    "peers = [\"b:1\", \"c\"]\npassword = [\"one\", \"\"]\n"
                    "nickname = \"ann\"");
  BOOST_TEST(x.port == 7001);
  BOOST_TEST(!x.discovery);
  BOOST_TEST(x.gossip_interval.count() == 5'000);
  BOOST_TEST(x.peers == (texts{"b:1", "c"}), boost::test_tools::per_element());
  BOOST_TEST(passwords(x) == (texts{"one", ""}),
             boost::test_tools::per_element());
  BOOST_TEST(x.nickname == "ann");
}

BOOST_AUTO_TEST_CASE(the_command_line_takes_precedence_over_the_file) {
  auto x = good({"--mesh.port=7002", "--mesh.peers=d"},
                "port = 7001\npeers = [\"b\", \"c\"]\nnickname = \"ann\"");
  BOOST_TEST(x.port == 7002);
  BOOST_TEST(x.peers == texts{"d"}, boost::test_tools::per_element());
  BOOST_TEST(x.nickname == "ann");
}

BOOST_AUTO_TEST_CASE(a_program_can_set_options_itself) {
  application config;
  config.set("mesh.port", 7003);
  config.set("mesh.peers", texts{"b"});
  config.set("mesh.patience", caf::timespan{std::chrono::minutes{2}});
  auto x = get_settings(config);
  BOOST_REQUIRE(x);
  BOOST_TEST(x->port == 7003);
  BOOST_TEST(x->peers == texts{"b"}, boost::test_tools::per_element());
  BOOST_TEST(x->patience->count() == 120'000);
}

BOOST_AUTO_TEST_CASE(adding_the_options_twice_changes_nothing) {
  application config;
  add_options(config);
  std::istringstream no_file;
  BOOST_TEST(!config.parse({"--mesh.peers=a", "--mesh.peers=b"}, no_file));
  BOOST_TEST(get_settings(config)->peers.size() == 2u);
}

// -- lists

BOOST_AUTO_TEST_CASE(a_list_can_be_repeated_on_the_command_line) {
  auto x = good({"--mesh.peers=a:1,b", "--mesh.peers=[::1]:7000",
                 "--mesh.peers=[\"c\", \"d\"]"});
  BOOST_TEST(x.peers == (texts{"a:1", "b", "[::1]:7000", "c", "d"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_list_of_one_needs_no_brackets_in_a_file) {
  auto x = good({}, "peers = \"b\"\ntrusted-subnets = \"fd00::/8\"");
  BOOST_TEST(x.peers == texts{"b"}, boost::test_tools::per_element());
  BOOST_TEST(x.trusts("fd00::5"));
}

// -- passwords

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

// -- names

BOOST_AUTO_TEST_CASE(any_text_is_a_name_of_flavour_hash) {
  auto x = good({"--mesh.name=ann", "--mesh.name-flavour=hash"});
  BOOST_TEST((x.name->flavour() == name_flavour::hash));
}

BOOST_AUTO_TEST_CASE(an_invalid_name_is_refused) {
  BOOST_TEST(refusal({"--mesh.name=ann"}).find("bad_peer_name: mesh.name: ")
             == 0u);
  BOOST_TEST(refusal({"--mesh.name=00:00:00:00:00:00"})
             == "bad_peer_name: mesh.name must not be all zeros");
  BOOST_TEST(refusal({"--mesh.name-flavour=md5"}).find("mesh.name-flavour: ")
             != std::string::npos);
}

// -- presets

BOOST_AUTO_TEST_CASE(a_preset_changes_the_defaults) {
  auto x = good({"--mesh.preset=loopback"});
  BOOST_TEST(x.host == "127.0.0.1");
  BOOST_TEST((x.heartbeat_interval < milliseconds{1'000}));
}

BOOST_AUTO_TEST_CASE(given_options_take_precedence_over_the_preset) {
  auto x = good({"--mesh.heartbeat-interval=3s", "--mesh.preset=lan"},
                "patience = 8s");
  BOOST_TEST(x.heartbeat_interval.count() == 3'000);
  BOOST_TEST(x.patience->count() == 8'000);
  BOOST_TEST((x.gossip_interval == preset("lan")->gossip_interval));
}

BOOST_AUTO_TEST_CASE(every_preset_can_be_used_as_it_is) {
  for (const auto& x : preset_table())
    BOOST_TEST(!check(*preset(x.name)), x.name);
}

BOOST_AUTO_TEST_CASE(an_unknown_preset_is_refused) {
  BOOST_TEST(refusal({"--mesh.preset=moon"})
             == "bad_setting: mesh.preset: original, loopback, lan or wan, not "
                "'moon'");
}

// -- refusals

BOOST_AUTO_TEST_CASE(a_number_out_of_range_is_refused) {
  BOOST_TEST(refusal({"--mesh.port=65536"})
             == "bad_setting: mesh.port must be a number from 0 to 65535, not "
                "65536");
  BOOST_TEST(refusal({"--mesh.seed=-1"})
             == "bad_setting: mesh.seed must be a number from 0 to "
                "9223372036854775807, not -1");
  BOOST_TEST(refusal({"--mesh.min-protocol-version=3"})
             == "bad_setting: mesh.min-protocol-version must be 1 or 2, not 3");
}

BOOST_AUTO_TEST_CASE(a_value_of_the_wrong_type_is_refused) {
  BOOST_TEST(refusal({"--mesh.port=http"})
             == "bad_setting: mesh.port must be a number from 0 to 65535, not "
                "'http'");
  BOOST_TEST(refusal({}, "port = \"7001\"")
             == "bad_setting: mesh.port must be a number from 0 to 65535, not "
                "'7001'");
  BOOST_TEST(refusal({"--mesh.discovery=no"})
             == "bad_setting: mesh.discovery must be true or false, not 'no'");
  BOOST_TEST(refusal({}, "nickname = 5")
             == "bad_setting: mesh.nickname must be text in double quotes, not "
                "5");
}

BOOST_AUTO_TEST_CASE(a_time_without_unit_or_in_microseconds_is_refused) {
  const std::string rule = "bad_setting: mesh.patience must be a time in whole "
                           "milliseconds, such as 50ms or 30s, not ";
  BOOST_TEST(refusal({"--mesh.patience=30"}) == rule + "30");
  BOOST_TEST(refusal({"--mesh.patience=1500us"}) == rule + "1500us");
}

BOOST_AUTO_TEST_CASE(contradictory_settings_are_refused) {
  BOOST_TEST(refusal({"--mesh.patience=5s"})
             == "bad_setting: mesh.patience must be longer than "
                "mesh.heartbeat-interval, not 5000 ms");
  BOOST_TEST(refusal({"--mesh.retry-max=1s"})
             == "bad_setting: mesh.retry-max must be at least "
                "mesh.retry-initial, not 1000 ms");
}

BOOST_AUTO_TEST_CASE(an_invalid_address_is_refused) {
  BOOST_TEST(refusal({"--mesh.peers=x:y:z"}).find("bad_address: mesh.peers: ")
             == 0u);
  BOOST_TEST(refusal({"--mesh.peers=a,,b"}).find("mesh.peers: ")
             != std::string::npos);
  BOOST_TEST(refusal({"--mesh.host=localhost"})
             == "bad_address: mesh.host must be a numeric address, not "
                "'localhost'");
  BOOST_TEST(refusal({"--mesh.trusted-subnets=10.0.0.0/40"})
               .find("mesh.trusted-subnets: ")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_unknown_option_is_refused) {
  BOOST_TEST(refusal({}, "prot = 7001")
             == "bad_setting: mesh.prot is no option");
}

BOOST_AUTO_TEST_CASE(an_option_of_the_application_under_mesh_is_allowed) {
  BOOST_TEST(good({"--mesh.own=x"}, "port = 7001").port == 7001);
}

BOOST_AUTO_TEST_CASE(one_bad_option_among_several_yields_no_settings) {
  BOOST_TEST(!read({"--mesh.nickname=ann", "--mesh.port=7001",
                    "--mesh.connection-limit=many"}));
}

// -- errors

BOOST_AUTO_TEST_CASE(the_actor_system_renders_our_errors) {
  application config;
  config.set("scheduler.max-threads", 1);
  caf::actor_system system{config};
  BOOST_TEST(system.render(make_error(errc::no_route, "to ann"))
             == "no_route: to ann");
}

// -- the layer between actors

BOOST_AUTO_TEST_CASE(actors_have_options_of_their_own) {
  auto x =
    good_for_actors({"--actors.down-after=5s", "--actors.remote-exits=true"},
                    "[actors]\nleft-after = 20ms\nmax-message = 1000\n");
  BOOST_TEST((x.down_after == milliseconds{5'000}));
  BOOST_TEST((x.left_after == milliseconds{20}));
  BOOST_TEST(x.max_message == 1000u);
  BOOST_TEST(x.remote_exits);
  BOOST_TEST(x.window == actor_settings{}.window);
}

BOOST_AUTO_TEST_CASE(every_option_of_actors_can_be_given) {
  auto x =
    good_for_actors({"--actors.down-after=5s", "--actors.left-after=1s",
                     "--actors.handle-grace=2s", "--actors.max-message=3",
                     "--actors.window=5000", "--actors.actor-window=4000",
                     "--actors.remote-exits=true", "--actors.seed=6"});
  BOOST_TEST((x.handle_grace == milliseconds{2'000}));
  BOOST_TEST(x.window == 5000u);
  BOOST_TEST(x.actor_window == 4000u);
  BOOST_TEST((x.seed == 6u));
}

BOOST_AUTO_TEST_CASE(bad_options_of_actors_are_named) {
  BOOST_TEST(refusal_for_actors({"--actors.window=0"})
             == "bad_setting: actors.window must be from 1024 to "
                "1152921504606846975, not 0");
  BOOST_TEST(
    refusal_for_actors({"--actors.down-after=1s", "--actors.left-after=2s"})
    == "bad_setting: actors.left-after must be at most "
       "actors.down-after, which is 1s");
  BOOST_TEST(refusal_for_actors({}, "[actors]\nlate = 1\n")
             == "bad_setting: actors.late is no option");
  BOOST_TEST(refusal_for_actors({}, "[actors]\ndown-after = \"soon\"\n")
               .find("actors.down-after must be a time")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(actors_cannot_be_joined_with_bad_options) {
  application config;
  std::istringstream file{"[actors]\nwindow = 1\n"};
  BOOST_TEST_REQUIRE(!config.parse(std::vector<std::string>{}, file));
  caf::actor_system system{config};
  auto joined = join_actors(system, {});
  BOOST_TEST_REQUIRE(!joined);
  BOOST_TEST(describe(joined.error()).find("actors.window")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(bad_options_yield_no_router) {
  application config;
  config.set("mesh.port", 70'000);
  caf::actor_system system{config};
  auto router = spawn_router(system, get_settings(config));
  BOOST_REQUIRE(!router);
  BOOST_TEST(is(router.error(), errc::bad_setting));
}

BOOST_AUTO_TEST_SUITE_END()
