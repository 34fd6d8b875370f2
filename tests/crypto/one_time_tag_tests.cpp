#include "../../crypto/one_time_tag.hpp"

#include <array>
#include <numeric>
#include <thread>

#include <boost/test/unit_test.hpp>
#include <sodium.h>

using namespace cafmesh;
using namespace cafmesh::crypto;

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
  make_tag(text, key.data(), result.data());
  return result;
}

tag reference_tag(const bytes& text, const tag_key& key) {
  tag result{};
  crypto_onetimeauth(result.data(), text.data(), text.size(), key.data());
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(one_time_tag_tests)

// Short and long texts are not tagged by the same library.
BOOST_AUTO_TEST_CASE(tags_are_those_of_libsodium_at_any_size) {
  for (std::size_t size = 0; size <= 2048; ++size) {
    auto key = key_from(static_cast<std::uint8_t>(size));
    BOOST_TEST((tag_of(sample(size), key) == reference_tag(sample(size), key)),
               "size " << size);
  }
}

BOOST_AUTO_TEST_CASE(carries_run_through_all_words) {
  for (std::size_t size : {16, 100, 400, 65536})
    for (std::uint8_t byte : {0x00, 0xff}) {
      tag_key key;
      key.fill(0xff);
      const bytes text(size, byte);
      BOOST_TEST((tag_of(text, key) == reference_tag(text, key)),
                 "size " << size);
    }
}

BOOST_AUTO_TEST_CASE(any_other_text_tag_or_key_is_told_apart) {
  for (std::size_t size : {1, 64, 383, 384, 5000}) {
    auto text = sample(size);
    auto key = key_from(9);
    auto right = tag_of(text, key);
    BOOST_TEST(has_tag(text, key.data(), right.data()));
    for (std::size_t i = 0; i < tag_size; ++i) {
      auto wrong = right;
      wrong[i] ^= 0x80;
      BOOST_TEST(!has_tag(text, key.data(), wrong.data()));
    }
    BOOST_TEST(!has_tag(text, key_from(10).data(), right.data()));
    text.back() ^= 1;
    BOOST_TEST(!has_tag(text, key.data(), right.data()));
  }
}

BOOST_AUTO_TEST_CASE(threads_do_not_disturb_each_other) {
  auto work = [](std::uint8_t first, bool& all_right) {
    const auto key = key_from(first);
    const auto text = sample(1000u + first);
    const auto expected = reference_tag(text, key);
    for (int i = 0; i < 2000; ++i)
      all_right = all_right && tag_of(text, key) == expected;
  };
  std::array<bool, 4> right;
  right.fill(true);
  std::vector<std::thread> threads;
  for (std::uint8_t i = 0; i < right.size(); ++i)
    threads.emplace_back(work, i, std::ref(right[i]));
  for (auto& x : threads)
    x.join();
  for (auto x : right)
    BOOST_TEST(x);
}

BOOST_AUTO_TEST_SUITE_END()
