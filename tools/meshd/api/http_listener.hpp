#pragma once

#include <memory>
#include <string>
#include <variant>

#include <boost/asio/io_context.hpp>

#include "tools/meshd/api/dispatcher.hpp"
#include "tools/meshd/settings/service_options.hpp"

namespace meshd {

/// Accepts connections of HTTP clients. To be used on the loop.
class http_listener {
public:
  virtual ~http_listener() = default;
  virtual void start() = 0;
  virtual void stop() = 0;
  virtual std::string address() const = 0;
};

/// Binds the address of the options, or takes systemd's socket named `http`.
/// @returns the listener, or what is wrong
std::variant<std::string, std::shared_ptr<http_listener>>
open_listener(boost::asio::io_context& loop, const service_options& options,
              dispatcher& paths);

} // namespace meshd
