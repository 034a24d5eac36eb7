#pragma once

#include <boost/system/result.hpp>

#include <string>

namespace rig::proxy {

/// Why something cannot be read; what follows its name in a sentence.
struct Fault {
  std::string why;
};

template <class T>
using Read = boost::system::result<T, Fault>;

}  // namespace rig::proxy
