#include "logic/plan.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string_view>

namespace rig::core {
namespace {

using Names = std::vector<std::string_view>;
using NamesByPort = std::map<std::string_view, Names>;

/// Why one module has to wait for another.
struct Edge {
  const Descriptor* first;  ///< the one to create before
  std::string_view verb;    ///< what the later one does with the port: needs, collects
  std::string_view port;
};

using Edges = std::map<const Descriptor*, std::vector<Edge>>;  // by the module that waits

std::string quote(std::string_view name) { return std::string("\"").append(name).append("\""); }

std::string join(const Names& names, std::string_view last = ", ") {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out.append(i + 1 == names.size() ? last : ", ");
    out.append(names[i]);
  }
  return out;
}

bool has(std::span<const PortKey> ports, PortKey port) {
  return std::ranges::find(ports, port) != ports.end();
}

bool by_name(const Descriptor* a, const Descriptor* b) {
  return a->name != b->name ? a->name < b->name : std::less<>()(a, b);
}

/// By name, so that the order of the given list has no influence on the plan.
std::vector<const Descriptor*> sorted(std::span<const Descriptor* const> modules) {
  std::vector<const Descriptor*> out(modules.begin(), modules.end());
  std::ranges::sort(out, by_name);
  return out;
}

NamesByPort partners(std::span<const Descriptor* const> modules,
                     std::span<const PortKey> Descriptor::* relation) {
  NamesByPort names;
  for (const Descriptor* module : modules) {
    for (const PortKey port : module->*relation) names[port.name].push_back(module->name);
  }
  return names;
}

void check_names(std::span<const Descriptor* const> modules, std::vector<std::string>& problems) {
  for (std::size_t i = 1; i < modules.size(); ++i) {
    const bool is_first_repetition = modules[i]->name == modules[i - 1]->name &&
                                     (i < 2 || modules[i]->name != modules[i - 2]->name);
    if (is_first_repetition)
      problems.push_back("more than one module is called " + quote(modules[i]->name));
  }
}

void check_ports(std::span<const Descriptor* const> modules, std::vector<std::string>& problems) {
  const NamesByPort providers = partners(modules, &Descriptor::provides);
  for (const auto& [port, names] : providers) {
    if (names.size() > 1)
      problems.push_back("port " + quote(port) +
                         " is provided by more than one module: " + join(names, " and "));
  }
  for (const auto& [port, names] : partners(modules, &Descriptor::needs)) {
    if (providers.contains(port)) continue;
    for (const std::string_view name : names)
      problems.push_back("module " + quote(name) + " needs port " + quote(port) +
                         ", but no module provides it");
  }
}

Edges make_edges(std::span<const Descriptor* const> modules) {
  Edges edges;
  for (const Descriptor* later : modules) {
    auto& of_later = edges[later];
    for (const Descriptor* first : modules) {
      for (const PortKey port : later->needs) {
        if (has(first->provides, port)) of_later.push_back({first, "needs", port.name});
      }
      if (first == later) continue;  // a module may add to the list that it collects
      for (const PortKey port : later->collects) {
        if (has(first->contributes, port)) of_later.push_back({first, "collects", port.name});
      }
    }
  }
  return edges;
}

using Waiting = std::set<const Descriptor*, decltype(&by_name)>;

const Edge* first_open(const Edges& edges, const Descriptor* module, const Waiting& waiting) {
  const auto& list = edges.at(module);
  const auto open =
      std::ranges::find_if(list, [&](const Edge& edge) { return waiting.contains(edge.first); });
  return open == list.end() ? nullptr : &*open;
}

/// Every module in `waiting` waits for another one of it: follow the edges until one comes again.
std::vector<const Descriptor*> find_cycle(const Edges& edges, const Waiting& waiting) {
  std::vector<const Descriptor*> path{*waiting.begin()};
  for (;;) {
    const Descriptor* next = first_open(edges, path.back(), waiting)->first;
    const auto again = std::ranges::find(path, next);
    if (again == path.end()) {
      path.push_back(next);
      continue;
    }
    std::vector<const Descriptor*> cycle(again, path.end());
    std::ranges::rotate(cycle, std::ranges::min_element(cycle, by_name));
    return cycle;
  }
}

std::string describe_cycle(const Edges& edges, const std::vector<const Descriptor*>& cycle,
                           const Waiting& waiting) {
  std::string text = "modules wait for each other: ";
  for (std::size_t i = 0; i < cycle.size(); ++i) {
    const Edge* edge = first_open(edges, cycle[i], waiting);
    if (i > 0) text.append("; ");
    text.append(cycle[i]->name).append(" ").append(edge->verb).append(" ");
    text.append(quote(edge->port)).append(" of ").append(edge->first->name);
  }
  return text;
}

void append_ports(std::string& out, std::string_view relation, std::span<const PortKey> ports,
                  const NamesByPort& others, std::string_view link, std::string_view alone) {
  constexpr std::size_t kRelationWidth = 12;
  constexpr std::size_t kPortWidth = 28;
  for (const PortKey port : ports) {
    out.append("   ").append(relation).append(kRelationWidth - relation.size(), ' ');
    out.append(port.name);
    out.append(port.name.size() < kPortWidth ? kPortWidth - port.name.size() : 1, ' ');
    const auto found = others.find(port.name);
    if (found == others.end()) {
      out.append(alone);
    } else {
      out.append(link).append(join(found->second));
    }
    out.append("\n");
  }
}

}  // namespace

Plan make_plan(std::span<const Descriptor* const> given) {
  const auto modules = sorted(given);
  Plan plan;
  check_names(modules, plan.problems);
  check_ports(modules, plan.problems);

  const Edges edges = make_edges(modules);
  Waiting waiting(modules.begin(), modules.end(), &by_name);
  while (!waiting.empty()) {
    const auto free = std::ranges::find_if(waiting, [&](const Descriptor* module) {
      return first_open(edges, module, waiting) == nullptr;
    });
    if (free != waiting.end()) {
      plan.order.push_back(*free);
      waiting.erase(free);
      continue;
    }
    const auto cycle = find_cycle(edges, waiting);
    plan.problems.push_back(describe_cycle(edges, cycle, waiting));
    for (const Descriptor* module : cycle) waiting.erase(module);  // and look for the next one
  }
  return plan;
}

std::string describe(const Plan& plan) {
  const auto modules = sorted(plan.order);
  const auto providers = partners(modules, &Descriptor::provides);
  const auto needers = partners(modules, &Descriptor::needs);
  const auto contributors = partners(modules, &Descriptor::contributes);
  const auto collectors = partners(modules, &Descriptor::collects);

  std::string out = "Modules in the order of their start; they stop in reverse.\n";
  std::size_t number = 0;
  for (const Descriptor* module : plan.order) {
    out.append("\n").append(std::to_string(++number)).append(". ").append(module->name);
    out.append("\n");
    append_ports(out, "needs", module->needs, providers, "from ", "from nobody");
    append_ports(out, "provides", module->provides, needers, "to ", "to nobody");
    append_ports(out, "collects", module->collects, contributors, "from ", "from nobody");
    append_ports(out, "contributes", module->contributes, collectors, "to ", "to nobody");
  }
  return out;
}

}  // namespace rig::core
