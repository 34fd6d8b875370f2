#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/meshd/api/context.hpp"

namespace meshd {

/// A request as it came, and the connection that it came over.
class incoming {
public:
  virtual ~incoming() = default;

  virtual std::string method() const = 0;
  virtual std::string target() const = 0; ///< path and query
  virtual std::optional<std::string> header(const std::string& name) const = 0;
  virtual const std::string& body() const = 0;
  /// The address at which the client has connected, `HOST` and `PORT`; empty
  /// for a Unix socket.
  virtual std::string local_host() const = 0;
  virtual std::string local_port() const = 0;
  virtual bool is_encrypted() const = 0;
  virtual void reply(int status, const std::string& type, std::string body,
                     const header_list& headers) = 0;
  virtual std::shared_ptr<event_sink> open_events() = 0;
  virtual std::shared_ptr<socket_sink> open_socket() = 0;
};

/// Requests that have no answer yet.
struct pending_requests {
  std::size_t count = 0;
  bool are_dropped = false; ///< they get no answer, since the loop has ended
};

/// Decides whether a request is allowed, and which handler gets it.
class dispatcher : public routes {
public:
  void add(const std::string& method, const std::string& path,
           handler f) override;

  /// @returns what is wrong, and then nothing has changed; empty if nothing is
  std::string read_tokens(const service_options& options);
  void allow_hosts(std::vector<std::string> names) {
    allowed_hosts_ = std::move(names);
  }

  /// To be called when the loop has ended.
  void drop_requests() {
    pending_->are_dropped = true;
  }

  /// Why a request is refused, as its header tells; absent if it is not. To be
  /// asked before the body is read, so that strangers cannot fill the memory.
  std::optional<problem> refusal(const incoming& x) const;

  /// Calls the handler of a request that is not refused.
  void dispatch(const std::shared_ptr<incoming>& x);

private:
  struct route {
    std::string method;
    std::vector<std::string> segments; ///< `{name}` is a parameter
    bool takes_rest = false;           ///< whether the last one takes the rest
    handler f;
  };
  enum class access { none, read, write };

  void check_host(const incoming& x) const;
  access access_of(const incoming& x) const;
  void check_access(const incoming& x, access granted) const;
  const route& find(const std::string& method, const std::string& path,
                    header_list& params) const;

  std::vector<route> routes_;
  std::vector<std::string> allowed_hosts_;
  std::string write_token_;
  std::string read_token_;
  std::shared_ptr<pending_requests> pending_ =
    std::make_shared<pending_requests>();
};

} // namespace meshd
