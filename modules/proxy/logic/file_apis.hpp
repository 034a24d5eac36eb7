#pragma once

#include "logic/api_table.hpp"

#include <boost/json/object.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace rig::proxy {

/// The APIs that come from files. What changes in the files changes the table; what does not is
/// left as others have made it meanwhile.
class FileApis {
 public:
  using MakeStamp = std::function<ApiTable::Stamp()>;

  struct Outcome {
    std::vector<std::string> changed;  ///< ids, those of deleted APIs too
    std::vector<std::string> refused;  ///< the table is full
  };

  /// Brings the table to what the files have now. Definitions are valid, each id is there once.
  Outcome load(const std::vector<boost::json::object>& definitions, ApiTable& table,
               const MakeStamp& make_stamp);

 private:
  struct Loaded {
    std::string definition;  // as it was in the file
    std::string change;      // that it made
  };
  std::map<std::string, Loaded, std::less<>> loaded_;
};

}  // namespace rig::proxy
