#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include <cafmesh/bytes.hpp>

struct sqlite3;
struct sqlite3_stmt;

namespace cafmesh {

/// A SQLite database, locked so that no other process uses it. Errors have the
/// code errc::storage_failed and name the file.
class sqlite_database {
public:
  sqlite_database() = default;
  sqlite_database(const sqlite_database&) = delete;
  sqlite_database& operator=(const sqlite_database&) = delete;
  ~sqlite_database() {
    close();
  }

  /// Opens the file, or creates it with the mode 0600. Does not change an
  /// existing file.
  /// @param patience how long this call and later calls wait for locks
  caf::error open(const std::string& file, std::chrono::milliseconds patience);
  void close() noexcept;
  bool is_open() const noexcept {
    return db_ != nullptr;
  }

  /// Runs statements whose rows, if any, do not matter.
  caf::error run(const char* statements);
  /// The first column of the first row, as a number; 0 if there is no row.
  caf::expected<std::int64_t> number(const char* query);
  /// The first column of the first row, as text; empty if there is no row.
  caf::expected<std::string> text(const char* query);
  /// Whether the open file was renamed, deleted or replaced.
  bool has_moved() const;
  bool is_in_transaction() const;

  /// The error of the last call.
  /// @param what the beginning of the error's text, such as `cannot write`
  caf::error failure(const char* what) const;
  caf::error failure(const std::string& why) const;

private:
  friend class sqlite_statement;
  sqlite3* db_ = nullptr;
  std::string file_;
};

/// A prepared statement, which must be destroyed before its database is closed.
class sqlite_statement {
public:
  /// Prepares the statement. If that fails, `has_failed` returns true.
  sqlite_statement(const sqlite_database& db, const char* text);
  sqlite_statement(const sqlite_statement&) = delete;
  sqlite_statement& operator=(const sqlite_statement&) = delete;
  ~sqlite_statement();

  /// Sets a parameter, counting from 1. The bytes must remain valid while the
  /// statement runs.
  void bind(int parameter, std::int64_t x);
  void bind(int parameter, byte_view x);
  /// Runs the statement up to its next row, whose columns can be read until the
  /// next call. After the last row, the statement can run again.
  /// @returns whether there is a row; false also on an error
  bool step();
  bool has_failed() const noexcept {
    return failed_;
  }
  /// Columns count from 0.
  std::int64_t number(int column) const;
  byte_view blob(int column) const;

private:
  sqlite3_stmt* statement_ = nullptr;
  bool failed_ = false;
};

} // namespace cafmesh
