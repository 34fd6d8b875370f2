#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "actors/core/dialling/targets.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh::test {

using namespace std::chrono_literals;

using texts = std::vector<std::string>;

constexpr std::size_t unlimited = SIZE_MAX;

/// Calls `targets` as the connection maker does.
struct targets_fixture {
  instant now{12h};
  targets xs{targets::options{}};
  texts discovered;
  std::size_t room = unlimited;
  std::uint64_t next_id = 1;

  void want(texts addresses, bool replace = false) {
    BOOST_TEST(!xs.want(addresses, replace, now));
  }

  // Returns the targets to look up. A `?` marks a target at which only peers
  // that this node already knows are accepted.
  texts go() {
    texts result;
    xs.set_discovered(discovered);
    for (const auto& x : xs.due(room, now))
      result.push_back(x.may_be_new ? x.address : x.address + "?");
    return result;
  }

  texts resolve(const std::string& target, texts hosts) {
    xs.attempt_resolved(target, std::move(hosts), now);
    return dial();
  }

  texts dial() {
    texts result;
    for (const auto& x : xs.take_dials(now))
      result.push_back(x.password == 0
                         ? x.address
                         : x.address + "#" + std::to_string(x.password));
    return result;
  }

  targets::outcome fail_at(const std::string& target,
                           const std::string& address,
                           errc why = errc::socket_failed) {
    return xs.dial_failed({target, address, 0, true}, make_error(why, "x"),
                          now);
  }

  targets::outcome refuse_at(const std::string& target,
                             const std::string& address, errc why,
                             std::size_t password = 0,
                             std::size_t passwords = 1) {
    return xs.introduction_failed({target, address, password, true},
                                  make_error(why, "x"), passwords, now);
  }

  void fail(const std::string& address) {
    xs.attempt_failed(address, make_error(errc::socket_failed, "x"), now);
  }

  connection_id connect(const std::string& target, const std::string& remote) {
    auto id = connection_id{next_id++};
    xs.connection_added(id, target, remote);
    return id;
  }

  void end(connection_id id, const std::string& target,
           errc why = errc::connection_closed) {
    xs.connection_ended(id, target, make_error(why, "x"), now);
  }

  void lose(const std::string& target, duration age, errc why) {
    BOOST_TEST(go() == texts{target}, boost::test_tools::per_element());
    auto id = connect(target, "10.9.9.9:1");
    now += age;
    end(id, target, why);
  }

  targets::view view_of(const std::string& address) {
    for (const auto& x : xs.status())
      if (x.address == address)
        return x;
    BOOST_FAIL("no target " << address);
    return {};
  }

  bool knows(const std::string& address) {
    auto all = xs.status();
    return std::any_of(all.begin(), all.end(),
                       [&](auto& x) { return x.address == address; });
  }

  duration delay_of(const std::string& address) {
    auto next = view_of(address).next_try;
    BOOST_TEST_REQUIRE(!!next);
    return *next - now;
  }
};

#define CHECK_DIALS(expected)                                                  \
  BOOST_TEST(go() == (expected), boost::test_tools::per_element())

inline const texts nothing;

} // namespace cafmesh::test
