#include "tools/meshd/mesh/kv_batch.hpp"

#include <boost/test/unit_test.hpp>

using namespace meshd;
using cafmesh::lww_map;

// Tests of writes to meshd's key-value store when there is no room.
namespace {

struct fixture {
  lww_map map{std::chrono::hours{1}, 100'000};

  /// Writes a key, and returns the status and code of the problem, or `ok`.
  std::string write(const std::string& key, std::optional<std::size_t> size,
                    std::size_t max_bytes = 1'000'000) {
    kv_write x;
    x.key = key;
    if (size)
      x.value =
        cafmesh::payload::copy_of(cafmesh::byte_view{std::string(*size, 'x')});
    std::string outcome = "no answer";
    x.then = [&outcome](const result<kv_written>& how) {
      auto why = std::get_if<problem>(&how);
      outcome = why ? std::to_string(why->status) + " " + why->code : "ok";
    };
    std::vector<kv_write> all;
    all.push_back(std::move(x));
    kv_batch batch{std::move(all), cafmesh::peer_name::from_number(1),
                   max_bytes};
    map.merge(batch.apply(map));
    batch.answer_all(nullptr);
    return outcome;
  }

  /// Writes and deletes keys until the map refuses another.
  std::string fill_with_tombstones() {
    for (int i = 0; i < 10'000; ++i) {
      auto key = std::to_string(i);
      auto outcome = write(key, 1);
      if (outcome != "ok")
        return outcome;
      write(key, std::nullopt);
    }
    return "never full";
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(kv_batch_tests, fixture)

BOOST_AUTO_TEST_CASE(a_map_full_of_deleted_keys_is_full_and_not_the_value) {
  BOOST_TEST(fill_with_tombstones() == "507 kv_full");
  BOOST_TEST(map.size() == 0u);
  BOOST_TEST(write("0", std::nullopt) == "404 no_such_key");
}

BOOST_AUTO_TEST_CASE(a_key_that_is_too_large_is_no_full_map) {
  BOOST_TEST(write(std::string(5000, 'k'), 1) == "413 too_large");
  fill_with_tombstones();
  BOOST_TEST(write(std::string(5000, 'k'), 1) == "413 too_large");
}

BOOST_AUTO_TEST_CASE(a_full_map_takes_a_value_that_is_no_larger) {
  BOOST_TEST(write("a", 900, 1000) == "ok");
  BOOST_TEST(write("b", 98, 1000) == "ok");
  BOOST_TEST(write("b", 99, 1000) == "507 kv_full");
  BOOST_TEST(write("a", 900, 1000) == "ok");
  BOOST_TEST(write("a", 500, 1000) == "ok");
  BOOST_TEST(write("c", 399, 1000) == "ok");
  BOOST_TEST(write("d", 0, 1000) == "507 kv_full");
}

BOOST_AUTO_TEST_CASE(a_map_beyond_its_limit_takes_smaller_values) {
  BOOST_TEST(write("a", 900, 1000) == "ok");
  BOOST_TEST(write("a", 800, 500) == "ok");
  BOOST_TEST(write("a", 801, 500) == "507 kv_full");
}

BOOST_AUTO_TEST_SUITE_END()
