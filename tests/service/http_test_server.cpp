// A server for http_server_tests.py. Its arguments are NAME=VALUE. It prints a
// line for each address, and then obeys commands from its standard input until
// the end of the input.

#include <sys/resource.h>

#include <atomic>
#include <iostream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "tools/http/event_source.hpp"
#include "tools/http/server.hpp"

namespace {

using arguments = std::map<std::string, std::string>;

arguments read_arguments(int argc, char** argv) {
  arguments result;
  for (int i = 1; i < argc; ++i) {
    std::string x = argv[i];
    auto equals = x.find('=');
    result[x.substr(0, equals)] = x.substr(equals + 1);
  }
  return result;
}

http::server_options options_of(const arguments& from) {
  http::server_options result;
  auto set = [&from](const char* name, auto& to) {
    if (auto i = from.find(name); i != from.end())
      to = static_cast<std::decay_t<decltype(to)>>(std::stoull(i->second));
  };
  auto set_time = [&from](const char* name, auto& to) {
    if (auto i = from.find(name); i != from.end())
      to = std::chrono::milliseconds{std::stoull(i->second)};
  };
  auto& x = result.limits;
  set("threads", result.threads);
  set("connections", x.connections);
  set("connections_per_address", x.connections_per_address);
  set("streams_per_address", x.streams_per_address);
  set("body_bytes", x.body_bytes);
  set("held_bytes", x.held_bytes);
  set("held_bytes_per_address", x.held_bytes_per_address);
  set("rate", x.minimum_rate);
  set_time("header_time", x.header_time);
  set_time("idle_time", x.idle_time);
  set_time("answer_time", x.answer_time);
  set_time("grace", x.transfer_grace);
  set_time("comment_interval", x.comment_interval);
  if (auto i = from.find("host"); i != from.end())
    result.hosts.names = {i->second};
  result.headers = {{"Content-Security-Policy", "default-src 'none'"}};
  result.log = [](http::severity, const std::string& text) {
    std::cerr << text << std::endl;
  };
  return result;
}

struct fixture {
  explicit fixture(http::server_options x) : server(std::move(x)) {
    add_plain_routes();
    add_streams();
  }

  void add_plain_routes();
  void add_late_routes();
  void add_streams();
  void obey(const std::string& command);

  std::atomic<int> gone{0};
  std::vector<http::responder> held; // first thread only
  std::string big = std::string(32 * 1024 * 1024, 'x');
  http::event_source events{{"e", 4 * 1024 * 1024, 1000}};
  http::server server;
};

void answer(const http::responder& to, std::string text) {
  to.send({200, "application/octet-stream", std::move(text)});
}

void fixture::add_plain_routes() {
  auto& to = server.routes();
  to.add("GET", "/hello", [](const auto&, const auto& back) {
    back.send({200, "text/plain", "hello\n"});
  });
  http::route_options open;
  open.needs = http::access::none;
  to.add(
    "GET", "/livez",
    [](const auto&, const auto& back) { answer(back, "alive"); }, open);
  to.add("PUT", "/echo", [](const http::request& x, const auto& back) {
    answer(back, x.body());
  });
  http::route_options small;
  small.body_bytes = 1000;
  small.any_content_type = true;
  to.add(
    "POST", "/small",
    [](const http::request& x, const auto& back) {
      answer(back, std::to_string(x.body().size()));
    },
    small);
  to.add("GET", "/kv/{key...}", [](const http::request& x, const auto& back) {
    answer(back, std::string{x.parameter("key")});
  });
  to.add("GET", "/big", [this](const auto&, const auto& back) {
    http::response x{200, "application/octet-stream", {}, {}, big};
    back.send(std::move(x));
  });
  add_late_routes();
}

void fixture::add_late_routes() {
  auto& to = server.routes();
  to.add("GET", "/never", [this](const auto&, const http::responder& back) {
    back.on_gone([this] { ++gone; });
    server.post([this, back] { held.push_back(back); });
  });
  to.add("GET", "/dropped", [](const auto&, const auto&) {});
  to.add("GET", "/throws",
         [](const auto&, const auto&) { throw std::runtime_error{"a fault"}; });
  to.add("GET", "/later", [this](const auto&, const http::responder& back) {
    server.post_after(std::chrono::milliseconds{100},
                      [back] { answer(back, "late"); });
  });
  to.add("GET", "/bad-header", [](const auto&, const http::responder& back) {
    back.send({200, "text/plain", "x", {{"X-Name", "a\r\nX-Evil: b"}}});
  });
}

void fixture::add_streams() {
  auto& to = server.routes();
  to.add("GET", "/events", [this](const http::request& x, const auto& back) {
    http::subscription wanted;
    if (auto key = x.query("key"))
      wanted.filter = [key = *key](auto, auto of) {
        return of == key;
      };
    wanted.snapshot = [](const auto& done) {
      done(http::one_part("{\"whole\":true}"));
    };
    events.subscribe(back, std::move(wanted));
  });
  to.add("GET", "/socket", [](const auto&, const http::responder& back) {
    auto self = std::make_shared<http::socket_stream>();
    http::socket_handlers f;
    f.on_text = [self](std::string x) {
      self->send({{true, std::move(x)}});
    };
    f.on_binary = [self](std::string x) {
      self->send({{false, std::move(x)}});
    };
    http::socket_options options;
    options.most_message_bytes = 1000;
    *self = back.open_socket(options, std::move(f));
  });
  // Reads one message, and says and reads nothing more.
  to.add("GET", "/paused", [](const auto&, const http::responder& back) {
    auto self = std::make_shared<http::socket_stream>();
    http::socket_handlers f;
    f.on_text = [self](const std::string&) {
      self->pause();
    };
    *self = back.open_socket({}, std::move(f));
  });
}

void fixture::obey(const std::string& command) {
  std::istringstream in{command};
  std::string verb;
  in >> verb;
  if (verb == "publish") {
    std::size_t number = 0;
    std::size_t size = 0;
    std::string key;
    in >> number >> size >> key;
    for (std::size_t i = 0; i < number; ++i)
      events.publish("change", std::string(size, 'x'), key);
  } else if (verb == "tokens") {
    std::string read;
    std::string write;
    in >> read >> write;
    server.set_tokens(read, write);
  } else if (verb == "stop") {
    server.stop();
  }
  auto x = server.counts();
  std::cout << x.requests << ' ' << x.connections << ' ' << x.streams << ' '
            << x.refused_connections << ' ' << gone << std::endl;
}

void limit_descriptors(const arguments& from) {
  auto i = from.find("nofile");
  if (i == from.end())
    return;
  rlimit x{};
  getrlimit(RLIMIT_NOFILE, &x);
  x.rlim_cur = std::stoull(i->second);
  setrlimit(RLIMIT_NOFILE, &x);
}

} // namespace

int main(int argc, char** argv) {
  auto from = read_arguments(argc, argv);
  limit_descriptors(from);
  fixture all{options_of(from)};
  auto wrong = from.count("fd") > 0
                 ? all.server.listen_on(std::stoi(from["fd"]))
                 : all.server.listen(from.count("listen") > 0 ? from["listen"]
                                                              : "127.0.0.1:0");
  std::shared_ptr<http::tls_context> certificate;
  if (!wrong && from.count("cert") > 0)
    wrong = http::read_tls(from["cert"], from["key"], certificate);
  if (certificate)
    all.server.set_tls(certificate);
  if (!wrong)
    wrong = all.server.start();
  if (wrong) {
    std::cout << "failed: " << wrong.text << std::endl;
    return 1;
  }
  std::cout << all.server.addresses().front() << std::endl;
  for (std::string line; std::getline(std::cin, line);)
    all.obey(line);
  all.server.stop();
}
