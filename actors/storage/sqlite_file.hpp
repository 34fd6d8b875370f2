#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "actors/storage/sqlite_database.hpp"
#include <cafmesh/payload.hpp>
#include <cafmesh/storage.hpp>

namespace cafmesh {

/// Distinguishes our databases from those of other programs and versions.
struct sqlite_format {
  std::int64_t application_id;
  std::int64_t version;
  /// The SQL that makes the tables and stores both numbers in the file.
  const char* make_tables;
};

/// A database whose format is described by a `sqlite_format`. Each row of its
/// tables holds a message. Only a durable commit waits until its changes are on
/// disk.
class sqlite_file {
public:
  /// Opens the file, or creates an empty file. A file in a different format is
  /// an error, and stays unchanged.
  caf::error open(const std::string& file, std::chrono::milliseconds patience,
                  const sqlite_format& format);
  /// Makes the tables of a new file, and calls `more` in the same transaction.
  template <class F>
  caf::error make_tables(const sqlite_format& format, F more) {
    return transact(true, [&] {
      auto failure = db_.run(format.make_tables);
      return failure ? std::move(failure) : more();
    });
  }
  void close() noexcept {
    db_.close();
  }

  sqlite_database& db() noexcept {
    return db_;
  }
  const sqlite_database& db() const noexcept {
    return db_;
  }
  /// Whether the opened file has no tables yet.
  bool is_new() const noexcept {
    return is_new_;
  }
  /// Whether some commits may not be on disk yet. The next durable commit that
  /// changes something writes them.
  bool is_unsynced() const noexcept {
    return is_unsynced_;
  }

  /// Runs `change` in a transaction, which has no effect if `change` returns an
  /// error.
  template <class F>
  caf::error transact(bool durable, F change) {
    auto failure = begin(durable);
    if (!failure)
      failure = change();
    return finish(std::move(failure), durable);
  }

  /// Runs a statement, and passes the message in each row to `take`. The
  /// columns must be the row's number, time, digest and message. Row numbers
  /// start at 1 and have no gaps, so that a lost row is noticed.
  /// @param rows receives the number of rows
  /// @param bytes receives the size of the rows
  caf::error read(sqlite_statement& from, std::uint64_t& rows,
                  std::uint64_t& bytes, const change_storage::reader& take);

  /// Writes a row for each message. The statement's parameters 1 to 4 must be
  /// the row's number, time, digest and message.
  /// @param rows the number of rows so far, to which the new rows are added
  /// @param bytes the size of the rows so far, to which the new rows are added
  caf::error insert(sqlite_statement& to, const std::vector<payload>& messages,
                    wall_time now, std::uint64_t& rows, std::uint64_t& bytes);

private:
  caf::error check(std::int64_t owner, const sqlite_format& format);
  caf::error begin(bool durable);
  caf::error finish(caf::error failure, bool durable);
  caf::error sync(bool durable);

  sqlite_database db_;
  bool is_new_ = false;
  bool is_syncing_ = false; // whether commits wait for the disk
  bool is_unsynced_ = false;
};

} // namespace cafmesh
