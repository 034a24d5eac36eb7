#include "logic/api_response.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <map>
#include <string>
#include <utility>

namespace rig::api {
namespace {

namespace json = boost::json;
using Outcome = proxy::ApiChange::Outcome;
using transport::HttpResponse;

HttpResponse message(int status, const std::string& text) {
  return HttpResponse::json(status, json::serialize(json::object{{"message", text}}));
}

/// Version 3's words.
HttpResponse about(int status, std::string_view id, std::string_view what) {
  return message(status, "API with id=" + std::string(id) + ' ' + std::string(what));
}

HttpResponse done(int status) {
  if (status != 204) return message(status, "ok");
  HttpResponse response;
  response.status = status;
  response.content_type = "text/plain";
  return response;
}

}  // namespace

HttpResponse changed(const proxy::ApiChange& change, int status) {
  switch (change.outcome) {
    case Outcome::kDone: return done(status);
    case Outcome::kInvalid: return invalid_definition(change.errors);
    case Outcome::kExists: return about(409, change.id, "already exists.");
    case Outcome::kUnknown: return unknown_api(change.id);
    case Outcome::kFull: return message(503, "No more APIs can be kept (RIG_PROXY_APIS_MAX).");
    case Outcome::kRaced:
      return about(409, change.id, "was changed on another node at the same moment.");
    case Outcome::kAlone:
      return message(503, "Nothing has changed: the other nodes of the cluster cannot be reached.");
  }
  return error_page(500, "The change came to nothing.");
}

HttpResponse invalid_definition(const proxy::DefinitionErrors& errors) {
  std::map<std::string_view, json::array> reasons;
  for (const auto& error : errors)
    reasons[error.key].push_back(json::object{{error.field, error.reason}});
  json::object body;
  for (auto& [key, list] : reasons) body[key] = std::move(list);
  return HttpResponse::json(400, json::serialize(body));
}

HttpResponse unknown_api(std::string_view id) { return about(404, id, "doesn't exists."); }

HttpResponse error_page(int status, std::string_view reason) {
  const std::string_view detail = status < 500 ? "Bad request" : "Internal server error";
  const json::object body{{"errors", json::object{{"detail", detail}}}, {"message", reason}};
  return HttpResponse::json(status, json::serialize(body));
}

}  // namespace rig::api
