#include "logic/fields.hpp"

#include <gtest/gtest.h>

namespace rig::cloudevents {
namespace {

FieldValue field(std::string_view json, std::string_view pointer, bool is_data_json = true) {
  JsonDocument document;
  EXPECT_EQ(document.parse(json), JsonFault::kNone) << json;
  FieldPlan plan;
  plan.fields.push_back(*JsonPointer::parse(pointer));
  return extract_fields(document.root(), plan, is_data_json).at(0);
}

constexpr std::string_view kEvent =
    R"({"type":"t","ext":5,"data":{"name":"x","n":30.0,"big":18446744073709551615,"yes":true,)"
    R"("none":null,"o":{"":1},"list":["a",{"b":"c"}],"a/b":2,"m~n":3,"0":"zero","esc\u0061ped":"\u00e9"}})";

TEST(Fields, ScalarsAreFoundByKeyAndIndex) {
  EXPECT_EQ(field(kEvent, "/type"), FieldValue("t"));
  EXPECT_EQ(field(kEvent, "/ext"), FieldValue(std::int64_t{5}));
  EXPECT_EQ(field(kEvent, "/data/name"), FieldValue("x"));
  EXPECT_EQ(field(kEvent, "/data/n"), FieldValue(std::int64_t{30}));
  EXPECT_EQ(field(kEvent, "/data/big"), FieldValue(UINT64_MAX));
  EXPECT_EQ(field(kEvent, "/data/yes"), FieldValue(true));
  EXPECT_EQ(field(kEvent, "/data/o/"), FieldValue(std::int64_t{1}));
  EXPECT_EQ(field(kEvent, "/data/list/0"), FieldValue("a"));
  EXPECT_EQ(field(kEvent, "/data/list/1/b"), FieldValue("c"));
  EXPECT_EQ(field(kEvent, "/data/a~1b"), FieldValue(std::int64_t{2}));
  EXPECT_EQ(field(kEvent, "/data/m~0n"), FieldValue(std::int64_t{3}));
  EXPECT_EQ(field(kEvent, "/data/0"), FieldValue("zero"));
  EXPECT_EQ(field(kEvent, "/data/escaped"), FieldValue("é"));
}

TEST(Fields, EverythingElseIsNothing) {
  for (const std::string_view pointer : {"/data",         "/data/o",
                                         "/data/list",    "/data/none",
                                         "/data/none/x",  "/data/absent",
                                         "/absent",       "/absent/x/y",
                                         "/data/name/0",  "/data/name/x",
                                         "/data/n/x",     "/data/yes/x",
                                         "/type/0",       "/data/list/2",
                                         "/data/list/-",  "/data/list/00",
                                         "/data/list/01", "/data/list/+0",
                                         "/data/list/-1", "/data/list/",
                                         "/data/list/0x", "/data/list/99999999999999999999",
                                         "/data/list/a",  "/",
                                         "/data/"}) {
    EXPECT_TRUE(field(kEvent, pointer).is_nothing()) << pointer;
  }
}

TEST(Fields, OddDataYieldsNothingAndBreaksNothing) {
  for (const std::string_view data : {"\"text\"", "5", "null", "true", "[]", "[[1]]", "{}"}) {
    EXPECT_TRUE(field(R"({"data":)" + std::string(data) + "}", "/data/name").is_nothing()) << data;
  }
}

TEST(Fields, EncodedDataIsNotLookedInto) {
  EXPECT_TRUE(field(kEvent, "/data/name", false).is_nothing());
  EXPECT_TRUE(field(R"({"data":"text"})", "/data", false).is_nothing());
  EXPECT_EQ(field(kEvent, "/ext", false), FieldValue(std::int64_t{5}));
}

TEST(Fields, ComeInTheOrderOfThePlan) {
  JsonDocument document;
  ASSERT_EQ(document.parse(kEvent), JsonFault::kNone);
  FieldPlan plan;
  for (const std::string_view pointer : {"/data/yes", "/absent", "/ext"}) {
    plan.fields.push_back(*JsonPointer::parse(pointer));
  }
  EXPECT_EQ(extract_fields(document.root(), plan, true),
            (std::vector<FieldValue>{FieldValue(true), FieldValue(), FieldValue(std::int64_t{5})}));
}

}  // namespace
}  // namespace rig::cloudevents
