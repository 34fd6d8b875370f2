#define BOOST_TEST_MODULE cafmesh
#include <boost/test/unit_test.hpp>
