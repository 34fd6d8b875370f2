#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>

#include "actors/caf_version/lifetime.hpp"
#include "actors/remote/actor_layer.hpp"
#include "tests/actors/remote/named_machines.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of an actor that watches very many actors of a distant node.
namespace {

std::string first_word(const std::string& x) {
  return x.substr(0, x.find_first_of(" :"));
}

/// The down messages that an actor got: how many for each watched actor, and
/// the first word of each reason.
struct downs_heard {
  std::map<caf::actor_id, int> times;
  std::set<std::string> reasons;

  void check(std::size_t actors, const std::string& reason) const {
    BOOST_TEST(times.size() == actors);
    for (const auto& [id, count] : times)
      if (count != 1)
        BOOST_ERROR("actor " << id << ": " << count << " down messages");
    BOOST_TEST((reasons == std::set<std::string>{reason}));
  }
};

struct many_watches : named_machines {
  std::shared_ptr<downs_heard> watch(char here, char there, int count) {
    std::vector<caf::actor> handles;
    for (int i = 0; i < count; ++i) {
      watched.push_back(at(there).publish(adder));
      handles.push_back(at(here).handle_of(watched.back()));
    }
    auto heard = std::make_shared<downs_heard>();
    at(here).spawn([=](caf::event_based_actor* self) -> caf::behavior {
      caf_version::on_down(
        self, [heard](const caf::actor_addr& who, const caf::error& why) {
          ++heard->times[who.id()];
          heard->reasons.insert(first_word(describe(why)));
        });
      for (const auto& x : handles)
        self->monitor(x);
      return {[](int) {
      }};
    });
    run_for(milliseconds{500});
    return heard;
  }
  void end_watched() {
    for (const auto& x : watched)
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    watched.clear();
    run_for(milliseconds{500});
  }

  void add_relay(char letter, char from, char to) {
    names[letter] = add(letter).spawn_names();
    connect(from, letter);
    connect(letter, to);
    run_for(seconds{2});
  }
  void kill(char letter) {
    caf::anon_send_exit(at(letter).router, caf::exit_reason::kill);
  }

  /// Sends the next `count` numbers after `sent`, four in each millisecond.
  void send_numbers(const caf::actor& to, int count) {
    for (int i = 0; i < count; ++i) {
      caf::anon_send(to, ++sent);
      if (i % 4 == 3)
        run_for(milliseconds{1});
    }
  }

  std::vector<caf::actor> watched;
  int sent = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(many_watches_tests, many_watches)

BOOST_AUTO_TEST_CASE(each_of_20000_watches_of_a_killed_node_is_told_once) {
  build("abc");
  auto heard = watch('a', 'c', 20'000);
  BOOST_TEST(heard->times.empty());
  kill('c');
  run_for(milliseconds{200});
  heard->check(20'000, "left");
}

// The relays `r` and `s` connect `a` and `c`. `r` is killed. Then the relay `t`
// is added, and `s` is cut off.
BOOST_AUTO_TEST_CASE(relays_are_killed_and_replaced_while_10000_are_watched) {
  build("arc");
  add_relay('s', 'a', 'c');
  auto heard = watch('a', 'c', 10'000);
  auto got = std::make_shared<std::vector<int>>();
  auto to = at('a').handle_of(at('c').publish([got] {
    return caf::behavior{[got](int x) {
      got->push_back(x);
    }};
  }));
  send_numbers(to, 200);
  kill('r');
  send_numbers(to, 800);
  add_relay('t', 'a', 'c');
  for (auto end : {'a', 'c'}) {
    net().unplug(host_of(end), host_of('s'));
    net().cut(host_of(end), host_of('s'));
  }
  send_numbers(to, 800);
  run_for(seconds{2});
  BOOST_TEST(heard->times.empty());
  // Numbers arrive in order and at most once, and lost ones are counted.
  BOOST_TEST(std::is_sorted(got->begin(), got->end()));
  BOOST_TEST((std::adjacent_find(got->begin(), got->end()) == got->end()));
  BOOST_TEST(got->size() + dropped_messages(at('a').remote)
               + dropped_messages(at('c').remote)
             == 1800u);
  BOOST_TEST(got->size() > 1700u);
  end_watched();
  heard->check(10'000, first_word(describe(caf::exit_reason::user_shutdown)));
}

BOOST_AUTO_TEST_SUITE_END()
