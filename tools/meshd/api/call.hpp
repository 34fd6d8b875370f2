#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/http/event_source.hpp"
#include "tools/http/socket_stream.hpp"
#include "tools/meshd/api/json_values.hpp"
#include "tools/meshd/mesh/listing.hpp"
#include "tools/meshd/mesh/problem.hpp"

/// Requests to the API. The HTTP server implements `exchange`, and the handlers
/// of the API use `call`.
namespace meshd {

using header_list = std::vector<std::pair<std::string, std::string>>;

class socket_sink {
public:
  virtual ~socket_sink() = default;

  virtual bool has_room() const = 0;
  /// Sends all of the frames, or none if there is no room.
  virtual void send(std::vector<http::socket_message> xs) = 0;
  /// Whether further messages of the client are read. Reading must not rest for
  /// longer than answers of the mesh take.
  virtual void set_reading(bool x) = 0;
  /// Counts bytes of messages that are kept, until `let_go` is called.
  virtual void keep(std::size_t bytes) = 0;
  virtual void let_go(std::size_t bytes) = 0;
  virtual void close() = 0;
  /// @param on_room called when there is room again after `has_room` was false
  virtual void
  set_handlers(std::function<void(bool is_text, std::string data)> on_message,
               std::function<void()> on_room, std::function<void()> on_end) = 0;
};

class exchange {
public:
  virtual ~exchange() = default;

  /// A parameter of the path, percent-decoded.
  virtual std::string param(const std::string& name) const = 0;
  virtual std::optional<std::string> query(const std::string& name) const = 0;
  virtual std::optional<std::string> header(const std::string& name) const = 0;
  virtual const std::string& body() const = 0;
  /// Whether the client's token allows changes.
  virtual bool may_write() const = 0;
  /// Calls `f` once if the client goes away before it has an answer.
  virtual void on_gone(std::function<void()> f) = 0;
  /// @param headers the headers other than the content type
  virtual void reply(int status, const std::string& type, std::string body,
                     const header_list& headers) = 0;
  /// Sets the answer that the client gets if there is no other after `time`,
  /// even if the node hangs.
  virtual void reply_after(std::chrono::milliseconds time, int status,
                           const std::string& type, std::string body) = 0;
  /// Counts a stream towards the client's limit before `follow` opens it.
  /// @returns false if the client has too many streams; in that case, an error
  ///          was sent to the client
  virtual bool reserve_stream() = 0;
  /// Answers with a stream of the source's events. `Last-Event-ID` or `?since=`
  /// names the last event that the client has.
  virtual void follow(http::event_source& source, http::subscription x) = 0;
  /// Answers with a WebSocket. If that is not possible, the client gets an
  /// error, and the result is null.
  virtual std::shared_ptr<socket_sink> open_socket() = 0;
};

/// A request. It must be answered exactly once, immediately or later, on the
/// HTTP thread. The members for reading throw a `problem` if the request is
/// wrong.
class call {
public:
  explicit call(std::shared_ptr<exchange> x) : exchange_(std::move(x)) {
  }

  exchange& operator*() const {
    return *exchange_;
  }
  exchange* operator->() const {
    return exchange_.get();
  }

  // -- reading

  /// A path parameter. It must be UTF-8 of at most `most` bytes.
  std::string text_param(const std::string& name, std::size_t most) const;
  std::string query_or(const std::string& name, const std::string& other) const;
  bool query_flag(const std::string& name) const;
  /// The query parameter `limit`, from 1 to 1000.
  std::size_t limit() const;
  /// The query parameter `wait`, at most 60 s.
  std::chrono::milliseconds wait() const;
  /// The JSON object in the body. It must have no fields other than `fields`.
  json object_body(const std::vector<std::string>& fields) const;
  const std::string& raw_body() const;

  // -- answering

  void json_reply(int status, const json& x,
                  const header_list& headers = {}) const;
  /// Sets the answer that the client gets if there is no other after `time`.
  void json_reply_after(std::chrono::milliseconds time, int status,
                        const json& x) const;
  void reply(int status, const header_list& headers = {}) const;
  void fail(const problem& x) const;

  /// Makes a callback for a result. If the result is a problem, the client gets
  /// it; otherwise `f` is called with the value.
  template <class T, class F>
  answer<T> then(F f) const {
    return [self = *this, f = std::move(f)](result<T> x) {
      if (auto why = std::get_if<problem>(&x))
        self.fail(*why);
      else
        f(std::get<T>(x));
    };
  }

private:
  void check_content_type(const std::string& wanted) const;

  std::shared_ptr<exchange> exchange_;
};

problem bad_query(const std::string& name, const std::string& expected);

json json_of(const problem& x);

/// The reason phrase of an HTTP status.
std::string title_of(int status);

} // namespace meshd
