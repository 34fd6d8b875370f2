#include "tools/counter/network_cards.hpp"

#include <boost/test/unit_test.hpp>

using counter::default_hardware_address;
using counter::network_card;
using counter::network_cards;

// Tests of the default peer name: the hardware address of a network card.
namespace {

using address = std::vector<std::uint8_t>;

network_card card(unsigned index, std::uint8_t last_byte,
                  bool has_device = true) {
  return {index, false, has_device, {2, 0, 0, 0, 0, last_byte}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(network_cards_tests)

BOOST_AUTO_TEST_CASE(a_card_of_any_name_gives_the_default_peer_name) {
  BOOST_TEST(default_hardware_address({card(7, 1)}) == "02:00:00:00:00:01");
}

BOOST_AUTO_TEST_CASE(the_first_card_counts_in_whatever_order_they_are_listed) {
  for (const auto& cards : {std::vector<network_card>{card(2, 1), card(3, 2)},
                            std::vector<network_card>{card(3, 2), card(2, 1)}})
    BOOST_TEST(default_hardware_address(cards) == "02:00:00:00:00:01");
}

BOOST_AUTO_TEST_CASE(a_virtual_card_counts_only_if_there_is_no_other) {
  BOOST_TEST(default_hardware_address({card(2, 1, false), card(3, 2)})
             == "02:00:00:00:00:02");
  BOOST_TEST(default_hardware_address({card(2, 1, false)})
             == "02:00:00:00:00:01");
}

BOOST_AUTO_TEST_CASE(addresses_that_are_no_peer_names_are_passed_over) {
  auto loopback = card(1, 9);
  loopback.is_loopback = true;
  const network_card infiniband{2, false, true, address(20, 7)};
  const network_card tunnel{3, false, true, {10, 0, 0, 1}};
  const network_card none{4, false, true, {}};
  const network_card zero{5, false, true, address(6, 0)};
  std::vector<network_card> cards{loopback, infiniband, tunnel, none, zero};
  BOOST_TEST(default_hardware_address(cards) == "");
  cards.push_back(card(6, 3));
  BOOST_TEST(default_hardware_address(cards) == "02:00:00:00:00:03");
}

BOOST_AUTO_TEST_CASE(this_machine_has_one_default_name) {
  BOOST_TEST(default_hardware_address(network_cards())
             == default_hardware_address(network_cards()));
}

BOOST_AUTO_TEST_SUITE_END()
