// A step of the build: yaml_to_json FROM TO. YAML is read as the gateway reads API definitions.

// tidy: allow(module-includes) a program of the build; one reader of YAML is enough
#include "logic/yaml.hpp"

#include <boost/json/serialize.hpp>

#include <cstdio>
#include <fstream>
#include <sstream>

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("yaml_to_json FROM TO\n", stderr);
    return 1;
  }
  std::ostringstream text;
  text << std::ifstream(argv[1]).rdbuf();
  const auto value = rig::proxy::parse_yaml(text.str());
  if (!value) {
    std::fprintf(stderr, "%s %s\n", argv[1], value.error().why.c_str());
    return 1;
  }
  std::ofstream json(argv[2]);
  json << boost::json::serialize(*value) << '\n';
  json.close();
  return json ? 0 : 1;
}
