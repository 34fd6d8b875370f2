#include "actors/core/remote/bodies.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace cafmesh::remote;

// Tests of the encoding of requests and controls between actor layers.
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

BOOST_AUTO_TEST_SUITE_END()
