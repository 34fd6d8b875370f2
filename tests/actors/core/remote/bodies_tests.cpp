#include "actors/core/remote/bodies.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace cafmesh::remote;

namespace {

bytes encoded(const body& x) {
  bytes out;
  append_body(out, x);
  out.insert(out.end(), x.content.begin(), x.content.end());
  return out;
}

body full_message() {
  body x;
  x.actor = 300;
  x.other = std::uint64_t{1} << 63;
  x.from = {place::elsewhere, {}, 7};
  x.from.node[23] = 9;
  x.stages = {{place::sender, {}, 1}, {place::receiver, {}, 2}};
  return x;
}

} // namespace

BOOST_AUTO_TEST_SUITE(bodies_tests)

BOOST_AUTO_TEST_CASE(a_message_survives) {
  const bytes content{1, 2, 3};
  auto sent = full_message();
  sent.content = content;
  auto raw = encoded(sent);
  auto got = read_body(raw);
  BOOST_REQUIRE(got);
  BOOST_TEST((got->kind == body_kind::message));
  BOOST_TEST(got->actor == sent.actor);
  BOOST_TEST(got->other == sent.other);
  BOOST_TEST((got->from.node == sent.from.node));
  BOOST_TEST(got->from.id == 7u);
  BOOST_REQUIRE(got->stages.size() == 2u);
  BOOST_TEST((got->stages[1].where == place::receiver));
  BOOST_TEST((got->content == byte_view{content}));
}

BOOST_AUTO_TEST_CASE(every_control_survives) {
  for (auto kind :
       {body_kind::watch, body_kind::unwatch, body_kind::down, body_kind::link,
        body_kind::unlink, body_kind::lease, body_kind::release,
        body_kind::credit, body_kind::answer_lost}) {
    body sent;
    sent.kind = kind;
    sent.actor = 5;
    sent.other = 6;
    auto raw = encoded(sent);
    auto got = read_body(raw);
    BOOST_REQUIRE(got);
    BOOST_TEST((got->kind == kind));
    BOOST_TEST(got->actor == 5u);
    BOOST_TEST(got->other == 6u);
  }
}

BOOST_AUTO_TEST_CASE(no_prefix_of_a_message_is_read) {
  auto whole = encoded(full_message());
  for (std::size_t size = 0; size < whole.size(); ++size)
    BOOST_TEST(!read_body(byte_view{whole}.sub(0, size)));
}

BOOST_AUTO_TEST_CASE(unknown_kinds_and_too_many_stages_are_refused) {
  for (int kind : {0, 3, 15, 26, 255})
    BOOST_TEST(!read_body(bytes{static_cast<std::uint8_t>(kind), 1, 1, 0, 0}));
  bytes many{1, 1, 1, 0, 17};
  many.resize(100, 1);
  BOOST_TEST(!read_body(many));
}

BOOST_AUTO_TEST_CASE(bodies_are_written_as_the_protocol_says) {
  body x;
  x.kind = body_kind::lease;
  x.actor = 300;
  x.other = 5;
  BOOST_TEST(to_hex(encoded(x)) == "15ac0205");
  x.kind = body_kind::exit;
  BOOST_TEST(to_hex(encoded(x)) == "02ac02050000");
  x = full_message();
  x.other = 6;
  x.from.node[0] = 8;
  const std::string zeros(44, '0');
  BOOST_TEST(to_hex(encoded(x)) == "01ac02060308" + zeros + "09070201010202");
}

BOOST_AUTO_TEST_CASE(every_field_is_read_as_it_was_written) {
  bytes raw;
  const std::string zeros(44, '0');
  BOOST_REQUIRE(from_hex("02ac02060308" + zeros + "09070201010302"
                           + std::string(46, '0') + "04aa",
                         raw));
  auto x = read_body(raw);
  BOOST_REQUIRE(x);
  BOOST_TEST((x->kind == body_kind::exit));
  BOOST_TEST(x->actor == 300u);
  BOOST_TEST(x->other == 6u);
  BOOST_TEST((x->from.where == place::elsewhere));
  BOOST_TEST(x->from.node[0] == 8);
  BOOST_TEST(x->from.node[23] == 9);
  BOOST_TEST(x->from.id == 7u);
  BOOST_REQUIRE(x->stages.size() == 2u);
  BOOST_TEST((x->stages[0].where == place::sender));
  BOOST_TEST(x->stages[0].id == 1u);
  BOOST_TEST((x->stages[1].where == place::elsewhere));
  BOOST_TEST(x->stages[1].node[0] == 2);
  BOOST_TEST(x->stages[1].id == 4u);
  BOOST_TEST(to_hex(x->content) == "aa");
}

BOOST_AUTO_TEST_CASE(a_message_may_have_no_sender_and_16_stages) {
  bytes raw{1, 1, 1, 0, 16};
  raw.resize(5 + 32, 1);
  auto x = read_body(raw);
  BOOST_REQUIRE(x);
  BOOST_TEST((x->from.where == place::nobody));
  BOOST_TEST(x->stages.size() == 16u);
  BOOST_TEST(x->content.empty());
}

BOOST_AUTO_TEST_CASE(a_stage_is_an_actor) {
  BOOST_TEST(read_body(bytes{1, 1, 1, 0, 1, 1, 0}).has_value());
  BOOST_TEST(!read_body(bytes{1, 1, 1, 0, 1, 0, 0}));
}

BOOST_AUTO_TEST_CASE(unknown_places_are_refused) {
  bytes raw{1, 1, 1, 3};
  raw.resize(4 + 26, 0);
  BOOST_TEST(read_body(raw).has_value());
  raw[3] = 4;
  BOOST_TEST(!read_body(raw));
  BOOST_TEST(!read_body(bytes{1, 1, 1, 0, 1, 4, 0}));
}

BOOST_AUTO_TEST_CASE(what_follows_a_control_is_its_content) {
  const bytes raw{18, 5, 0, 1, 2};
  auto x = read_body(raw);
  BOOST_REQUIRE(x);
  BOOST_TEST((x->kind == body_kind::down));
  BOOST_TEST(to_hex(x->content) == "0102");
  BOOST_TEST(!read_body(bytes{18, 5}));
}

BOOST_AUTO_TEST_SUITE_END()
