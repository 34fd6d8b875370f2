#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "tools/http/responder.hpp"
#include "tools/meshd/api/call.hpp"
#include "tools/meshd/api/change_gate.hpp"

namespace meshd {

/// A request to the HTTP server, as the handlers of the API see it.
class http_exchange : public exchange {
public:
  /// @param loop posts callbacks to the HTTP thread; null if they run there
  ///        anyway
  /// @param change leaves the gate once the request is answered
  explicit http_exchange(http::responder to, poster loop = nullptr,
                         change_gate::pass change = {});

  std::string param(const std::string& name) const override;
  std::optional<std::string> query(const std::string& name) const override;
  std::optional<std::string> header(const std::string& name) const override;
  const std::string& body() const override;
  void on_gone(std::function<void()> f) override;
  bool may_write() const override;
  void reply(int status, const std::string& type, std::string body,
             const header_list& headers) override;
  void reply_after(std::chrono::milliseconds time, int status,
                   const std::string& type, std::string body) override;
  bool reserve_stream() override;
  void follow(http::event_source& source, http::subscription x) override;
  std::shared_ptr<socket_sink> open_socket() override;

private:
  http::responder to_;
  poster loop_;
  change_gate::pass change_;
};

} // namespace meshd
