#pragma once

#include <map>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/support/actor_machines.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh::test {

/// Machines that each have a directory of names, as after `join_actors`.
struct named_machines : actor_machines {
  /// Adds machines in a line, in which each dials the next.
  void build(const std::string& letters) {
    for (auto letter : letters)
      names[letter] = add(letter).spawn_names();
    for (std::size_t i = 0; i + 1 < letters.size(); ++i)
      connect(letters[i], letters[i + 1]);
    run_for(seconds{3});
  }
  template <class Handle>
  void publish(char where, const std::string& name, const Handle& x) {
    auto& system = at(where).system();
    auto done =
      ask_later<void>(system, names[where], publication(system, name, x));
    run_for(milliseconds{50});
    BOOST_TEST(!done->why, describe(done->why));
  }
  template <class T, class Question>
  reply_ptr<T> ask(char where, Question question) {
    auto result =
      ask_later<T>(at(where).system(), names[where], std::move(question));
    run_for(milliseconds{5});
    BOOST_TEST(!result->is_open);
    return result;
  }
  caf::actor find(char where, const std::string& name) {
    auto got = ask<resolved_actors>(where, resolve_name{name, {}, {}, {}});
    BOOST_TEST_REQUIRE(got->value.has_value(), describe(got->why));
    return got->value->all.at(0).template as<caf::actor>();
  }

  ~named_machines() {
    names.clear();
  }

  std::map<char, directory_actor> names;
};

} // namespace cafmesh::test
