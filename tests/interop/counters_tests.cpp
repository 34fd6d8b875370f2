#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <unistd.h>

#include "tests/interop/both_kinds.hpp"
#include "tests/interop/counter_process.hpp"
#include "tests/interop/go_peer.hpp"

using namespace cafmesh::test;
namespace data = boost::unit_test::data;

// Tests of tools/counter together with the Go library's example of the same
// name. Each program takes each role.
BOOST_AUTO_TEST_SUITE(counters_tests)

namespace {

counter_options counter(kind program, char letter,
                        const std::string& peer = {}) {
  counter_options result;
  result.program = program;
  result.hwaddr = named(letter).name;
  result.nickname = letter;
  result.password = "secret";
  if (!peer.empty())
    result.peers = {peer};
  return result;
}

using change = std::function<void(counter_options&)>;

/// Three counters, of which `a` and `c` dial `b`.
struct line_of_counters {
  std::unique_ptr<counter_process> a;
  std::unique_ptr<counter_process> b;
  std::unique_ptr<counter_process> c;

  explicit line_of_counters(
    const kinds_in_line& kinds, const change& but = [](auto&) {}) {
    auto begin = [&](counter_options options) {
      but(options);
      return std::make_unique<counter_process>(std::move(options));
    };
    b = begin(counter(kinds.kinds[1], 'b'));
    a = begin(counter(kinds.kinds[0], 'a', b->address()));
    c = begin(counter(kinds.kinds[2], 'c', b->address()));
  }

  std::vector<const counter_process*> all() const {
    return {a.get(), b.get(), c.get()};
  }

  std::string views() const {
    std::string result;
    for (const auto* x : all())
      result += "\n  " + x->address() + " counts " + std::to_string(x->count())
                + ": " + x->peers().dump() + x->latest_words();
    return result;
  }

  /// Increments one counter at a time, and waits until all agree. Without the
  /// wait, counts might arrive at a Go counter while it passes others on. That
  /// can crash the Go program.
  void check_counting() {
    for (int number = 1; number <= 9; ++number) {
      all().at(static_cast<std::size_t>(number % 3))->increment();
      const bool agreed = agree_on(all(), number);
      BOOST_TEST_REQUIRE(agreed, "at " << number << (agreed ? "" : views()));
    }
  }
};

const std::vector<kinds_in_line> all_roles{
  {{kind::go, kind::cpp, kind::go}},   {{kind::cpp, kind::go, kind::cpp}},
  {{kind::cpp, kind::cpp, kind::go}},  {{kind::cpp, kind::go, kind::go}},
  {{kind::cpp, kind::cpp, kind::cpp}},
};

} // namespace

BOOST_DATA_TEST_CASE(counters_in_a_line_agree_in_all_roles,
                     data::make(all_roles), kinds) {
  line_of_counters line{kinds};
  line.check_counting();
  for (auto* x : line.all())
    if (!x->peers().is_null())
      for (auto letter : {'a', 'b', 'c'})
        BOOST_TEST(x->knows(named(letter).name));
}

BOOST_DATA_TEST_CASE(the_go_example_uses_the_empty_password_by_default,
                     data::make(lines_of_three()), kinds) {
  line_of_counters line{kinds, [](counter_options& x) {
                          x.password.reset();
                          if (x.program == kind::cpp)
                            x.password = "";
                        }};
  line.check_counting();
}

// With hash names, counters exchange their counts as a gob map[string]int.
BOOST_DATA_TEST_CASE(counters_agree_under_hash_names,
                     data::make(lines_of_three()), kinds) {
  line_of_counters line{kinds, [](counter_options& x) {
                          x.hwaddr = std::string(32, x.hwaddr.back());
                          x.hash_names = true;
                        }};
  line.check_counting();
}

BOOST_DATA_TEST_CASE(a_late_counter_learns_the_count, data::make(both_ways()),
                     kinds) {
  counter_process early{counter(kinds.acceptor, 'a')};
  for (int i = 0; i < 3; ++i)
    early.increment();
  counter_process late{counter(kinds.dialler, 'b', early.address())};
  BOOST_TEST(agree_on({&late}, 3));
}

BOOST_AUTO_TEST_CASE(
  a_killed_counter_is_forgotten_and_its_successor_counts_on) {
  auto middle_options = named('b', "secret");
  middle_options.channels.clear();
  go_peer middle{middle_options};
  counter_process stays{counter(kind::cpp, 'a', middle.address())};
  auto options = counter(kind::cpp, 'c', middle.address());
  auto goes = std::make_unique<counter_process>(options);
  const auto name = options.hwaddr;
  BOOST_REQUIRE(eventually([&] { return stays.knows(name); }));
  goes->increment();
  BOOST_TEST(agree_on({&stays}, 1));
  const auto first_life = middle.knows(name).value().uid;

  goes->kill();
  BOOST_TEST(eventually([&] { return !middle.knows(name); }));
  BOOST_TEST(eventually([&] { return !stays.knows(name); }));
  BOOST_TEST(stays.count() == 1);

  goes = std::make_unique<counter_process>(options);
  BOOST_TEST(eventually([&] { return stays.knows(name); }));
  BOOST_TEST(middle.knows(name).value().uid != first_life);
}

BOOST_DATA_TEST_CASE(a_restarted_counter_gets_its_count_back_and_adds_to_it,
                     data::make({kind::go, kind::cpp}), of_keeper) {
  counter_process keeper{counter(of_keeper, 'a')};
  auto options = counter(kind::cpp, 'b', keeper.address());
  auto restarted = std::make_unique<counter_process>(options);
  restarted->increment();
  restarted->increment();
  BOOST_REQUIRE(agree_on({&keeper}, 2));
  restarted->kill();
  restarted = std::make_unique<counter_process>(options);
  BOOST_TEST(agree_on({restarted.get()}, 2));
  restarted->increment();
  BOOST_TEST(agree_on({restarted.get(), &keeper}, 3));
}

BOOST_AUTO_TEST_CASE(an_interrupted_counter_exits_with_status_0) {
  counter_process ours{counter(kind::cpp, 'a')};
  counter_process theirs{counter(kind::go, 'b', ours.address())};
  theirs.increment();
  BOOST_REQUIRE(agree_on({&ours}, 1));
  BOOST_TEST(ours.stop() == 0);
}

BOOST_DATA_TEST_CASE(a_terminated_counter_sends_its_last_counts_and_leaves,
                     data::make({kind::go, kind::cpp}), of_keeper) {
  counter_process keeper{counter(of_keeper, 'a')};
  counter_process witness{counter(kind::cpp, 'b', keeper.address())};
  auto options = counter(kind::cpp, 'c', keeper.address());
  options.mesh_port = free_port();
  counter_process ends{options};
  BOOST_REQUIRE(eventually([&] { return witness.knows(options.hwaddr); }));
  // The Go program may crash if counts arrive while it passes others on. So
  // with a Go keeper, there is only one increment.
  const auto number = of_keeper == kind::go ? 1 : 20;
  for (int i = 0; i < number; ++i)
    ends.increment();
  BOOST_TEST(ends.stop(SIGTERM) == 0);
  // The witness must notice the end immediately. If the counter did not close
  // its connection, this would take 60 s.
  BOOST_TEST(eventually([&] { return !witness.knows(options.hwaddr); }));
  BOOST_TEST(agree_on({&keeper, &witness}, number));
  counter_process successor{options}; // fails if the port is not free
  BOOST_TEST(agree_on({&successor}, number));
}

namespace {

/// Runs tools/counter with arguments that it must refuse.
/// @returns its output
std::string refusal(const std::vector<std::string>& arguments) {
  std::vector<std::string> command{CAFMESH_COUNTER};
  command.insert(command.end(), arguments.begin(), arguments.end());
  std::string said;
  child_process program{command,
                        [&](const std::string* line) {
                          if (line)
                            said += *line + "\n";
                        },
                        child_process::error_output::with_output};
  return program.wait() == 2 ? said : "was not refused";
}

} // namespace

BOOST_DATA_TEST_CASE(a_password_is_in_memory_once_and_not_on_the_command_line,
                     data::make({"option", "file"}), given_by) {
  const std::string password = "quite distinctive words, 8b1f";
  auto options = counter(kind::cpp, 'a');
  options.password.reset();
  const auto path = "/tmp/cafmesh_counters_tests." + std::to_string(getpid());
  if (given_by == std::string{"file"}) {
    std::ofstream{path} << password << "\n";
    options.password_file = path;
  } else {
    options.password = password;
  }
  counter_process shown{options};
  unlink(path.c_str());
  auto neighbour = named('b', password);
  neighbour.channels.clear();
  go_peer other{neighbour};
  other.connect_to(shown.address());
  BOOST_REQUIRE(eventually([&] { return shown.knows(other.name()); }));
  BOOST_TEST(shown.command_line().find("--hwaddr=") != std::string::npos);
  BOOST_TEST(shown.command_line().find(password.substr(0, 5))
             == std::string::npos);
  // The node needs one copy to dial with.
  BOOST_TEST(shown.times_in_memory(password) == 1u);
}

BOOST_AUTO_TEST_CASE(an_unknown_option_is_shown_without_its_value) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"--pasword=hunter2"},
        {"--pasword", "hunter2"},
        {"-pasword=hunter2"},
        {"pasword=hunter2"},
        {"--password=hunter2", "--pasword=hunter2"}}) {
    const auto said = refusal(arguments);
    BOOST_TEST(said.find("pasword") != std::string::npos, said);
    BOOST_TEST(said.find("hunter2") == std::string::npos, said);
  }
  const auto said = refusal({"--min-protocol-version=many"});
  BOOST_TEST(said.find("many") != std::string::npos, said);
}

BOOST_AUTO_TEST_CASE(a_password_file_that_cannot_be_read_is_named) {
  const auto said = refusal({"--password-file=/no/such/file"});
  BOOST_TEST(said.find("--password-file") != std::string::npos, said);
  BOOST_TEST(said.find("'/no/such/file'") != std::string::npos, said);
  BOOST_TEST(refusal({"--password"}).find("password") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
