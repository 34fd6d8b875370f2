#include "actors/remote/message_reader.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>

#include "actors/remote/credit_account.hpp"
#include "actors/remote/remote_proxy.hpp"
#include "tests/support/actor_machines.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of the order in which the reader of large messages delivers messages
// and reports the end of actors.
namespace {

using notes = std::shared_ptr<std::string>;
using handle = caf::strong_actor_ptr;

// An actor that notes what it receives, except handles of actors. It monitors
// those actors.
auto noting(notes seen) {
  return [seen](caf::event_based_actor* self) {
    self->set_down_handler([seen](const caf::down_msg& x) {
      *seen += x.reason == errc::ended ? "ended " : "interrupted ";
    });
    self->set_exit_handler([seen](const caf::exit_msg&) { *seen += "exit "; });
    return caf::behavior{
      [self](const caf::actor& x) { self->monitor(x); },
      [seen](const std::string& x) { *seen += x + " "; },
      [seen](const peer_departed&) { *seen += "departed "; },
    };
  };
}

/// A message reader on the machine `b`, the actor `here` on `b`, and `from`, a
/// handle of an actor on `a`.
struct reading : actor_machines {
  reading() {
    line("ab");
    auto remote = at('a').publish([](caf::event_based_actor*) {
      return caf::behavior{[](int) {
      }};
    });
    from = caf::actor_cast<handle>(at('b').handle_of(remote));
    shared = std::static_pointer_cast<carrier>(at('b').remote.carrier);
    costs.emplace(shared->config());
    account = std::make_shared<credit_account>(
      shared->postman(), 1000, 1000, costs->of(peer_name::from_number('a')));
    reader.emplace(at('b').system(), shared, blocking_work::on_scheduler);
    here = caf::actor_cast<handle>(at('b').spawn(noting(seen)));
    caf::anon_send(to_us(), caf::actor_cast<caf::actor>(from));
    run_for(milliseconds{50});
  }
  ~reading() {
    reader.reset();
    from = nullptr;
    here = nullptr;
    account = nullptr;
    shared = nullptr;
  }
  caf::actor to_us() const {
    return caf::actor_cast<caf::actor>(here);
  }
  void read(const std::string& text) {
    unread_message x;
    x.receiver = here;
    x.sender = from;
    BOOST_TEST(!shared->encode_message(caf::make_message(text), x.body));
    x.content = byte_view{x.body.data(), x.body.size()};
    x.box = proxy_of(from).box();
    x.credit = account->of_nobody();
    account->arrived(x.cost);
    reader->read(std::move(x));
  }
  void deliver(caf::message x) {
    reader->deliver(
      here, from,
      caf::make_mailbox_element(from, caf::make_message_id(), {}, std::move(x)),
      proxy_of(from).box(), nullptr);
  }

  notes seen = std::make_shared<std::string>();
  std::optional<unprocessed_costs> costs;
  carrier_ptr shared;
  credit_account_ptr account;
  std::optional<message_reader> reader;
  handle from;
  handle here;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(message_reader_tests, reading)

BOOST_AUTO_TEST_CASE(the_end_of_an_actor_follows_its_messages) {
  read("text");
  reader->end(from, make_error(errc::ended, "it has ended"));
  reader->interrupt(from, make_error(errc::unreachable, "too late"));
  reader->end(from, make_error(errc::unreachable, "said again"));
  BOOST_TEST(!proxy_of(from).has_ended());
  run();
  BOOST_TEST(*seen == "text ended ");
  BOOST_TEST(proxy_of(from).has_ended());
}

BOOST_AUTO_TEST_CASE(an_end_waits_for_no_messages_of_other_actors) {
  auto other = shared->handle_of(from->node(), from->id() + 1);
  read("text");
  reader->end(other, make_error(errc::ended, "it has ended"));
  BOOST_TEST(proxy_of(other).has_ended());
}

BOOST_AUTO_TEST_CASE(an_interruption_follows_the_messages_before_it) {
  read("text");
  reader->interrupt(from, make_error(errc::unreachable, "for a while"));
  // This watcher begins to monitor `from` after the interruption, so it must
  // get no down message.
  auto later = std::make_shared<std::string>();
  auto watcher = at('b').spawn(noting(later));
  caf::anon_send(watcher, caf::actor_cast<caf::actor>(from));
  run();
  BOOST_TEST(*seen == "text interrupted ");
  BOOST_TEST(*later == "");
  BOOST_TEST(!proxy_of(from).has_ended());
}

BOOST_AUTO_TEST_CASE(an_exit_follows_the_messages_to_its_receiver) {
  read("text");
  deliver(caf::make_message(caf::exit_msg{from->address(), {}}));
  reader->end(from, make_error(errc::ended, "it has ended"));
  BOOST_TEST(*seen == "");
  run();
  // Exit messages overtake other messages in the mailbox, but a down message
  // must not overtake an exit message.
  BOOST_TEST(seen->find("text ") != std::string::npos);
  BOOST_TEST(seen->find("exit ") < seen->find("ended "));
}

BOOST_AUTO_TEST_CASE(a_departure_follows_the_orders_of_the_peer) {
  const auto spawner = caf::actor_cast<spawner_of_postman>(here);
  read("order");
  for (int i = 0; i < 3; ++i)
    reader->tell_departed(spawner, {from->node(), {}});
  deliver(caf::make_message(std::string{"next"}));
  run();
  BOOST_TEST(*seen == "order departed next ");
}

BOOST_AUTO_TEST_CASE(when_the_node_stops_everything_is_done_at_once) {
  read("one");
  read("two");
  reader->end(from, make_error(errc::ended, "it has ended"));
  reader->finish();
  BOOST_TEST(proxy_of(from).has_ended());
  run();
  BOOST_TEST(*seen == "one two ended ");
}

BOOST_AUTO_TEST_SUITE_END()
