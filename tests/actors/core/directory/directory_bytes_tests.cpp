// Tests that messages between directories have the bytes that
// messages/wire/NAMES.md defines, and that other bytes are malformed.
#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "actors/core/directory/directory_messages.hpp"
#include "tests/actors/core/directory/directory_simulation.hpp"
#include "tests/support/hex.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::names;
using namespace cafmesh::test;

namespace {

header some_header() {
  return {life_of(7, 9),
          5,
          "node",
          2,
          {0x0102'0304'0506'0708, 0x090a'0b0c'0d0e'0f10}};
}

const std::string header_hex = "06 000000000007 09"
                               "05 04 6e6f6465 02"
                               "0102030405060708 090a0b0c0d0e0f10";

std::string without_blanks(std::string x) {
  x.erase(std::remove(x.begin(), x.end(), ' '), x.end());
  return x;
}

// Decodes a message with this content after its header. The changes in the
// content lead from version 4 to the header's version.
caf::expected<part> read_part(const std::string& content) {
  return decode_part(hex("05" + header_hex + "04" + content));
}

std::string run(std::size_t size, const std::string& byte = "6e") {
  bytes result;
  wire::append_gob_uint(result, size);
  auto text = to_hex(result);
  for (std::size_t i = 0; i < size; ++i)
    text += byte;
  return text;
}

bool is_malformed(const std::string& content) {
  auto x = read_part(content);
  return !x && is(x.error(), errc::malformed);
}

} // namespace

BOOST_AUTO_TEST_SUITE(directory_bytes_tests)

// -- kinds

BOOST_AUTO_TEST_CASE(the_first_byte_is_the_kind) {
  BOOST_TEST((kind_of({}) == kind{0}));
  BOOST_TEST((kind_of(hex("0403")) == kind::pull));
  BOOST_TEST((kind_of(hex("05")) == kind::part));
  BOOST_TEST(!decode_headers(hex("04" + header_hex)));
  BOOST_TEST(!decode_pull(hex("03" + header_hex)));
  BOOST_TEST(!decode_part(hex("04" + header_hex + "04 00 00 00")));
  BOOST_TEST(!!decode_part(hex("05" + header_hex + "04 00 00 00")));
}

// -- headers

BOOST_AUTO_TEST_CASE(a_header_has_the_documented_bytes) {
  bytes out;
  append_header(out, some_header());
  BOOST_TEST(to_hex(out) == without_blanks(header_hex));
  wire::gob_cursor in{out};
  BOOST_TEST((read_header(in) == some_header()));
  BOOST_TEST((in.ok() && in.at_end()));
}

BOOST_AUTO_TEST_CASE(headers_follow_one_another_up_to_the_end) {
  auto none = decode_headers(hex("03"));
  BOOST_TEST_REQUIRE(!!none);
  BOOST_TEST(none->empty());
  auto two = decode_headers(hex("03" + header_hex + header_hex));
  BOOST_TEST_REQUIRE(!!two);
  BOOST_TEST_REQUIRE(two->size() == 2u);
  BOOST_TEST((two->at(0) == some_header()));
  BOOST_TEST((two->at(1) == some_header()));
  const auto whole = hex("03" + header_hex);
  for (std::size_t size = 2; size < whole.size(); ++size)
    BOOST_TEST(!decode_headers(byte_view{whole}.sub(0, size)));
}

BOOST_AUTO_TEST_CASE(a_header_needs_a_peer_and_a_uid) {
  const std::string rest = "05 00 00 00000000000000000000000000000000";
  BOOST_TEST(!!decode_headers(hex("03 06 000000000007 09" + rest)));
  BOOST_TEST(!decode_headers(hex("03 06 000000000000 09" + rest)));
  BOOST_TEST(!decode_headers(hex("03 06 000000000007 00" + rest)));
  BOOST_TEST(!decode_headers(hex("03 05 0000000007 09" + rest)));
}

BOOST_AUTO_TEST_CASE(a_node_id_has_at_most_64_bytes) {
  for (std::size_t size : {std::size_t{0}, max_node_id, max_node_id + 1}) {
    auto x = some_header();
    x.node = std::string(size, 'n');
    bytes out{3};
    append_header(out, x);
    BOOST_TEST(!!decode_headers(out) == (size <= max_node_id));
  }
}

BOOST_AUTO_TEST_CASE(messages_of_64_kib_are_read) {
  // A message of the maximum size is read. So the error for junk of this size
  // is `malformed`, not `too_large`.
  for (auto first : {kind::headers, kind::part}) {
    bytes junk(max_message, 0xff);
    junk[0] = static_cast<std::uint8_t>(first);
    const auto err = first == kind::part ? decode_part(junk).error()
                                         : decode_headers(junk).error();
    BOOST_TEST(is(err, errc::malformed));
  }
}

// -- pulls

BOOST_AUTO_TEST_CASE(a_pull_has_the_documented_bytes) {
  const fingerprint content{0x0102'0304'0506'0708, 0x090a'0b0c'0d0e'0f10};
  const std::string start = "04 06 000000000007 09"
                            "03 0102030405060708 090a0b0c0d0e0f10";
  auto text = [&](std::optional<std::string> below) {
    return to_hex(
      encode(pull{life_of(7, 9), {3, content, std::move(below)}}).view());
  };
  BOOST_TEST(text({}) == without_blanks(start + "00"));
  BOOST_TEST(text("key") == without_blanks(start + "01 03 6b6579"));
  for (const char* below : {"k", "key"}) {
    auto x = decode_pull(
      encode(pull{life_of(7, 9), {3, content, std::string{below}}}).view());
    BOOST_TEST_REQUIRE(!!x);
    BOOST_TEST((x->have.below == below));
    BOOST_TEST((x->have.content == content));
  }
  for (const char* end : {"", "02", "02 03 6b6579", "0000", "01 03 6b6579 00",
                          "01 04 6b6579", "01", "ff"})
    BOOST_TEST(!decode_pull(hex(start + end)));
  BOOST_TEST(!!decode_pull(hex(start + "01" + run(max_name))));
  BOOST_TEST(!decode_pull(hex(start + "01" + run(max_name + 1))));
}

BOOST_AUTO_TEST_CASE(pulls_that_are_cut_off_are_malformed) {
  const auto whole = encode(pull{life_of(7, 9), {3, {1, 2}, "key"}});
  for (std::size_t size = 0; size < whole.size(); ++size)
    BOOST_TEST(!decode_pull(whole.view().sub(0, size)));
}

// -- parts

BOOST_AUTO_TEST_CASE(a_part_has_the_documented_bytes) {
  const auto typed = entry_of(300, {"x", "yz"}, {{"a", "1"}, {"zone", "b"}});
  const auto other = entry_of(2, {"w"});
  part_writer out{some_header(), 4};
  BOOST_TEST(out.add_change("g", nullptr));
  BOOST_TEST(out.add_change("new", &typed));
  BOOST_TEST(out.add_change("old", nullptr));
  BOOST_TEST(out.add_entry("p", other));
  BOOST_TEST(out.add_entry("q", entry_of(3, {"x", "yz"})));
  BOOST_TEST(out.add_entry("r", entry_of(4)));
  const std::string start = "05" + header_hex
                            + "04"
                              "02"
                              "02 01 78 02 797a"
                              "01 01 77"
                              "03"
                              "00 01 67"
                              "01 03 6e6577 fe012c 01"
                              "02 01 61 01 31 04 7a6f6e65 01 62"
                              "00 03 6f6c64";
  const std::string entries = "03"
                              "01 70 02 02 00"
                              "01 71 03 01 00"
                              "01 72 04 00 00";
  BOOST_TEST(to_hex(out.finish().view()) == without_blanks(start + "00"));
  BOOST_TEST(to_hex(out.finish("pp", std::nullopt).view())
             == without_blanks(start + "01 02 7070" + entries));
  BOOST_TEST(to_hex(out.finish("ppp", "s").view())
             == without_blanks(start + "02 03 707070 01 73" + entries));
}

BOOST_AUTO_TEST_CASE(a_part_is_read_as_it_was_written) {
  auto x = read_part("02  02 01 78 02 797a  01 01 77"
                     "03  00 01 67"
                     "01 03 6e6577 fe012c 01 02 01 61 01 31 04 7a6f6e65 01 62"
                     "00 03 6f6c64"
                     "02 01 70 03 737373"
                     "02  01 70 02 02 00  01 72 04 00 00");
  BOOST_TEST_REQUIRE(!!x);
  BOOST_TEST((x->head == some_header()));
  BOOST_TEST(x->base == 4u);
  BOOST_TEST_REQUIRE(x->changes.size() == 3u);
  BOOST_TEST(x->changes[0].name == "g");
  BOOST_TEST(!x->changes[0].now);
  BOOST_TEST(x->changes[1].name == "new");
  BOOST_TEST((x->changes[1].now
              == entry_of(300, {"x", "yz"}, {{"a", "1"}, {"zone", "b"}})));
  BOOST_TEST(x->changes[2].name == "old");
  BOOST_TEST(!x->changes[2].now);
  BOOST_TEST_REQUIRE(x->more.has_value());
  BOOST_TEST(x->more->first == "p");
  BOOST_TEST((x->more->next == "sss"));
  BOOST_TEST_REQUIRE(x->more->entries.size() == 2u);
  BOOST_TEST(x->more->entries[0].first == "p");
  BOOST_TEST((x->more->entries[0].second == entry_of(2, {"w"})));
  BOOST_TEST(x->more->entries[1].first == "r");
  BOOST_TEST((x->more->entries[1].second == entry_of(4)));
}

BOOST_AUTO_TEST_CASE(a_range_is_absent_open_or_ends_at_a_name) {
  BOOST_TEST(!read_part("00 00 00")->more);
  for (const char* first : {"", "01 6e", "02 6e6e", "03 6e6e6e"}) {
    const std::string text = *first == 0 ? "00" : first;
    auto open = read_part("00 00 01" + text + "00");
    BOOST_TEST_REQUIRE(!!open);
    BOOST_TEST_REQUIRE(open->more.has_value());
    BOOST_TEST(!open->more->next);
    BOOST_TEST(open->more->entries.empty());
    auto ends = read_part("00 00 02" + text + "01 7a 00");
    BOOST_TEST_REQUIRE(!!ends);
    BOOST_TEST((ends->more->next == "z"));
    BOOST_TEST(is_malformed("00 00 03" + text + "00"));
    BOOST_TEST(is_malformed("00 00 03" + text + "01 7a 00"));
  }
  // Messages with surplus bytes, and messages that were cut short.
  for (const char* x : {"00 00 00 00", "00 00 01 00 00 00",
                        "00 00 02 00 01 7a 00 00", "00 00", "00", ""})
    BOOST_TEST(is_malformed(x));
}

BOOST_AUTO_TEST_CASE(a_change_sets_or_removes) {
  BOOST_TEST(!is_malformed("00 01 00 02 6e6e 00"));
  BOOST_TEST(!is_malformed("00 01 01 02 6e6e 01 00 00 00"));
  // Any other kind of change is malformed, whatever follows it.
  for (const char* x : {"00 01 02 02 6e6e 00", "00 01 02 00",
                        "00 01 02 02 6e6e 01 00 00 00", "00 01 ff 02 6e6e 00"})
    BOOST_TEST(is_malformed(x));
}

BOOST_AUTO_TEST_CASE(an_interface_has_ascending_signatures) {
  BOOST_TEST(!is_malformed("01 02 01 61 01 62 00 00"));
  BOOST_TEST(is_malformed("01 00 00 00"));
  BOOST_TEST(is_malformed("01 02 01 62 01 61 00 00"));
  BOOST_TEST(is_malformed("01 02 01 61 01 61 00 00"));
  BOOST_TEST(is_malformed("01 03 01 61 01 62 01 62 00 00"));
  BOOST_TEST(is_malformed("01 03 01 61 01 62 00 00"));
}

BOOST_AUTO_TEST_CASE(an_entry_refers_to_an_interface_of_the_part) {
  for (const char* text :
       {"00 01 01 01 6e 01 00 00 00", "01 01 01 61 01 01 01 6e 01 01 00 00",
        "02 01 01 61 01 01 62 01 01 01 6e 01 02 00 00"})
    BOOST_TEST(!is_malformed(text));
  for (const char* text :
       {"00 01 01 01 6e 01 01 00 00", "01 01 01 61 01 01 01 6e 01 02 00 00",
        "01 01 01 61 01 01 01 6e 01 ff 00 00"})
    BOOST_TEST(is_malformed(text));
}

BOOST_AUTO_TEST_CASE(attributes_ascend_by_key) {
  auto part_with = [](const std::string& attributes) {
    return "00 01 01 01 6e 01 00" + attributes + "00";
  };
  BOOST_TEST(!is_malformed(part_with("02 01 61 01 78 01 62 01 78")));
  BOOST_TEST(is_malformed(part_with("02 01 62 01 78 01 61 01 78")));
  BOOST_TEST(is_malformed(part_with("02 01 61 01 78 01 61 01 79")));
}

BOOST_AUTO_TEST_CASE(names_ascend_within_their_range) {
  BOOST_TEST(!is_malformed("00 02 00 01 61 00 01 62 00"));
  BOOST_TEST(is_malformed("00 02 00 01 62 00 01 61 00"));
  BOOST_TEST(is_malformed("00 02 00 01 61 00 01 61 00"));
  const std::string a = "01 61 01 00 00", b = "01 62 01 00 00";
  BOOST_TEST(!is_malformed("00 00 01 01 61 02" + a + b));
  BOOST_TEST(!is_malformed("00 00 02 01 61 01 63 02" + a + b));
  BOOST_TEST(is_malformed("00 00 01 01 61 02" + b + a));
  BOOST_TEST(is_malformed("00 00 01 01 61 02" + a + a));
  BOOST_TEST(is_malformed("00 00 01 01 62 02" + a + b));
  BOOST_TEST(is_malformed("00 00 02 01 61 01 62 02" + a + b));
  BOOST_TEST(is_malformed("00 00 02 01 61 01 61 01" + b));
  BOOST_TEST(is_malformed("00 00 02 01 61 01 61 00"));
  BOOST_TEST(is_malformed("00 00 02 01 62 01 61 00"));
}

BOOST_AUTO_TEST_CASE(what_exceeds_a_limit_is_malformed) {
  auto range = [](const std::string& name, const std::string& attributes) {
    return "00 00 01 00 01" + name + "01 00" + attributes;
  };
  auto change = [](const std::string& name, const std::string& attributes) {
    return "00 01 01" + name + "01 00" + attributes + "00";
  };
  auto many = [](int count) {
    auto result = to_hex(bytes{static_cast<std::uint8_t>(count)});
    for (int i = 0; i < count; ++i)
      result += "02" + to_hex(bytes{1, static_cast<std::uint8_t>(i)}) + "00";
    return result;
  };
  for (const auto& text :
       {range(run(max_name), "00"), change(run(max_name), "00"),
        range("01 6e", many(16)), change("01 6e", many(16)),
        change("01 6e", "01" + run(max_attribute_key) + "00"),
        change("01 6e", "01 00" + run(max_attribute_value)),
        "00 01 00" + run(max_name) + "00", "00 00 01" + run(max_name) + "00",
        "00 00 02 00" + run(max_name) + "00"})
    BOOST_TEST(!is_malformed(text));
  for (const auto& text :
       {range(run(max_name + 1), "00"), change(run(max_name + 1), "00"),
        range("00", "00"), change("00", "00"), std::string{"00 01 00 00 00"},
        range("01 6e", many(17)), change("01 6e", many(17)),
        change("01 6e", "01" + run(max_attribute_key + 1) + "00"),
        change("01 6e", "01 00" + run(max_attribute_value + 1)),
        "00 01 00" + run(max_name + 1) + "00",
        "00 00 01" + run(max_name + 1) + "00",
        "00 00 02 00" + run(max_name + 1) + "00"})
    BOOST_TEST(is_malformed(text));
}

BOOST_AUTO_TEST_CASE(a_count_without_what_it_counts_ends_at_once) {
  // Each text ends with a count of 2^63 - 1 interfaces, signatures, changes,
  // entries or attributes.
  const std::string count = "f8 7fffffffffffffff";
  for (const auto& text :
       {count, "01" + count, "00" + count, "00 00 01 00" + count,
        "00 01 01 01 6e 01 00" + count})
    BOOST_TEST(is_malformed(text));
}

BOOST_AUTO_TEST_SUITE_END()
