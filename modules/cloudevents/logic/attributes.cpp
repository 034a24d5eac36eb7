#include "logic/attributes.hpp"

#include "logic/base64.hpp"
#include "logic/fields.hpp"
#include "logic/media_type.hpp"
#include "logic/text.hpp"
#include "logic/timestamp.hpp"
#include "logic/utf8.hpp"

#include <rig/core/ascii.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace rig::cloudevents {
namespace {

constexpr std::array<Vocabulary, 4> kVocabularies{{
    {SpecVersion::k01,
     "0.1",
     {"cloudEventsVersion", "eventType", "eventTypeVersion", "source", "eventID", "eventTime", "",
      "contentType", "schemaURL", "", "data", ""}},
    {SpecVersion::k02,
     "0.2",
     {"specversion", "type", "", "source", "id", "time", "", "contenttype", "schemaurl", "", "data",
      ""}},
    {SpecVersion::k03,
     "0.3",
     {"specversion", "type", "", "source", "id", "time", "subject", "datacontenttype", "schemaurl",
      "datacontentencoding", "data", ""}},
    {SpecVersion::k10,
     "1.0",
     {"specversion", "type", "", "source", "id", "time", "subject", "datacontenttype", "dataschema",
      "", "data", "data_base64"}},
}};

/// The members of one event by their meaning; null if absent.
class Members {
 public:
  Members(const JsonNode& event, const Vocabulary& words) noexcept {
    for (const JsonNode* name = event.first_child(); name != event.end();
         name = name->next()->next()) {
      if (name->length == 0) continue;  // an empty name is no attribute's, but an extension's
      for (std::size_t i = 0; i < kMemberCount; ++i) {
        if (name->string() == words.names[i]) nodes_[i] = name->next();
      }
    }
  }

  [[nodiscard]] const JsonNode* operator[](Member member) const noexcept {
    return nodes_[static_cast<std::size_t>(member)];
  }
  /// JSON format 1.0.2 section 2.2: an attribute that is null is an attribute that is not set.
  [[nodiscard]] const JsonNode* attribute(Member member) const noexcept {
    const JsonNode* node = (*this)[member];
    return node != nullptr && node->is(JsonNode::Kind::kNull) ? nullptr : node;
  }

 private:
  std::array<const JsonNode*, kMemberCount> nodes_{};
};

std::string about(std::string_view attribute, std::string_view problem) {
  std::string reason = "the attribute \"";
  reason += attribute;
  reason += "\" ";
  reason += problem;
  return reason;
}

std::string missing(std::string_view attribute) {
  std::string reason = "the required attribute \"";
  reason += attribute;
  reason += "\" is missing";
  return reason;
}

const JsonNode* find_attribute(const JsonNode& event, std::string_view name) noexcept {
  const JsonNode* node = event.member(name);
  return node != nullptr && node->is(JsonNode::Kind::kNull) ? nullptr : node;
}

/// `events.md` 9: `specversion` if it is one we know, else `cloudEventsVersion`.
Reasoned<SpecVersion> find_version(const JsonNode& event) {
  const JsonNode* current = find_attribute(event, "specversion");
  if (current != nullptr && current->is(JsonNode::Kind::kString)) {
    if (const auto version = version_of(current->string())) return *version;
  }
  const JsonNode* old = find_attribute(event, "cloudEventsVersion");
  if (old != nullptr && old->is(JsonNode::Kind::kString) && old->string() == "0.1") {
    return SpecVersion::k01;
  }
  if (current != nullptr) {
    return about("specversion", "is none of the supported versions 1.0, 0.3 and 0.2");
  }
  if (old != nullptr) return about("cloudEventsVersion", "is not the supported version 0.1");
  return missing("specversion");
}

std::string_view problem_with_type(std::string_view type) noexcept {
  if (type.size() > kTypeBytesMax) return "is longer than 256 bytes";
  if (type.starts_with("rig.")) {
    return "starts with \"rig.\", which is reserved for the gateway's own events";
  }
  return {};
}

/// Empty if there is no problem.
std::string_view problem_with(Member member, const JsonNode& node) noexcept {
  if (!node.is(JsonNode::Kind::kString)) return "is not a string";
  const std::string_view text = node.string();
  if (member == Member::kDataBase64) return is_base64(text) ? "" : "is not valid base64";
  if (text.empty()) return "is empty";
  if (has_control_character(text)) return "contains a control character";
  if (member == Member::kType) return problem_with_type(text);
  if (member == Member::kTime && !is_rfc3339(text)) return "is not an RFC 3339 timestamp";
  if (member == Member::kContentType && !MediaType::parse(text)) return "is not a media type";
  return {};
}

/// The reason why the event is refused; empty if it is not.
std::string check(const Members& members, const Vocabulary& words) {
  for (const Member member : {Member::kType, Member::kSource, Member::kId}) {
    if (members.attribute(member) == nullptr) return missing(words.name(member));
  }
  for (std::size_t i = 0; i < kMemberCount; ++i) {
    const auto member = static_cast<Member>(i);
    const JsonNode* node = members.attribute(member);
    if (node == nullptr || member == Member::kData) continue;
    const std::string_view problem = problem_with(member, *node);
    if (!problem.empty()) return about(words.name(member), problem);
  }
  if (members[Member::kData] != nullptr && members.attribute(Member::kDataBase64) != nullptr) {
    return "the members \"data\" and \"data_base64\" exclude each other";
  }
  return {};
}

/// Whether pointers may look into `data`: JSON is what it is unless an attribute says otherwise.
bool is_data_json(const Members& members) noexcept {
  const JsonNode* encoding = members.attribute(Member::kContentEncoding);
  if (encoding != nullptr && equals_ignoring_case(encoding->string(), "base64")) return false;
  const JsonNode* content_type = members.attribute(Member::kContentType);
  if (content_type == nullptr) return true;
  const auto media = MediaType::parse(content_type->string());
  return media && media->is_json();
}

}  // namespace

const Vocabulary& vocabulary(SpecVersion version) noexcept {
  return kVocabularies[static_cast<std::size_t>(version)];
}

std::optional<SpecVersion> version_of(std::string_view number) noexcept {
  if (number == "1.0") return SpecVersion::k10;
  if (number == "0.3") return SpecVersion::k03;
  if (number == "0.2") return SpecVersion::k02;
  return std::nullopt;
}

Reasoned<EventRef> make_event(const JsonDocument& document, std::string&& json,
                              const FieldPlans& plans) {
  const JsonNode& event = document.root();
  if (!event.is(JsonNode::Kind::kObject)) return std::string("it is not a JSON object");
  const auto version = find_version(event);
  if (!version) return version.error();

  const Vocabulary& words = vocabulary(*version);
  const Members members(event, words);
  if (std::string reason = check(members, words); !reason.empty()) return reason;

  Event::Parts parts;
  parts.version = *version;
  parts.type = members[Member::kType]->string();
  parts.source = members[Member::kSource]->string();
  parts.id = members[Member::kId]->string();
  if (const JsonNode* subject = members.attribute(Member::kSubject); subject != nullptr)
    parts.subject = subject->string();
  if (const FieldPlan* plan = plans.plan_for(parts.type); plan != nullptr) {
    parts.fields = extract_fields(event, *plan, is_data_json(members));
  }
  parts.json = std::move(json);
  return EventRef(std::make_shared<const Event>(std::move(parts)));
}

}  // namespace rig::cloudevents
