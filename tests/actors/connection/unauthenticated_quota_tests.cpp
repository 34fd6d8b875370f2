#include <algorithm>

#include "tests/support/blob.hpp"
#include "tests/support/mesh.hpp"
#include "tests/support/stranger.hpp"

#include <boost/test/unit_test.hpp>

#include "actors/core/limits/unauthenticated_quota.hpp"
#include "messages/wire/frame.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of the limit on memory for large frames from remotes that are not
// authenticated yet.
namespace {

/// A remote that speaks protocol version 1 with a wrong password. After its
/// introduction it sends the beginning of an encrypted frame.
class flooder {
public:
  flooder(mesh& world, const node& whom, const std::string& host)
      : world_(world), socket_(world.net().open(host, whom.host(), 6783)) {
    wire::introduction ours;
    ours.name = peer_name::from_number(4711);
    ours.nickname = "f";
    ours.uid = peer_uid{4711};
    crypto::handshake_config config;
    config.outbound = true;
    config.max_version = 1;
    config.features = wire::to_features(ours);
    std::vector<password> guesses;
    guesses.emplace_back("a guess");
    config.passwords =
      std::make_shared<const std::vector<password>>(std::move(guesses));
    crypto::handshake talk{config, crypto::key_pair::random()};
    const bytes header{'w', 'e', 'a', 'v', 'e', 1, 1};
    BOOST_TEST_REQUIRE(bool{talk.feed(header)});
    auto begin = talk.take_output();
    wire::append_frame_header(wire::framing::gob, wire::max_frame_size, begin);
    write_all(*socket_, begin, [this] { world_.run(); });
  }
  void send(std::size_t size) {
    write_all(*socket_, bytes(size, 'x'), [this] { world_.run(); });
  }
  bool is_cut_off() {
    world_.run();
    std::uint8_t byte[256];
    for (;;) {
      auto got = socket_->read(byte, sizeof(byte));
      if (got.status != io_status::done)
        return got.status != io_status::not_ready;
    }
  }

private:
  mesh& world_;
  socket_ptr socket_;
};

struct flooded : mesh {
  flooded() {
    auto setup = settings_for('a');
    setup.passwords = {"secret"};
    setup.min_protocol_version = 1;
    add('a', setup);
  }
  void flood(int strangers, std::size_t size) {
    for (int i = 0; i < strangers; ++i) {
      auto host = "10.0.1." + std::to_string(flooders.size());
      flooders.push_back(std::make_unique<flooder>(*this, at('a'), host));
      flooders.back()->send(size);
    }
  }
  std::ptrdiff_t cut_off() {
    return std::count_if(flooders.begin(), flooders.end(),
                         [](auto& x) { return x->is_cut_off(); });
  }
  std::size_t refused() {
    return at('a').log().count({"closed", "stranger_limit"});
  }
  bool lets_in_a_peer(std::uint8_t version) {
    stranger::options who;
    who.passwords = {"secret"};
    who.max_version = version;
    stranger s{*this, at('a'), who};
    s.introduce();
    return at('a').degree() == 1;
  }

  std::vector<std::unique_ptr<flooder>> flooders;
};

} // namespace

BOOST_AUTO_TEST_SUITE(unauthenticated_quota_tests)

BOOST_AUTO_TEST_CASE(each_remote_has_a_small_amount_to_itself) {
  unauthenticated_quota whole;
  unauthenticated_quota::share greedy{whole};
  BOOST_TEST(greedy.grow_to(unauthenticated_quota::for_each
                            + unauthenticated_quota::for_all));
  BOOST_TEST(!greedy.grow_to(unauthenticated_quota::for_each
                             + unauthenticated_quota::for_all + 1));
  unauthenticated_quota::share modest{whole};
  BOOST_TEST(modest.grow_to(unauthenticated_quota::for_each));
  BOOST_TEST(!modest.grow_to(unauthenticated_quota::for_each + 1));
}

BOOST_AUTO_TEST_CASE(memory_given_back_is_available_to_others) {
  unauthenticated_quota whole;
  unauthenticated_quota::share second{whole};
  {
    unauthenticated_quota::share first{whole};
    BOOST_TEST(first.grow_to(unauthenticated_quota::for_all));
    BOOST_TEST(!second.grow_to(2 * mib));
    first.give_back();
    BOOST_TEST(second.grow_to(2 * mib));
    BOOST_TEST(first.grow_to(unauthenticated_quota::for_all - 2 * mib));
  }
  BOOST_TEST(second.grow_to(unauthenticated_quota::for_all));
}

BOOST_AUTO_TEST_CASE(memory_that_is_held_is_not_counted_twice) {
  unauthenticated_quota whole;
  unauthenticated_quota::share one{whole};
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(one.grow_to(unauthenticated_quota::for_all));
  BOOST_TEST(one.grow_to(1));
  BOOST_TEST(one.grow_to(unauthenticated_quota::for_each
                         + unauthenticated_quota::for_all));
}

// A frame of 9 MiB takes a buffer of 16 MiB, the next power of two. All remotes
// share 64 MiB, so four of the ten frames fit.
BOOST_FIXTURE_TEST_CASE(strangers_share_a_limited_amount, flooded) {
  flood(10, 9 * mib);
  BOOST_TEST(cut_off() == 6);
  BOOST_TEST(refused() == 6u);
}

BOOST_FIXTURE_TEST_CASE(peers_can_join_while_strangers_use_it_up, flooded) {
  flood(5, 9 * mib);
  BOOST_TEST_REQUIRE(refused() == 1u);
  BOOST_TEST(lets_in_a_peer(1));
}

BOOST_FIXTURE_TEST_CASE(strangers_that_have_gone_hold_no_memory, flooded) {
  flood(5, 9 * mib);
  BOOST_TEST_REQUIRE(refused() == 1u);
  flooders.clear();
  run();
  flood(4, 9 * mib);
  BOOST_TEST(cut_off() == 0);
  BOOST_TEST(refused() == 1u);
}

BOOST_FIXTURE_TEST_CASE(any_number_of_strangers_may_send_a_little, flooded) {
  for (int i = 0; i < 5; ++i) {
    flood(20, 60 * 1024);
    run_for(seconds{1});
  }
  BOOST_TEST(cut_off() == 0);
  BOOST_TEST(refused() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
