#include "tests/actors/settings/options_fixture.hpp"

#include <algorithm>
#include <functional>
#include <map>

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>

#include "actors/settings/preset_table.hpp"
#include "actors/settings/setting_table.hpp"
#include <cafmesh/mesh_config.hpp>
#include <cafmesh/presets.hpp>

using namespace cafmesh;
using namespace cafmesh::test;
using std::chrono::milliseconds;

// Tests of program options and of the settings that they give.
namespace {

struct samples_fixture : options_fixture {
  struct sample {
    std::string value;
    std::function<bool(const settings&)> holds;
  };

  /// For each option, a valid value that is not the default. The values are
  /// also valid together.
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
      {"target-degree",
       {"24",
        [](x y) {
          return y.target_degree == 24;
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
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(options_tests, samples_fixture)

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

BOOST_AUTO_TEST_CASE(a_mesh_config_has_the_options_and_the_scheduling) {
  mesh_config config;
  BOOST_TEST(get_or(config, "scheduler.max-throughput", std::size_t{0})
             == 100u);
  std::istringstream file;
  BOOST_TEST_REQUIRE(!config.parse({"--mesh.port=7000"}, file));
  BOOST_TEST(get_settings(config)->port == 7000u);
}

BOOST_AUTO_TEST_SUITE_END()
