#include <chrono>
#include <utility>

#include "actors/storage/sqlite_file.hpp"
#include <cafmesh/storage.hpp>

// Stores a replicated value in a SQLite file. One table has the messages that
// encode the whole value, and another has the messages of later changes.
namespace cafmesh {

namespace {

// Part of the file format. The application ID is `cmsh` in ASCII. `written` is
// in milliseconds since 1970, and `digest` covers `written` and `data`.
constexpr sqlite_format value_format = {1668117352, 1, R"(
  CREATE TABLE about(type BLOB NOT NULL);
  CREATE TABLE whole(id INTEGER PRIMARY KEY, written INTEGER NOT NULL,
                     digest INTEGER NOT NULL, data BLOB NOT NULL);
  CREATE TABLE changes(id INTEGER PRIMARY KEY, written INTEGER NOT NULL,
                       digest INTEGER NOT NULL, data BLOB NOT NULL);
  PRAGMA application_id = 1668117352;
  PRAGMA user_version = 1;)"};

class sqlite_storage : public change_storage {
public:
  sqlite_storage(std::string file, std::chrono::milliseconds patience)
      : path_(std::move(file)), patience_(patience) {
  }

  const std::string& place() const override {
    return path_;
  }
  std::uint64_t bytes_of_whole() const override {
    return whole_.bytes;
  }
  std::uint64_t bytes_of_changes() const override {
    return changes_.bytes;
  }

  caf::error load(const std::string& type, const reader& take) override {
    auto failure = file_.open(path_, patience_, value_format);
    if (!failure)
      failure = file_.is_new() ? make(type) : check_type(type);
    if (!failure)
      failure = read("SELECT id, written, digest, data FROM whole ORDER BY id",
                     whole_, take);
    if (!failure)
      failure =
        read("SELECT id, written, digest, data FROM changes ORDER BY id",
             changes_, take);
    if (failure)
      file_.close();
    return failure;
  }

  caf::error append(const std::vector<payload>& messages, wall_time now,
                    bool durable) override {
    if (messages.empty() && !(durable && file_.is_unsynced()))
      return {};
    auto next = changes_;
    auto failure = file_.transact(durable, [&] {
      // SQLite syncs earlier commits only with a commit that changes something.
      // Setting a column to its own value is enough.
      if (messages.empty())
        return file_.db().run("UPDATE about SET type = type");
      return insert("INSERT INTO changes(id, written, digest, data) "
                    "VALUES(?1, ?2, ?3, ?4)",
                    messages, now, next);
    });
    if (!failure)
      changes_ = next;
    return failure;
  }

  caf::error replace(const std::vector<payload>& messages, wall_time now,
                     bool durable) override {
    size next;
    auto failure = file_.transact(durable, [&] {
      if (auto why = file_.db().run("DELETE FROM changes; DELETE FROM whole"))
        return why;
      return insert("INSERT INTO whole(id, written, digest, data) "
                    "VALUES(?1, ?2, ?3, ?4)",
                    messages, now, next);
    });
    if (!failure) {
      whole_ = next;
      changes_ = {};
    }
    return failure;
  }

  void close() override {
    file_.close();
  }

private:
  struct size {
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0;
  };

  caf::error check_type(const std::string& type) {
    auto found = file_.db().text("SELECT type FROM about");
    if (!found)
      return std::move(found.error());
    if (*found != type)
      return file_.db().failure("has a value of type '" + *found + "', not '"
                                + type + "'; choose another file");
    return {};
  }

  caf::error make(const std::string& type) {
    return file_.make_tables(value_format, [&] {
      sqlite_statement about{file_.db(), "INSERT INTO about(type) VALUES(?1)"};
      about.bind(1, byte_view{std::string_view{type}});
      about.step();
      return about.has_failed() ? file_.db().failure("cannot write")
                                : caf::error{};
    });
  }

  caf::error read(const char* query, size& found, const reader& take) {
    sqlite_statement rows{file_.db(), query};
    return file_.read(rows, found.rows, found.bytes, take);
  }

  caf::error insert(const char* text, const std::vector<payload>& messages,
                    wall_time now, size& to) {
    sqlite_statement row{file_.db(), text};
    return file_.insert(row, messages, now, to.rows, to.bytes);
  }

  std::string path_;
  std::chrono::milliseconds patience_;
  sqlite_file file_;
  size whole_;
  size changes_;
};

} // namespace

change_storage_ptr make_sqlite_storage(std::string file,
                                       std::chrono::milliseconds patience) {
  return std::make_shared<sqlite_storage>(std::move(file), patience);
}

} // namespace cafmesh
