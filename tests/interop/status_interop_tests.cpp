#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/interop/both_kinds.hpp"
#include "tests/interop/cpp_node.hpp"
#include "tests/interop/go_peer.hpp"

using namespace cafmesh::test;
namespace data = boost::unit_test::data;

// Tests that Go peers and cafmesh peers report the same mesh in their status
// documents.
BOOST_AUTO_TEST_SUITE(status_interop_tests)

namespace {

using json = nlohmann::json;
using texts = std::set<std::string>;

/// The fields at this path that only the status of a cafmesh peer has.
texts additions_at(const std::string& path) {
  if (path.empty())
    return {"Uptime", "DialTargets", "Channels", "Actors"};
  if (path == "/Connections/")
    return {"Figures"};
  return {};
}

/// Replaces null with an empty list where a list belongs. Go writes empty lists
/// as null; cafmesh does not.
json with_lists(json x) {
  static const texts lists{"Peers", "Connections", "UnicastRoutes",
                           "Via",   "Targets",     "BroadcastRoutes"};
  if (x.is_structured())
    for (auto& item : x.items()) {
      auto is_list = x.is_object() && lists.count(item.key()) != 0;
      item.value() = is_list && item.value().is_null()
                       ? json::array()
                       : with_lists(item.value());
    }
  return x;
}

/// Checks that both documents have fields of the same names and types. In a
/// list, each element of `ours` is compared with the first of `theirs`.
void check_shape(const json& ours, const json& theirs,
                 const std::string& path = {}) {
  BOOST_TEST_REQUIRE(std::string{ours.type_name()} == theirs.type_name(),
                     path << ": " << ours.dump() << " / " << theirs.dump());
  if (theirs.is_array()) {
    if (!theirs.empty())
      for (const auto& x : ours)
        check_shape(x, theirs[0], path + "/");
    return;
  }
  if (!theirs.is_object())
    return;
  texts known = additions_at(path);
  for (const auto& item : theirs.items()) {
    BOOST_TEST_REQUIRE(ours.contains(item.key()), path << "/" << item.key());
    check_shape(ours[item.key()], item.value(), path + "/" + item.key());
    known.insert(item.key());
  }
  for (const auto& item : ours.items())
    BOOST_TEST(known.count(item.key()) == 1u, path << "/" << item.key());
}

json sorted(json list, const char* key) {
  std::sort(list.begin(), list.end(),
            [key](const json& x, const json& y) { return x[key] < y[key]; });
  return list;
}

json peers_of(const json& status) {
  auto result = sorted(with_lists(status)["Peers"], "Name");
  for (auto& peer : result)
    peer["Connections"] = sorted(peer["Connections"], "Name");
  return result;
}

json about(const json& status, const std::string& address) {
  const auto document = with_lists(status);
  for (const auto& x : document["Connections"])
    if (x["Address"] == address)
      return x;
  return nullptr;
}

/// `b` dials `a`, which dials `c`. `a` is a Go peer, and the others are cafmesh
/// peers. `a` and `b` also dial an address at which nobody listens.
struct mixed_mesh {
  explicit mixed_mesh(const std::string& password)
      : a(options('a', password)), b(options('b', password)),
        c(options('c', password)) {
    BOOST_REQUIRE(connect(b, a));
    BOOST_REQUIRE(connect(a, c));
    a.connect_to(nobody);
    b.connect_to(nobody);
    BOOST_REQUIRE(know_each_other({&a, &b, &c}));
  }
  bool agrees() {
    return eventually([this] {
      auto theirs = peers_of(a.status());
      return theirs.size() == 3 && peers_of(b.status()) == theirs
             && peers_of(c.status()) == theirs;
    });
  }
  static peer_options options(char letter, const std::string& password) {
    return password.empty() ? named(letter) : named(letter, password);
  }

  std::string nobody = "127.0.0.1:" + std::to_string(free_port());
  go_peer a;
  cpp_node b;
  cpp_node c;
};

const auto each_password =
  data::make(std::vector<std::string>{"", "wfvAwt7sj"});

} // namespace

BOOST_DATA_TEST_CASE(both_documents_have_the_same_shape, each_password,
                     password) {
  mixed_mesh mesh{password};
  auto theirs = with_lists(mesh.a.status());
  check_shape(mesh.b.status(), theirs);
  check_shape(mesh.c.status(), theirs);
}

BOOST_DATA_TEST_CASE(all_peers_eventually_report_the_same_records,
                     each_password, password) {
  mixed_mesh mesh{password};
  BOOST_TEST(mesh.agrees(), peers_of(mesh.a.status()).dump(1)
                              << peers_of(mesh.b.status()).dump(1)
                              << peers_of(mesh.c.status()).dump(1));
}

BOOST_DATA_TEST_CASE(a_connection_is_described_in_the_same_words, each_password,
                     password) {
  mixed_mesh mesh{password};
  auto ours = about(mesh.b.status(), mesh.a.address());
  auto theirs = about(mesh.a.status(), mesh.c.address());
  const std::string lock = password.empty() ? "" : "encrypted   ";
  BOOST_TEST(theirs["Info"] == lock + "none   00:00:00:00:00:0c(c)");
  BOOST_TEST(ours["Info"] == lock + "none   00:00:00:00:00:0a(a)");
  for (auto field : {"State", "Outbound", "Attrs"})
    BOOST_TEST(ours[field] == theirs[field], field);
}

BOOST_AUTO_TEST_CASE(routes_lead_to_the_same_peers) {
  mixed_mesh mesh{""};
  auto routes = [](json status) {
    return sorted(with_lists(status)["UnicastRoutes"], "Dest");
  };
  const std::string a = mesh.a.name(), b = mesh.b.name(), c = mesh.c.name();
  const std::string here = "00:00:00:00:00:00";
  json from_a{{{"Dest", a}, {"Via", here}},
              {{"Dest", b}, {"Via", b}},
              {{"Dest", c}, {"Via", c}}};
  json from_b{{{"Dest", a}, {"Via", a}},
              {{"Dest", b}, {"Via", here}},
              {{"Dest", c}, {"Via", a}}};
  BOOST_TEST(eventually([&] { return routes(mesh.a.status()) == from_a; }));
  BOOST_TEST(eventually([&] { return routes(mesh.b.status()) == from_b; }),
             routes(mesh.b.status()).dump());
}

BOOST_AUTO_TEST_CASE(a_target_that_fails_is_shown_in_the_same_way) {
  mixed_mesh mesh{""};
  auto failing = [&](json status) {
    auto x = about(status, mesh.nobody);
    return x.is_object() && (x["State"] == "failed" || x["State"] == "retrying")
           && x["Outbound"] == true && x["Attrs"].is_null()
           && x["Info"].get<std::string>().find("refused") != std::string::npos;
  };
  BOOST_TEST(eventually([&] { return failing(mesh.a.status()); }),
             mesh.a.status().dump(1));
  BOOST_TEST(eventually([&] { return failing(mesh.b.status()); }),
             mesh.b.status().dump(1));
  BOOST_TEST(mesh.b.status()["Targets"].size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
