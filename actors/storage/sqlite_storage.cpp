#include <algorithm>
#include <chrono>
#include <utility>

#include "actors/storage/sqlite_database.hpp"
#include <cafmesh/detail/fingerprint.hpp>
#include <cafmesh/errc.hpp>
#include <cafmesh/storage.hpp>

// A storage in a SQLite file: one table for the messages of the value, one for
// those of later changes.
namespace cafmesh {

namespace {

// Both are part of the file format; `application_id` is `cmsh` in ASCII.
constexpr std::int64_t application_id = 0x636d7368;
constexpr std::int64_t storage_format = 1;

// `written` is in milliseconds since 1970; `digest` covers `written` and
// `data`.
constexpr auto make_tables = R"(
  CREATE TABLE about(type BLOB NOT NULL);
  CREATE TABLE whole(id INTEGER PRIMARY KEY, written INTEGER NOT NULL,
                     digest INTEGER NOT NULL, data BLOB NOT NULL);
  CREATE TABLE changes(id INTEGER PRIMARY KEY, written INTEGER NOT NULL,
                       digest INTEGER NOT NULL, data BLOB NOT NULL);
  PRAGMA application_id = 1668117352;
  PRAGMA user_version = 1;)";
static_assert(application_id == 1668117352 && storage_format == 1);

// Roughly the bytes that a row takes in addition to its message.
constexpr std::uint64_t row_overhead = 24;

std::int64_t digest_of(byte_view message, std::int64_t written) {
  const auto x = fingerprint_of(message);
  return static_cast<std::int64_t>(x.high()
                                   ^ static_cast<std::uint64_t>(written));
}

std::int64_t milliseconds_of(wall_time x) {
  using std::chrono::milliseconds;
  const auto since_1970 = x.time_since_epoch();
  return std::chrono::duration_cast<milliseconds>(since_1970).count();
}

class sqlite_storage : public change_storage {
public:
  sqlite_storage(std::string file, std::chrono::milliseconds patience)
      : file_(std::move(file)), patience_(patience) {
  }

  const std::string& place() const override {
    return file_;
  }
  std::uint64_t bytes_of_whole() const override {
    return bytes_of_whole_;
  }
  std::uint64_t bytes_of_changes() const override {
    return bytes_of_changes_;
  }

  caf::error load(const std::string& type, const reader& take) override {
    db_.close();
    auto failure = open(type);
    if (!failure)
      failure = read("SELECT id, written, digest, data FROM whole ORDER BY id",
                     bytes_of_whole_, take);
    if (!failure)
      failure =
        read("SELECT id, written, digest, data FROM changes ORDER BY id",
             bytes_of_changes_, take);
    if (failure)
      db_.close();
    return failure;
  }

  caf::error append(const std::vector<payload>& messages, wall_time now,
                    bool durable) override {
    if (messages.empty() && !(durable && is_unsynced_))
      return {};
    std::uint64_t added = 0;
    auto failure = transact(durable, [&] {
      // Changes nothing, but makes SQLite sync earlier commits, which it does
      // only along with a change.
      if (messages.empty())
        return db_.run("UPDATE about SET type = type");
      return insert("INSERT INTO changes(written, digest, data) "
                    "VALUES(?1, ?2, ?3)",
                    messages, now, added);
    });
    if (!failure)
      bytes_of_changes_ += added;
    return failure;
  }

  caf::error replace(const std::vector<payload>& messages, wall_time now,
                     bool durable) override {
    std::uint64_t added = 0;
    auto failure = transact(durable, [&] {
      if (auto why = db_.run("DELETE FROM changes; DELETE FROM whole"))
        return why;
      return insert("INSERT INTO whole(written, digest, data) "
                    "VALUES(?1, ?2, ?3)",
                    messages, now, added);
    });
    if (!failure) {
      bytes_of_whole_ = added;
      bytes_of_changes_ = 0;
    }
    return failure;
  }

  void close() override {
    db_.close();
  }

private:
  caf::error open(const std::string& type) {
    if (auto failure = db_.open(file_, patience_))
      return failure;
    auto owner = db_.number("PRAGMA application_id");
    if (!owner)
      return std::move(owner.error());
    auto tables = db_.number("SELECT count(*) FROM sqlite_master");
    if (!tables)
      return std::move(tables.error());
    const bool is_new = *owner == 0 && *tables == 0;
    if (!is_new)
      if (auto failure = check(*owner, type))
        return failure;
    // The size limit makes SQLite shrink its log again after a whole value was
    // written.
    if (auto failure = db_.run("PRAGMA journal_mode = WAL;"
                               "PRAGMA journal_size_limit = 16777216"))
      return failure;
    is_unsynced_ = true;
    is_syncing_ = false;
    return is_new ? make(type) : caf::error{};
  }

  // Checks that the file is one of ours. Changes nothing.
  caf::error check(std::int64_t owner, const std::string& type) {
    if (owner != application_id)
      return db_.failure(
        std::string{"is the database of another program; choose another file"});
    auto format = db_.number("PRAGMA user_version");
    if (!format)
      return std::move(format.error());
    if (*format != storage_format)
      return db_.failure("is in format " + std::to_string(*format)
                         + ", but this program knows only format "
                         + std::to_string(storage_format)
                         + "; use the program that wrote it");
    auto found = db_.text("SELECT type FROM about");
    if (!found)
      return std::move(found.error());
    if (*found != type)
      return db_.failure("has a value of type '" + *found + "', not '" + type
                         + "'; choose another file");
    return {};
  }

  caf::error make(const std::string& type) {
    return transact(true, [&] {
      if (auto why = db_.run(make_tables))
        return why;
      sqlite_statement about{db_, "INSERT INTO about(type) VALUES(?1)"};
      about.bind(1, byte_view{std::string_view{type}});
      about.step();
      return about.has_failed() ? db_.failure("cannot write") : caf::error{};
    });
  }

  // Passes the messages to `take`. Rows are numbered from 1 without gaps, so
  // that a missing row is noticed.
  caf::error read(const char* query, std::uint64_t& bytes, const reader& take) {
    bytes = 0;
    std::int64_t expected = 0;
    sqlite_statement rows{db_, query};
    while (rows.step()) {
      const auto written = rows.number(1);
      const auto message = rows.blob(3);
      if (rows.number(0) != ++expected
          || rows.number(2) != digest_of(message, written))
        return db_.failure("is damaged at row " + std::to_string(expected)
                           + "; restore it from a backup, or move it away to "
                             "start with an empty one");
      bytes += message.size() + row_overhead;
      const wall_time when{std::chrono::milliseconds{written}};
      if (auto why = take(message, when))
        return db_.failure("row " + std::to_string(expected)
                           + " is no message of this value: " + describe(why));
    }
    return rows.has_failed() ? db_.failure("cannot read") : caf::error{};
  }

  caf::error insert(const char* text, const std::vector<payload>& messages,
                    wall_time now, std::uint64_t& added) {
    sqlite_statement row{db_, text};
    // Times before 1970 count as 1970.
    const auto written = std::max<std::int64_t>(milliseconds_of(now), 0);
    for (const auto& x : messages) {
      row.bind(1, written);
      row.bind(2, digest_of(x.view(), written));
      row.bind(3, x.view());
      row.step();
      if (row.has_failed())
        return db_.failure("cannot write");
      added += x.size() + row_overhead;
    }
    return {};
  }

  template <class F>
  caf::error transact(bool durable, F change) {
    if (!db_.is_open())
      return make_error(errc::storage_failed, file_ + ": is not open");
    if (db_.has_moved())
      return db_.failure(std::string{
        "was moved or removed while it was in use; start the node again"});
    auto failure = sync(durable);
    if (!failure)
      failure = db_.run("BEGIN IMMEDIATE");
    if (!failure)
      failure = change();
    if (!failure)
      failure = db_.run("COMMIT");
    if (db_.is_in_transaction())
      static_cast<void>(db_.run("ROLLBACK"));
    if (!failure)
      is_unsynced_ = !durable;
    return failure;
  }

  // Sets whether commits wait for the disk: with `FULL`, each waits until the
  // log is there.
  caf::error sync(bool durable) {
    if (durable == is_syncing_)
      return {};
    auto failure = db_.run(durable ? "PRAGMA synchronous = FULL"
                                   : "PRAGMA synchronous = NORMAL");
    if (!failure)
      is_syncing_ = durable;
    return failure;
  }

  std::string file_;
  std::chrono::milliseconds patience_;
  sqlite_database db_;
  std::uint64_t bytes_of_whole_ = 0;
  std::uint64_t bytes_of_changes_ = 0;
  bool is_syncing_ = false;  // whether commits wait for the disk
  bool is_unsynced_ = false; // whether some commits may not be on disk
};

} // namespace

change_storage_ptr make_sqlite_storage(std::string file,
                                       std::chrono::milliseconds patience) {
  return std::make_shared<sqlite_storage>(std::move(file), patience);
}

} // namespace cafmesh
