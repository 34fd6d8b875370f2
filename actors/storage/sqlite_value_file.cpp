#include "actors/storage/sqlite_value_file.hpp"

#include <utility>

#include "actors/storage/sqlite_file.hpp"
#include "actors/storage/working_thread.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh {

namespace {

// Part of the file format. The application ID is `cmsc` in ASCII. `written` is
// in milliseconds since 1970, and `digest` covers `written` and `data`.
constexpr sqlite_format values_format = {1668117347, 1, R"(
  CREATE TABLE entries(id INTEGER PRIMARY KEY, name BLOB NOT NULL UNIQUE,
                       type BLOB NOT NULL);
  CREATE TABLE whole(entry INTEGER NOT NULL, id INTEGER NOT NULL,
                     written INTEGER NOT NULL, digest INTEGER NOT NULL,
                     data BLOB NOT NULL, PRIMARY KEY(entry, id)) WITHOUT ROWID;
  CREATE TABLE changes(entry INTEGER NOT NULL, id INTEGER NOT NULL,
                       written INTEGER NOT NULL, digest INTEGER NOT NULL,
                       data BLOB NOT NULL, PRIMARY KEY(entry, id))
                       WITHOUT ROWID;
  PRAGMA application_id = 1668117347;
  PRAGMA user_version = 1;)"};

/// Data that all values of a file share. Once any storage is in use, only the
/// storages' common thread uses `file`.
struct shared_file {
  shared_file(std::string path_in, std::chrono::milliseconds patience_in)
      : path(std::move(path_in)), patience(patience_in) {
  }

  std::string path;
  std::chrono::milliseconds patience;
  sqlite_file file;
  caf::error failure; // why the file could not be opened
};

struct size_on_disk {
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
};

class stored_value : public shared_storage {
public:
  stored_value(std::shared_ptr<shared_file> shared, storage_thread_ptr thread,
               std::string name)
      : shared_(std::move(shared)), thread_(std::move(thread)),
        name_(std::move(name)), place_(shared_->path + " (" + name_ + ")") {
  }

  const std::string& place() const override {
    return place_;
  }
  std::uint64_t bytes_of_whole() const override {
    return whole_.bytes;
  }
  std::uint64_t bytes_of_changes() const override {
    return changes_.bytes;
  }
  // Small, because one file may hold many values, each with its own changes.
  std::uint64_t most_changes() const override {
    return 16 * 1024;
  }
  const storage_thread_ptr& thread() const override {
    return thread_;
  }

  caf::error load(const std::string& type, const reader& take) override {
    if (shared_->failure)
      return shared_->failure;
    type_ = type;
    if (auto why = find_entry())
      return why;
    if (auto why = read("SELECT id, written, digest, data FROM whole "
                        "WHERE entry = ?1 ORDER BY id",
                        whole_, take))
      return why;
    return read("SELECT id, written, digest, data FROM changes "
                "WHERE entry = ?1 ORDER BY id",
                changes_, take);
  }

  caf::error append(const std::vector<payload>& messages, wall_time now,
                    bool durable) override {
    if (messages.empty() && !(durable && file().is_unsynced()))
      return {};
    auto next = changes_;
    return transact(
      durable,
      [&] {
        // SQLite syncs earlier commits only with a commit that changes
        // something. Setting a column to its own value is enough.
        if (messages.empty())
          return run("UPDATE entries SET type = type WHERE id = ?1");
        return insert("INSERT INTO changes(id, written, digest, data, entry) "
                      "VALUES(?1, ?2, ?3, ?4, ?5)",
                      messages, now, next);
      },
      [&] { changes_ = next; });
  }

  caf::error replace(const std::vector<payload>& messages, wall_time now,
                     bool durable) override {
    size_on_disk next;
    return transact(
      durable,
      [&] {
        for (const auto* text : {"DELETE FROM changes WHERE entry = ?1",
                                 "DELETE FROM whole WHERE entry = ?1"})
          if (auto why = run(text))
            return why;
        return insert("INSERT INTO whole(id, written, digest, data, entry) "
                      "VALUES(?1, ?2, ?3, ?4, ?5)",
                      messages, now, next);
      },
      [&] {
        whole_ = next;
        changes_ = {};
      });
  }

  void close() override {
  }

private:
  sqlite_file& file() {
    return shared_->file;
  }
  sqlite_database& db() {
    return shared_->file.db();
  }

  caf::error find_entry() {
    sqlite_statement row{db(), "SELECT id, type FROM entries WHERE name = ?1"};
    row.bind(1, byte_view{std::string_view{name_}});
    if (row.step()) {
      entry_ = row.number(0);
      if (row.blob(1).as_text() != type_)
        return db().failure(
          "has under the name '" + name_ + "' a value of type '"
          + std::string{row.blob(1).as_text()} + "', not '" + type_ + "'");
    }
    return row.has_failed() ? db().failure("cannot read") : caf::error{};
  }

  template <class Change, class Commit>
  caf::error transact(bool durable, Change change, Commit commit) {
    auto entry = entry_;
    auto failure = file().transact(durable, [&] {
      auto why = entry_ == 0 ? add_entry() : caf::error{};
      return why ? why : change();
    });
    if (failure)
      entry_ = entry;
    else
      commit();
    return failure;
  }

  caf::error add_entry() {
    sqlite_statement row{db(), "INSERT INTO entries(name, type) VALUES(?1, "
                               "?2)"};
    row.bind(1, byte_view{std::string_view{name_}});
    row.bind(2, byte_view{std::string_view{type_}});
    row.step();
    if (row.has_failed())
      return db().failure("cannot write");
    auto id = db().number("SELECT last_insert_rowid()");
    if (!id)
      return std::move(id.error());
    entry_ = *id;
    return {};
  }

  caf::error run(const char* text) {
    sqlite_statement x{db(), text};
    x.bind(1, entry_);
    x.step();
    return x.has_failed() ? db().failure("cannot write") : caf::error{};
  }

  caf::error read(const char* query, size_on_disk& found, const reader& take) {
    sqlite_statement rows{db(), query};
    rows.bind(1, entry_);
    return file().read(rows, found.rows, found.bytes, take);
  }

  caf::error insert(const char* text, const std::vector<payload>& messages,
                    wall_time now, size_on_disk& to) {
    sqlite_statement row{db(), text};
    row.bind(5, entry_);
    return file().insert(row, messages, now, to.rows, to.bytes);
  }

  std::shared_ptr<shared_file> shared_;
  storage_thread_ptr thread_;
  std::string name_;
  std::string place_;
  std::string type_;
  std::int64_t entry_ = 0; // 0: no entry for the value
  size_on_disk whole_;
  size_on_disk changes_;
};

class sqlite_value_file : public value_file {
public:
  sqlite_value_file(std::string file, std::chrono::milliseconds patience)
      : shared_(std::make_shared<shared_file>(std::move(file), patience)),
        thread_(std::make_shared<working_thread>()) {
  }

  caf::error open() override {
    auto& file = shared_->file;
    auto failure = file.open(shared_->path, shared_->patience, values_format);
    if (!failure && file.is_new())
      failure = file.make_tables(values_format, [] { return caf::error{}; });
    // Values are rarely read, so a cache of 256 KiB is enough.
    if (!failure)
      failure = file.db().run("PRAGMA cache_size = -256");
    if (failure)
      file.close();
    shared_->failure = failure;
    return failure;
  }

  caf::expected<std::vector<std::string>> names() override {
    if (shared_->failure)
      return shared_->failure;
    std::vector<std::string> result;
    sqlite_statement rows{shared_->file.db(),
                          "SELECT id, name FROM entries ORDER BY name"};
    while (rows.step())
      result.emplace_back(rows.blob(1).as_text());
    if (rows.has_failed())
      return shared_->file.db().failure("cannot read");
    return result;
  }

  change_storage_ptr storage_of(const std::string& name) override {
    return std::make_shared<stored_value>(shared_, thread_, name);
  }

private:
  std::shared_ptr<shared_file> shared_;
  storage_thread_ptr thread_;
};

} // namespace

value_file_ptr make_sqlite_value_file(std::string file,
                                      std::chrono::milliseconds patience) {
  return std::make_shared<sqlite_value_file>(std::move(file), patience);
}

} // namespace cafmesh
