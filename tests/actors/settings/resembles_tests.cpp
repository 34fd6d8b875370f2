#include "actors/settings/resembles.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;

// Tests of which words count as misspellings of another word.
BOOST_AUTO_TEST_SUITE(resembles_tests)

BOOST_AUTO_TEST_CASE(a_misspelt_word_resembles_the_word) {
  for (const auto* text : {"Mesh", "MESH", "mehs", "msh", "mesch", "mesk",
                           "cafmesh", "CafMesh", "meshh", "emsh"})
    BOOST_TEST(resembles(text, "mesh"), text);
}

BOOST_AUTO_TEST_CASE(other_words_do_not_resemble_the_word) {
  for (const auto* text :
       {"", "caf", "scheduler", "logger", "middleman", "ms", "masks", "hsem"})
    BOOST_TEST(!resembles(text, "mesh"), text);
}

BOOST_AUTO_TEST_SUITE_END()
