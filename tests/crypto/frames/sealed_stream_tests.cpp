#include "crypto/frames/sealed_stream.hpp"

#include <algorithm>
#include <memory>
#include <numeric>

#include <pthread.h>

#include <boost/test/unit_test.hpp>
#include <sodium.h>

using namespace cafmesh;
using namespace cafmesh::crypto;

// Tests that frames are sealed exactly as libsodium's secretbox seals them,
// that damaged frames do not open, and that no secret stays on the stack.
namespace {

constexpr std::size_t mebibyte = 1024 * 1024;

bytes sample(std::size_t size) {
  bytes result(size);
  std::iota(result.begin(), result.end(), std::uint8_t{7});
  return result;
}

key sample_key() {
  return key{sample(key::size)};
}

// Seals a frame with libsodium's own function, for comparison.
bytes reference_box(const bytes& plain, std::uint64_t sequence, bool outbound) {
  std::uint8_t nonce[crypto_secretbox_NONCEBYTES] = {};
  nonce[0] = outbound ? 0xc0 : 0x40;
  for (std::size_t i = 0; i < 8; ++i)
    nonce[16 + i] = static_cast<std::uint8_t>(sequence >> (56 - 8 * i));
  bytes result(plain.size() + crypto_secretbox_MACBYTES);
  crypto_secretbox_easy(result.data(), plain.data(), plain.size(), nonce,
                        sample_key().data());
  return result;
}

bytes seal(sealed_stream& stream, const bytes& plain) {
  bytes result(seal_overhead + plain.size());
  stream.seal({}, plain, result.data());
  return result;
}

// Seals a head and a body from different places in memory.
bytes seal_in_two(sealed_stream& stream, const bytes& plain,
                  std::size_t head_size) {
  bytes result(seal_overhead + plain.size());
  const byte_view all{plain};
  const auto head = all.sub(0, head_size).to_bytes();
  const auto body = all.sub(head_size).to_bytes();
  stream.seal(head, body, result.data());
  return result;
}

bytes open(sealed_stream& stream, const bytes& box) {
  bytes result(box.size() - seal_overhead);
  BOOST_TEST_REQUIRE(stream.open(box.data(), box.size(), result.data()));
  return result;
}

void check_against_reference(std::size_t size) {
  sealed_stream sender{sample_key(), true};
  sealed_stream receiver{sample_key(), true};
  auto plain = sample(size);
  for (std::uint64_t sequence = 0; sequence < 2; ++sequence) {
    auto box = seal(sender, plain);
    BOOST_TEST((box == reference_box(plain, sequence, true)), "size " << size);
    BOOST_TEST((open(receiver, box) == plain), "size " << size);
  }
}

// Returns the first bytes of the key stream of the dialler's first frame.
bytes key_stream(std::size_t size) {
  const std::uint8_t nonce[crypto_stream_xsalsa20_NONCEBYTES] = {0xc0};
  bytes result(size);
  crypto_stream_xsalsa20(result.data(), size, nonce, sample_key().data());
  return result;
}

/// Calls `f` on a stack of its own.
/// @returns the stack as `f` left it.
template <class F>
bytes stack_after(F f) {
  constexpr std::size_t size = 1024 * 1024;
  constexpr std::size_t alignment = 64 * 1024;
  bytes result(size + alignment);
  void* begin = result.data();
  auto room = result.size();
  std::align(alignment, size, begin, room);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  BOOST_TEST_REQUIRE(pthread_attr_setstack(&attributes, begin, size) == 0);
  auto call = [](void* x) -> void* {
    (*static_cast<F*>(x))();
    return nullptr;
  };
  pthread_t thread;
  BOOST_TEST_REQUIRE(pthread_create(&thread, &attributes, call, &f) == 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  return result;
}

bool contains(const bytes& all, byte_view part) {
  return std::search(all.begin(), all.end(), part.begin(), part.end())
         != all.end();
}

} // namespace

BOOST_AUTO_TEST_SUITE(sealed_stream_tests)

BOOST_AUTO_TEST_CASE(sealed_frames_are_what_secretbox_makes) {
  for (std::size_t size = 0; size <= 1100; ++size)
    check_against_reference(size);
}

BOOST_AUTO_TEST_CASE(large_sealed_frames_are_what_secretbox_makes) {
  for (std::size_t size :
       {std::size_t{65536}, std::size_t{65539}, 10 * mebibyte})
    check_against_reference(size);
}

BOOST_AUTO_TEST_CASE(head_and_body_are_sealed_as_one_text) {
  // The key stream is made in strides of 512 bytes, and its first 32 bytes are
  // the key of the tag. Many of these sizes are next to the end of a stride or
  // of a 64-byte block, such as 480 = 512 - 32.
  for (std::size_t size : {0,    1,    479,  480,  481,  543,   544,   545,
                           608,  609,  1055, 1056, 1069, 1120,  1121,  4096,
                           4097, 4576, 4577, 8672, 8673, 12345, 65536, 65599}) {
    const auto plain = sample(size);
    const auto expected = reference_box(plain, 0, true);
    for (std::size_t head : {0, 1, 31, 32, 33, 40, 479, 480, 481, 543, 544, 545,
                             1056, 4575, 4576, 4577, 9000, 70000}) {
      sealed_stream stream{sample_key(), true};
      BOOST_TEST((seal_in_two(stream, plain, std::min(head, size)) == expected),
                 "size " << size << ", head " << head);
      BOOST_TEST(stream.sequence() == 1u);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_sequence_number_fills_all_eight_bytes_of_the_nonce) {
  sealed_stream stream{sample_key(), false};
  for (int i = 0; i < 300; ++i)
    seal(stream, {});
  BOOST_TEST(stream.sequence() == 300u);
  auto plain = sample(9);
  BOOST_TEST((seal(stream, plain) == reference_box(plain, 300, false)));
}

BOOST_AUTO_TEST_CASE(each_direction_opens_only_its_own_frames) {
  sealed_stream dialler{sample_key(), true};
  sealed_stream acceptor{sample_key(), false};
  auto box = seal(dialler, sample(5));
  bytes plain(5);
  BOOST_TEST(!acceptor.open(box.data(), box.size(), plain.data()));
}

BOOST_AUTO_TEST_CASE(a_damaged_frame_changes_neither_output_nor_sequence) {
  for (std::size_t size : {20, 5000}) {
    sealed_stream sender{sample_key(), true};
    sealed_stream receiver{sample_key(), true};
    const auto box = seal(sender, sample(size));
    for (std::size_t i = 0; i < box.size(); ++i) {
      auto damaged = box;
      damaged[i] ^= 1;
      bytes plain(size, 0xee);
      BOOST_TEST(!receiver.open(damaged.data(), damaged.size(), plain.data()));
      BOOST_TEST((plain == bytes(size, 0xee)));
    }
    BOOST_TEST(receiver.sequence() == 0u);
    BOOST_TEST((open(receiver, box) == sample(size)));
  }
}

BOOST_AUTO_TEST_CASE(a_frame_shorter_than_its_tag_does_not_open) {
  sealed_stream receiver{sample_key(), true};
  auto box = sample(seal_overhead);
  for (std::size_t size = 0; size <= seal_overhead; ++size)
    BOOST_TEST(!receiver.open(box.data(), size, nullptr));
}

BOOST_AUTO_TEST_CASE(frames_open_only_in_order) {
  sealed_stream sender{sample_key(), true};
  sealed_stream receiver{sample_key(), true};
  auto first = seal(sender, sample(3));
  auto second = seal(sender, sample(3));
  bytes plain(3);
  BOOST_TEST(!receiver.open(second.data(), second.size(), plain.data()));
  open(receiver, first);
  BOOST_TEST(!receiver.open(first.data(), first.size(), plain.data()));
  open(receiver, second);
}

BOOST_AUTO_TEST_CASE(neither_key_stream_nor_text_stays_on_the_stack) {
  for (std::size_t size : {10, 300, 700, 1100, 5000}) {
    const auto plain = sample(size);
    const auto stream = key_stream(64);
    sealed_stream sender{sample_key(), true};
    sealed_stream receiver{sample_key(), true};
    bytes box(seal_overhead + size);
    bytes opened(size);
    const auto stack = stack_after([&] {
      sender.seal({}, plain, box.data());
      receiver.open(box.data(), box.size(), opened.data());
    });
    BOOST_TEST((opened == plain));
    BOOST_TEST(!contains(stack, byte_view{stream}.sub(0, 32)), size);
    BOOST_TEST(!contains(stack, byte_view{stream}.sub(32, 32)), size);
    // Only text beyond the first part of a frame is copied to a buffer on the
    // stack, so the search starts at byte 512.
    for (std::size_t i = 512; i + 32 <= size; i += 32)
      BOOST_TEST(!contains(stack, byte_view{plain}.sub(i, 32)), size);
  }
}

BOOST_AUTO_TEST_SUITE_END()
