#include <csignal>
#include <fstream>
#include <sstream>

#include <boost/test/unit_test.hpp>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/scenarios/scratch_folder.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/storage.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of storing a replicated value in an SQLite file: content, files that
// are refused, and writes that fail.
namespace {

constexpr auto no_wait = std::chrono::milliseconds{0};

wall_time at_second(int x) {
  return wall_time{std::chrono::seconds{1'800'000'000 + x}};
}

payload message(const std::string& text) {
  return payload::copy_of(byte_view{text});
}

struct files {
  scratch_folder folder;
  std::string file = folder.path("value");
  change_storage_ptr storage = make_sqlite_storage(file, no_wait);

  /// Loads all messages.
  /// @returns `text@second` for each message, or the error
  static std::string load(change_storage& from,
                          const std::string& type = "words") {
    std::string result;
    auto why = from.load(type, [&](byte_view x, wall_time when) -> caf::error {
      const auto second =
        std::chrono::duration_cast<std::chrono::seconds>(when - at_second(0));
      result +=
        std::string{x.as_text()} + "@" + std::to_string(second.count()) + " ";
      return {};
    });
    return why ? describe(why) : result;
  }
  std::string load_again() {
    storage->close();
    return load(*storage);
  }
  void append(std::vector<payload> what, int second, bool durable = false) {
    BOOST_TEST(!storage->append(what, at_second(second), durable));
  }
  std::string contents() const {
    std::ostringstream result;
    result << std::ifstream{file, std::ios::binary}.rdbuf();
    return result.str();
  }
  void overwrite(const std::string& what) const {
    std::ofstream{file, std::ios::binary | std::ios::trunc} << what;
  }
  /// Checks that the storage refuses a file with the content `what`, gives this
  /// reason, and does not change the file.
  void is_refused(const std::string& what, const std::string& reason) const {
    overwrite(what);
    auto x = make_sqlite_storage(file, no_wait);
    const auto found = load(*x);
    BOOST_TEST(found.find("storage_failed") == 0u, found);
    BOOST_TEST(found.find(file) != std::string::npos, found);
    BOOST_TEST(found.find(reason) != std::string::npos, found);
    BOOST_TEST((contents() == what));
  }
  std::string a_good_file() {
    load(*storage);
    append({message("a"), message("b")}, 1);
    storage->close();
    return contents();
  }
};

/// Keeps all files of this process from growing beyond `size` bytes while this
/// object exists.
class file_limit {
public:
  explicit file_limit(rlim_t size) : before_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &limit_);
    auto low = limit_;
    low.rlim_cur = size;
    ::setrlimit(RLIMIT_FSIZE, &low);
  }
  file_limit(const file_limit&) = delete;
  file_limit& operator=(const file_limit&) = delete;
  ~file_limit() {
    ::setrlimit(RLIMIT_FSIZE, &limit_);
    std::signal(SIGXFSZ, before_);
  }

private:
  rlimit limit_{};
  void (*before_)(int);
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(sqlite_storage_tests, files)

BOOST_AUTO_TEST_CASE(messages_are_loaded_in_the_order_of_writing) {
  BOOST_TEST(load(*storage) == "");
  append({message("a"), message("b")}, 1);
  append({}, 2);
  append({message("c")}, 3, true);
  append({}, 4, true);
  BOOST_TEST(load_again() == "a@1 b@1 c@3 ");
}

BOOST_AUTO_TEST_CASE(a_whole_value_replaces_all_messages) {
  load(*storage);
  append({message("a"), message("b")}, 1);
  BOOST_TEST(!storage->replace({message("ab")}, at_second(2), true));
  BOOST_TEST(storage->bytes_of_changes() == 0u);
  append({message("c")}, 3);
  const auto whole = storage->bytes_of_whole();
  const auto changes = storage->bytes_of_changes();
  BOOST_TEST(load_again() == "ab@2 c@3 ");
  BOOST_TEST(storage->bytes_of_whole() == whole);
  BOOST_TEST(storage->bytes_of_changes() == changes);
  BOOST_TEST(!storage->replace({}, at_second(4), true));
  BOOST_TEST(load_again() == "");
}

BOOST_AUTO_TEST_CASE(a_new_file_is_readable_by_its_owner_alone) {
  load(*storage);
  append({message("a")}, 1);
  for (const auto& x : {file, file + "-wal"}) {
    struct stat found {};
    BOOST_TEST_REQUIRE(::stat(x.c_str(), &found) == 0, x);
    BOOST_TEST((found.st_mode & 0777) == 0600);
  }
}

BOOST_AUTO_TEST_CASE(a_file_in_use_is_refused_to_others_until_it_is_closed) {
  load(*storage);
  append({message("a")}, 1);
  auto other = make_sqlite_storage(file, no_wait);
  BOOST_TEST(load(*other).find("another process or another value uses it")
             != std::string::npos);
  append({message("b")}, 2);
  storage->close();
  BOOST_TEST(load(*other) == "a@1 b@2 ");
}

BOOST_AUTO_TEST_CASE(a_value_of_another_type_is_refused) {
  const auto good = a_good_file();
  auto other = make_sqlite_storage(file, no_wait);
  BOOST_TEST(load(*other, "numbers")
               .find("has a value of type 'words', not "
                     "'numbers'")
             != std::string::npos);
  BOOST_TEST((contents() == good));
  BOOST_TEST(load(*other) == "a@1 b@1 ");
}

BOOST_AUTO_TEST_CASE(a_file_of_another_format_is_refused) {
  auto newer = a_good_file();
  newer[63] = 2; // SQLite's `user_version` ends here
  is_refused(newer, "is in format 2");
}

BOOST_AUTO_TEST_CASE(the_database_of_another_program_is_refused) {
  auto other = a_good_file();
  other[71] = 0; // SQLite's `application_id` ends here
  is_refused(other, "is the database of another program");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_database_is_refused) {
  is_refused("x", "move it away");
  is_refused("my shopping list\n", "move it away");
  is_refused(std::string(100'000, 'x'), "move it away");
}

BOOST_AUTO_TEST_CASE(an_empty_file_is_a_new_one) {
  overwrite("");
  BOOST_TEST(load(*storage) == "");
  append({message("a")}, 1);
  BOOST_TEST(load_again() == "a@1 ");
}

BOOST_AUTO_TEST_CASE(a_damaged_file_is_refused_or_as_it_was) {
  load(*storage);
  std::string all;
  for (int i = 0; i < 40; ++i) {
    append({message(std::string(1000, static_cast<char>('a' + i % 26)))}, i);
    all = load_again();
  }
  storage->close();
  const auto good = contents();
  std::size_t refused = 0;
  for (std::size_t i = 40; i < good.size(); i += 97) {
    auto bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    overwrite(bad);
    auto x = make_sqlite_storage(file, no_wait);
    const auto found = load(*x);
    x->close();
    if (found == all)
      continue;
    ++refused;
    BOOST_TEST(found.find("storage_failed") == 0u, found.substr(0, 200));
    BOOST_TEST((contents() == bad));
  }
  BOOST_TEST(refused > good.size() / 97 / 2);
}

BOOST_AUTO_TEST_CASE(a_file_that_was_cut_off_is_refused) {
  load(*storage);
  for (int i = 0; i < 40; ++i)
    append({message(std::string(1000, 'x'))}, i);
  storage->close();
  const auto good = contents();
  is_refused(good.substr(0, good.size() / 2), "move it away");
}

BOOST_AUTO_TEST_CASE(a_message_that_its_value_refuses_is_an_error) {
  a_good_file();
  const auto why = storage->load("words", [](byte_view, wall_time) {
    return make_error(errc::malformed, "no word");
  });
  BOOST_TEST(describe(why).find("row 1 is no message of this value: "
                                "malformed: no word")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_change_that_does_not_fit_is_left_out_as_a_whole) {
  load(*storage);
  append({message("a")}, 1);
  {
    file_limit limit{64 * 1024};
    const auto why = storage->append(
      {message("b"), message(std::string(200'000, 'x'))}, at_second(2), true);
    BOOST_TEST(is(why, errc::storage_failed));
    BOOST_TEST(is(storage->replace({message(std::string(200'000, 'x'))},
                                   at_second(2), true),
                  errc::storage_failed));
  }
  append({message("c")}, 3, true);
  BOOST_TEST(load_again() == "a@1 c@3 ");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_removed_while_in_use_is_noticed) {
  load(*storage);
  append({message("a")}, 1);
  ::unlink(file.c_str());
  const auto why = storage->append({message("b")}, at_second(2), false);
  BOOST_TEST(describe(why).find("was moved or removed") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_made_is_an_error_with_its_reason) {
  auto x = make_sqlite_storage(folder.path("none/value"), no_wait);
  const auto found = load(*x);
  BOOST_TEST(found.find("storage_failed") == 0u);
  BOOST_TEST(found.find("No such file or directory") != std::string::npos);
  BOOST_TEST(
    is(x->append({message("a")}, at_second(1), true), errc::storage_failed));
  x = make_sqlite_storage(folder.path(), no_wait);
  BOOST_TEST(load(*x).find("storage_failed") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
