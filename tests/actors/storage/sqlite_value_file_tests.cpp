#include <chrono>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <thread>

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include "actors/storage/sqlite_value_file.hpp"
#include "actors/storage/working_thread.hpp"
#include "tests/scenarios/scratch_folder.hpp"
#include "tests/support/memory_storage.hpp"
#include "tests/support/no_threads.hpp"
#include <cafmesh/detail/storage_actor.hpp>
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

namespace {

constexpr auto no_wait = std::chrono::milliseconds{0};
const wall_time today{std::chrono::seconds{1'800'000'000}};

payload message(const std::string& text) {
  return payload::copy_of(byte_view{text});
}

struct blocking_storage : memory_storage {
  bool may_block() const override {
    return true;
  }
};

struct files {
  scratch_folder folder;
  std::string file = folder.path("values");
  value_file_ptr all = make_sqlite_value_file(file, no_wait);

  void open_again() {
    all.reset();
    all = make_sqlite_value_file(file, no_wait);
    BOOST_TEST(!all->open());
  }

  static std::string load(change_storage& from,
                          const std::string& type = "words") {
    std::string result;
    auto why = from.load(type, [&](byte_view x, wall_time) -> caf::error {
      result += std::string{x.as_text()} + " ";
      return {};
    });
    return why ? describe(why) : result;
  }

  change_storage_ptr loaded(const std::string& name) {
    auto result = all->storage_of(name);
    BOOST_TEST(load(*result).empty());
    return result;
  }

  std::string text_of(const std::string& name) {
    return load(*all->storage_of(name));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(sqlite_value_file_tests, files)

BOOST_AUTO_TEST_CASE(values_of_one_file_do_not_mix) {
  BOOST_TEST(!all->open());
  {
    auto a = loaded("a"), b = loaded("b");
    BOOST_TEST(!a->append({message("a1"), message("a2")}, today, false));
    BOOST_TEST(!b->append({message("b1")}, today, true));
    BOOST_TEST(!a->append({message("a3")}, today, true));
    BOOST_TEST(!b->replace({message("b2")}, today, false));
    BOOST_TEST(!b->append({message("b3")}, today, false));
    BOOST_TEST(a->bytes_of_whole() == 0u);
    BOOST_TEST(a->bytes_of_changes() == 3u * (2 + 24));
    BOOST_TEST(b->bytes_of_whole() == 2u + 24);
  }
  open_again();
  BOOST_TEST(text_of("a") == "a1 a2 a3 ");
  BOOST_TEST(text_of("b") == "b2 b3 ");
}

BOOST_AUTO_TEST_CASE(only_values_with_content_have_a_name) {
  BOOST_TEST(!all->open());
  {
    auto empty = loaded("empty"), b = loaded("b"), a = loaded("a");
    BOOST_TEST(!empty->append({}, today, false));
    BOOST_TEST(!b->append({message("1")}, today, false));
    BOOST_TEST(!a->append({message("1")}, today, false));
  }
  open_again();
  auto names = all->names();
  BOOST_REQUIRE(names);
  BOOST_TEST(*names == (std::vector<std::string>{"a", "b"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_value_of_another_type_is_refused_and_stays) {
  BOOST_TEST(!all->open());
  BOOST_TEST(!loaded("a")->append({message("1")}, today, false));
  open_again();
  auto found = load(*all->storage_of("a"), "numbers");
  BOOST_TEST(found.find("'words', not 'numbers'") != std::string::npos, found);
  BOOST_TEST(text_of("a") == "1 ");
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_used_fails_each_value) {
  std::ofstream{file} << std::string(1000, 'x');
  BOOST_TEST(is(all->open(), errc::storage_failed));
  BOOST_TEST(!all->names());
  auto value = all->storage_of("a");
  BOOST_TEST(text_of("a").find("storage_failed") == 0u);
  BOOST_TEST(
    is(value->append({message("1")}, today, true), errc::storage_failed));
}

BOOST_AUTO_TEST_CASE(one_process_uses_a_file_at_a_time) {
  BOOST_TEST(!all->open());
  auto other = make_sqlite_value_file(file, no_wait);
  BOOST_TEST(is(other->open(), errc::storage_failed));
}

BOOST_AUTO_TEST_CASE(actors_share_the_thread_and_answer_in_order) {
  using namespace replication;
  BOOST_TEST(!all->open());
  {
    caf::actor_system_config config;
    caf::actor_system system{config};
    caf::scoped_actor self{system};
    std::vector<storage_actor> actors;
    for (auto name : {"a", "b"})
      actors.push_back(spawn_storage(system, all->storage_of(name)));
    for (const auto& x : actors)
      self
        ->request(x, std::chrono::seconds{10},
                  load_changes{"words",
                               [](byte_view, wall_time) {
                                 return caf::error{};
                               }})
        .receive([](storage_report& found) { BOOST_TEST(!found.problem); },
                 [](caf::error& why) { BOOST_ERROR(describe(why)); });
    for (int i = 0; i < 100; ++i)
      for (const auto& x : actors)
        caf::anon_send(
          x, store_changes{
               [i] { return std::vector<payload>{message(std::to_string(i))}; },
               i == 50, false});
    for (const auto& x : actors)
      self
        ->request(
          x, std::chrono::seconds{10},
          store_changes{[] { return std::vector<payload>{}; }, false, true})
        .receive(
          [](storage_report& found) {
            BOOST_TEST(found.bytes == 50u * (2 + 24));
          },
          [](caf::error& why) { BOOST_ERROR(describe(why)); });
    for (const auto& x : actors)
      caf::anon_send(x, end_storage{});
  }
  open_again();
  std::string expected;
  for (int i = 50; i < 100; ++i)
    expected += std::to_string(i) + " ";
  BOOST_TEST(text_of("a") == expected);
  BOOST_TEST(text_of("b") == expected);
}

BOOST_AUTO_TEST_CASE(a_thread_does_all_its_work_in_order) {
  std::string done;
  {
    working_thread x;
    for (auto c : {'a', 'b', 'c'})
      x.run([&done, c] { done += c; });
  }
  BOOST_TEST(done == "abc");
}

BOOST_AUTO_TEST_CASE(work_is_refused_while_no_thread_can_be_made) {
  std::string done;
  {
    working_thread x;
    {
      no_threads none;
      auto why = x.run([&done] { done += "a"; });
      BOOST_REQUIRE(!!why);
      BOOST_TEST(why->find("no thread can be made") == 0u, *why);
    }
    BOOST_TEST(!x.run([&done] { done += "b"; }));
  }
  BOOST_TEST(done == "b");
}

BOOST_AUTO_TEST_CASE(a_storage_fails_if_no_thread_can_be_made_for_it) {
  using namespace replication;
  caf::actor_system_config config;
  caf::actor_system system{config};
  caf::scoped_actor self{system};
  auto problem = [&](const storage_actor& x) {
    caf::error result;
    self
      ->request(
        x, std::chrono::seconds{10},
        store_changes{[] { return std::vector<payload>{}; }, false, true})
      .receive([&](storage_report& found) { result = found.problem; },
               [](caf::error& why) { BOOST_ERROR(describe(why)); });
    caf::anon_send(x, end_storage{});
    return result;
  };
  {
    no_threads none;
    auto private_one =
      spawn_storage(system, std::make_shared<blocking_storage>());
    BOOST_TEST(is(problem(private_one), errc::storage_failed));
    auto sharing = spawn_storage(system, all->storage_of("a"));
    BOOST_TEST(is(problem(sharing), errc::storage_failed));
  }
  BOOST_TEST(
    !problem(spawn_storage(system, std::make_shared<blocking_storage>())));
}

BOOST_AUTO_TEST_CASE(the_last_handle_of_a_thread_may_be_held_by_its_work) {
  auto x = std::make_shared<working_thread>();
  std::mutex mutex;
  std::condition_variable changed;
  auto is_done = false;
  auto& there = *x;
  there.run([kept = std::move(x), &mutex, &changed, &is_done] {
    std::lock_guard<std::mutex> guard{mutex};
    is_done = true;
    changed.notify_one();
  });
  std::unique_lock<std::mutex> guard{mutex};
  BOOST_TEST(
    changed.wait_for(guard, std::chrono::seconds{10}, [&] { return is_done; }));
}

BOOST_AUTO_TEST_SUITE_END()
