#include "crypto/handshake/handshake.hpp"

#include <iterator>

#include "tests/crypto/handshake/handshake_fixture.hpp"
#include "tests/support/sealing.hpp"

using namespace cafmesh;
using namespace cafmesh::crypto;

// Tests of how two ends introduce themselves.
namespace {

using texts = std::vector<std::string>;

struct pair {
  pair(const handshake_config& d, const handshake_config& a)
      : dialler(d), acceptor(a) {
    talk(dialler, acceptor);
  }
  pair(const texts& d, const texts& a)
      : pair(config_of(true, d), config_of(false, a)) {
  }

  bool both_done() const {
    return dialler.done() && acceptor.done();
  }

  end dialler;
  end acceptor;
};

handshake_config with_versions(handshake_config x, std::uint8_t min,
                               std::uint8_t max) {
  x.min_version = min;
  x.max_version = max;
  return x;
}

void check_next_frame(handshake_result& from, handshake_result& to) {
  auto box = test::sealed(*from.to_remote, bytes(3, 0x5a));
  bytes plain(3);
  BOOST_TEST(to.from_remote->open(box.data(), box.size(), plain.data()));
  BOOST_TEST((plain == bytes(3, 0x5a)));
}

void check_agreement(pair& xs, bool encrypted) {
  BOOST_TEST_REQUIRE(xs.both_done());
  BOOST_TEST((xs.dialler.inbox.empty() && xs.acceptor.inbox.empty()));
  auto d = xs.dialler.shake.take_result();
  auto a = xs.acceptor.shake.take_result();
  BOOST_TEST(d.version == a.version);
  BOOST_TEST((d.features.at("Name") == "acceptor"));
  BOOST_TEST((a.features.at("Name") == "dialler"));
  BOOST_TEST_REQUIRE(d.session_key.has_value() == encrypted);
  BOOST_TEST_REQUIRE(a.session_key.has_value() == encrypted);
  if (!encrypted)
    return;
  BOOST_TEST((d.session_key->view() == a.session_key->view()));
  check_next_frame(d, a);
  check_next_frame(a, d);
}

bytes header(std::uint8_t min = 2, std::uint8_t max = 2) {
  return {'w', 'e', 'a', 'v', 'e', min, max};
}

// Returns how many bytes a dialler sends in its introduction to an acceptor
// with the same passwords.
std::size_t size_of_dialler_stream(const texts& accepted) {
  end dialler{config_of(true, accepted)};
  end acceptor{config_of(false, accepted)};
  std::size_t result = 0;
  for (int turn = 0; turn < 3; ++turn) {
    auto output = dialler.shake.take_output();
    result += output.size();
    acceptor.receive(output);
    pass_on(acceptor, dialler);
  }
  return result;
}

void check_damaged_dialler(const texts& accepted, std::size_t place) {
  end dialler{config_of(true, accepted)};
  end acceptor{config_of(false, accepted)};
  for (int turn = 0; turn < 3 && !acceptor.error; ++turn) {
    pass_on_damaged(dialler, acceptor, place);
    pass_on(acceptor, dialler);
  }
  BOOST_TEST(!acceptor.done(), "damage at " << place);
}

// Makes an acceptor's flag, key and sealed features in one piece, as the Go
// library writes them once it has read the dialler's flag and key.
bytes go_acceptor_answers(const bytes& flag_and_key, const char* text) {
  auto keys = key_pair::random();
  public_key theirs;
  std::copy_n(flag_and_key.begin() + 1, public_key_size, theirs.begin());
  auto session = make_session_key(keys, theirs, text);
  BOOST_TEST_REQUIRE(!!session);
  bytes features;
  wire::append_features(features, features_of("go"));
  sealed_stream stream{*session, false};
  auto box = test::sealed(stream, features);
  bytes result(1 + public_key_size, 1);
  std::copy(keys.open_half.begin(), keys.open_half.end(), result.begin() + 1);
  wire::append_frame_header(wire::framing::length_prefix, box.size(), result);
  std::copy(box.begin(), box.end(), std::back_inserter(result));
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(handshake_tests)

// -- header

BOOST_AUTO_TEST_CASE(the_header_is_sent_at_once) {
  end x{with_versions(config_of(true, {}), 1, 2)};
  BOOST_TEST((x.shake.take_output() == header(1, 2)));
  BOOST_TEST(x.shake.take_output().empty());
}

BOOST_AUTO_TEST_CASE(version_ranges_meet_in_the_highest_common_version) {
  using range = std::pair<std::uint8_t, std::uint8_t>;
  // 3 stands for future versions, [2, 1] for invalid ranges.
  const std::vector<range> theirs = {{0, 0}, {1, 1}, {1, 2}, {1, 3},
                                     {2, 2}, {2, 3}, {3, 3}, {2, 1}};
  for (auto ours : {range{1, 1}, range{1, 2}, range{2, 2}})
    for (auto [min, max] : theirs) {
      auto meet = std::max(ours.first, min) <= std::min(ours.second, max);
      end x{with_versions(config_of(true, {}), ours.first, ours.second)};
      x.shake.take_output();
      x.receive(header(min, max));
      BOOST_TEST(x.failed_with(errc::version_mismatch) == !meet);
      // If version 2 was agreed on, only one byte, the flag, follows the
      // header. Otherwise, all features follow.
      auto goes_on_with = x.shake.take_output().size();
      if (meet)
        BOOST_TEST((goes_on_with == 1) == (std::min(ours.second, max) == 2));
    }
}

BOOST_AUTO_TEST_CASE(a_version_mismatch_names_both_ranges) {
  end x{with_versions(config_of(true, {}), 1, 2)};
  x.receive(header(3, 4));
  auto text = describe(x.error);
  BOOST_TEST(text.find("[1, 2]") != std::string::npos);
  BOOST_TEST(text.find("[3, 4]") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_first_wrong_byte_of_the_header_is_an_error) {
  for (std::size_t i = 0; i < 5; ++i) {
    end x{config_of(false, {})};
    auto start = header();
    start.resize(i + 1);
    start[i] = '\n';
    x.receive(byte_view{start}.sub(0, i));
    BOOST_TEST(!x.error);
    x.receive(byte_view{start}.sub(i));
    BOOST_TEST(x.failed_with(errc::bad_header));
    BOOST_TEST(describe(x.error).find("\\x0a'") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_failed_intro_stays_failed) {
  end x{config_of(false, {})};
  x.receive(byte_view{std::string_view{"G"}});
  auto first = x.error;
  x.inbox.clear();
  x.receive(header());
  BOOST_TEST((x.error == first));
  BOOST_TEST(x.failed_with(errc::bad_header));
}

// -- passwords and versions

BOOST_AUTO_TEST_CASE(all_versions_and_passwords_meet_or_fail_as_they_should) {
  const std::vector<texts> choices = {{}, {""}, {"one"}, {"two"}};
  for (std::uint8_t version : {std::uint8_t{1}, std::uint8_t{2}})
    for (const auto& d : choices)
      for (const auto& a : choices) {
        pair xs{with_versions(config_of(true, d), 1, version),
                with_versions(config_of(false, a), 1, 2)};
        BOOST_TEST_CONTEXT("version " << int{version}) {
          if (d == a)
            check_agreement(xs, !d.empty());
          else if (d.empty() || a.empty())
            BOOST_TEST(xs.acceptor.failed_with(errc::encryption_mismatch));
          else
            BOOST_TEST(xs.acceptor.failed_with(errc::cannot_open));
          BOOST_TEST(xs.dialler.done() == (d == a));
        }
      }
}

BOOST_AUTO_TEST_CASE(the_error_says_which_side_has_the_password) {
  pair ours{texts{}, texts{"x"}};
  BOOST_TEST(describe(ours.acceptor.error).find("a remote without a password")
             != std::string::npos);
  BOOST_TEST(describe(ours.dialler.error).find("a remote with a password")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(no_error_shows_a_password) {
  pair xs{texts{"open sesame"}, texts{"barley"}};
  auto text = describe(xs.acceptor.error);
  BOOST_TEST(text.find("password") != std::string::npos);
  BOOST_TEST(text.find("sesame") == std::string::npos);
  BOOST_TEST(text.find("barley") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_acceptor_answers_under_any_password_it_accepts) {
  for (std::uint8_t version : {std::uint8_t{1}, std::uint8_t{2}})
    for (auto password : {"old", "new", "next"}) {
      pair xs{
        config_of(true, {password}),
        with_versions(config_of(false, {"new", "old", "next"}), 1, version)};
      check_agreement(xs, true);
    }
}

BOOST_AUTO_TEST_CASE(a_dialler_seals_with_the_password_it_was_given) {
  auto dialler = config_of(true, {"old", "new"});
  dialler.dial_with = 1;
  pair knows{dialler, config_of(false, {"new"})};
  check_agreement(knows, true);
  pair does_not{dialler, config_of(false, {"old"})};
  BOOST_TEST(does_not.acceptor.failed_with(errc::cannot_open));
}

BOOST_AUTO_TEST_CASE(the_intro_is_the_same_in_pieces_of_any_size) {
  for (std::uint8_t version : {std::uint8_t{1}, std::uint8_t{2}})
    for (std::size_t piece = 1; piece < 400; piece += 1 + piece / 8) {
      end dialler{config_of(true, {"x"})};
      end acceptor{with_versions(config_of(false, {"x"}), 1, version)};
      talk(dialler, acceptor, piece);
      BOOST_TEST((dialler.done() && acceptor.done()));
    }
}

BOOST_AUTO_TEST_CASE(bytes_after_the_intro_are_left_to_the_caller) {
  for (std::uint8_t version : {std::uint8_t{1}, std::uint8_t{2}}) {
    end dialler{config_of(true, {"x"})};
    end acceptor{with_versions(config_of(false, {"x"}), 1, version)};
    pass_on(dialler, acceptor);
    pass_on(acceptor, dialler);
    auto last = dialler.shake.take_output();
    last.insert(last.end(), {0xde, 0xad});
    acceptor.receive(last);
    BOOST_TEST(acceptor.done());
    acceptor.receive(bytes{0xbe});
    BOOST_TEST((acceptor.inbox == bytes{0xde, 0xad, 0xbe}));
  }
}

// -- version 2

BOOST_AUTO_TEST_CASE(version_2_keeps_every_feature) {
  pair xs{texts{"x"}, texts{"x"}};
  BOOST_TEST_REQUIRE(xs.both_done());
  auto result = xs.acceptor.shake.take_result();
  BOOST_TEST((result.features == features_of("dialler")));
  BOOST_TEST((result.framing == wire::framing::length_prefix));
  BOOST_TEST(!result.first_message);
}

BOOST_AUTO_TEST_CASE(the_streams_have_counted_the_features) {
  pair xs{texts{"x"}, texts{"x"}};
  auto result = xs.dialler.shake.take_result();
  BOOST_TEST(result.to_remote->sequence() == 1u);
  BOOST_TEST(result.from_remote->sequence() == 1u);
}

BOOST_AUTO_TEST_CASE(an_encryption_flag_is_0_or_1) {
  end x{config_of(false, {})};
  x.receive(header());
  x.receive(bytes{2});
  BOOST_TEST(x.failed_with(errc::malformed));
}

BOOST_AUTO_TEST_CASE(the_flag_suffices_to_see_a_one_sided_password) {
  end with{config_of(false, {"x"})};
  with.receive(header());
  with.receive(bytes{0});
  BOOST_TEST(with.failed_with(errc::encryption_mismatch));
  end without{config_of(false, {})};
  without.receive(header());
  without.receive(bytes{1});
  BOOST_TEST(without.failed_with(errc::encryption_mismatch));
}

BOOST_AUTO_TEST_CASE(keys_of_low_order_are_refused) {
  for (auto outbound : {false, true}) {
    end x{config_of(outbound, {"x"})};
    x.receive(header());
    x.receive(bytes{1});
    x.receive(bytes(public_key_size, 0));
    BOOST_TEST(x.failed_with(errc::weak_key));
    // Features must not be sent, because anybody could compute the key that
    // seals them.
    BOOST_TEST(x.shake.take_output().size() == 7 + 1 + public_key_size);
  }
}

BOOST_AUTO_TEST_CASE(an_oversized_first_frame_is_refused_by_its_length) {
  end x{config_of(false, {})};
  x.receive(header());
  x.receive(bytes{0, 0x00, 0x01, 0x00});
  BOOST_TEST(!x.error);
  x.receive(bytes{0x01}); // makes the length 65537
  BOOST_TEST(x.failed_with(errc::too_large));
}

BOOST_AUTO_TEST_CASE(a_first_frame_of_the_limit_is_waited_for) {
  end x{config_of(false, {})};
  x.receive(header());
  x.receive(bytes{0, 0x00, 0x01, 0x00, 0x00});
  x.receive(bytes(64 * 1024 - 1));
  BOOST_TEST(!x.error);
  x.receive(bytes(1)); // completes a frame that holds no features
  BOOST_TEST(x.failed_with(errc::malformed));
}

BOOST_AUTO_TEST_CASE(an_acceptor_is_silent_until_the_diallers_features_opened) {
  end dialler{config_of(true, {"x"})};
  end acceptor{config_of(false, {"x"})};
  pass_on(dialler, acceptor);
  pass_on(acceptor, dialler);
  auto features = dialler.shake.take_output();
  for (auto byte : features) {
    BOOST_TEST(acceptor.shake.take_output().empty());
    acceptor.receive(bytes{byte});
  }
  BOOST_TEST(!acceptor.shake.take_output().empty());
}

BOOST_AUTO_TEST_CASE(an_acceptor_sends_nothing_after_a_wrong_password) {
  end dialler{config_of(true, {"guess"})};
  end acceptor{config_of(false, {"x"})};
  talk(dialler, acceptor);
  BOOST_TEST(acceptor.failed_with(errc::cannot_open));
  BOOST_TEST(!dialler.done());
  BOOST_TEST(dialler.inbox.empty());
}

BOOST_AUTO_TEST_CASE(without_a_password_an_acceptor_does_not_wait) {
  end x{config_of(false, {})};
  x.receive(header());
  x.receive(bytes{0});
  BOOST_TEST(x.shake.take_output().size() > 7 + 1);
}

BOOST_AUTO_TEST_CASE(a_sealed_frame_too_short_for_its_tag_does_not_open) {
  end dialler{config_of(true, {"x"})};
  end acceptor{config_of(false, {"x"})};
  pass_on(dialler, acceptor);
  pass_on(acceptor, dialler);
  auto key_and_features = dialler.shake.take_output();
  acceptor.receive(byte_view{key_and_features}.sub(0, 1 + public_key_size));
  acceptor.receive(bytes{0, 0, 0, 15});
  acceptor.receive(bytes(15));
  BOOST_TEST(acceptor.failed_with(errc::cannot_open));
}

BOOST_AUTO_TEST_CASE(a_diallers_own_frames_do_not_open_at_the_dialler) {
  end dialler{config_of(true, {"x"})};
  for (int turn = 0; turn < 3; ++turn)
    dialler.receive(dialler.shake.take_output());
  BOOST_TEST(dialler.failed_with(errc::cannot_open));
}

BOOST_AUTO_TEST_CASE(damage_after_the_header_never_passes_unseen) {
  auto size = size_of_dialler_stream({"x"});
  for (std::size_t place = 7; place < size; ++place)
    check_damaged_dialler({"x"}, place);
}

BOOST_AUTO_TEST_CASE(damage_without_encryption_never_passes_as_other_sizes) {
  auto size = size_of_dialler_stream({});
  for (std::size_t place = 0; place < size; ++place) {
    end dialler{config_of(true, {})};
    end acceptor{config_of(false, {})};
    auto countdown = place;
    for (int turn = 0; turn < 3 && !acceptor.error; ++turn) {
      pass_on_damaged(dialler, acceptor, countdown);
      pass_on(acceptor, dialler);
    }
    // Damage can change the text in the features, but there must still be seven
    // features.
    if (acceptor.done())
      BOOST_TEST(acceptor.shake.take_result().features.size() == 7u);
  }
}

BOOST_AUTO_TEST_CASE(a_go_acceptor_that_sends_its_features_at_once_is_served) {
  end dialler{config_of(true, {"x"})};
  dialler.shake.take_output();
  dialler.receive(header(1, 2));
  dialler.receive(go_acceptor_answers(dialler.shake.take_output(), "x"));
  BOOST_TEST_REQUIRE(dialler.done());
  BOOST_TEST((dialler.shake.take_result().features == features_of("go")));
  BOOST_TEST(!dialler.shake.take_output().empty());
}

BOOST_AUTO_TEST_SUITE_END()
