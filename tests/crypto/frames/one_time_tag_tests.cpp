#include "crypto/frames/one_time_tag.hpp"

#include <array>
#include <cstdint>
#include <numeric>

#include <malloc.h>

#include <boost/test/unit_test.hpp>
#include <openssl/err.h>
#include <sodium.h>

using namespace cafmesh;
using namespace cafmesh::crypto;

// Tests that libsodium and OpenSSL make the same tags for sealed frames.
namespace {

using tag = std::array<std::uint8_t, tag_size>;
using tag_key = std::array<std::uint8_t, tag_key_size>;

bytes sample(std::size_t size) {
  bytes result(size);
  std::iota(result.begin(), result.end(), std::uint8_t{1});
  return result;
}

tag_key key_from(std::uint8_t first) {
  tag_key result;
  std::iota(result.begin(), result.end(), first);
  return result;
}

tag tag_of(const bytes& text, const tag_key& key) {
  tag result{};
  tag_maker{}.make(text, key.data(), result.data());
  return result;
}

tag tag_of_openssl(tag_maker& maker, const bytes& text, const tag_key& key) {
  tag result{};
  BOOST_TEST_REQUIRE(maker.make_with_openssl(text, key.data(), result.data()));
  return result;
}

tag reference_tag(const bytes& text, const tag_key& key) {
  tag result{};
  crypto_onetimeauth(result.data(), text.data(), text.size(), key.data());
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(one_time_tag_tests)

BOOST_AUTO_TEST_CASE(both_libraries_make_the_same_tags) {
  tag_maker maker;
  for (std::size_t size = 0; size <= 2048; ++size) {
    const auto key = key_from(static_cast<std::uint8_t>(size));
    const auto text = sample(size);
    const auto expected = reference_tag(text, key);
    BOOST_TEST((tag_of(text, key) == expected), "size " << size);
    BOOST_TEST((tag_of_openssl(maker, text, key) == expected), "size " << size);
  }
}

BOOST_AUTO_TEST_CASE(carries_run_through_all_words) {
  for (std::size_t size : {16, 100, 400, 65536})
    for (auto byte : {std::uint8_t{0}, std::uint8_t{0xff}}) {
      tag_key key;
      key.fill(0xff);
      const bytes text(size, byte);
      tag_maker maker;
      BOOST_TEST((tag_of_openssl(maker, text, key) == reference_tag(text, key)),
                 "size " << size);
    }
}

BOOST_AUTO_TEST_CASE(a_different_text_tag_or_key_does_not_match) {
  tag_maker maker;
  for (std::size_t size : {1, 64, 383, 384, 5000}) {
    auto text = sample(size);
    auto key = key_from(9);
    auto right = tag_of(text, key);
    BOOST_TEST(maker.check(text, key.data(), right.data()));
    for (std::size_t i = 0; i < tag_size; ++i) {
      auto wrong = right;
      wrong[i] ^= 0x80;
      BOOST_TEST(!maker.check(text, key.data(), wrong.data()));
    }
    BOOST_TEST(!maker.check(text, key_from(10).data(), right.data()));
    text.back() ^= 1;
    BOOST_TEST(!maker.check(text, key.data(), right.data()));
  }
}

BOOST_AUTO_TEST_CASE(a_maker_frees_what_openssl_allocated_for_it) {
  auto use = [] {
    tag_maker maker;
    tag_of_openssl(maker, sample(1000), key_from(1));
  };
  use(); // for OpenSSL's one-time allocations
  const auto before = mallinfo2().uordblks;
  for (int i = 0; i < 1000; ++i)
    use();
  BOOST_TEST(mallinfo2().uordblks < before + 64 * 1024);
}

BOOST_AUTO_TEST_CASE(the_errors_of_the_application_stay_as_they_are) {
  ERR_clear_error();
  ERR_raise(ERR_LIB_USER, 1);
  tag_maker maker;
  tag_of_openssl(maker, sample(1000), key_from(1));
  BOOST_TEST(ERR_peek_error() != 0u);
  // OpenSSL's error queue must not contain a mark any more. Without a mark,
  // ERR_pop_to_mark removes all errors and returns 0.
  BOOST_TEST(ERR_pop_to_mark() == 0);
  BOOST_TEST(ERR_peek_error() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
