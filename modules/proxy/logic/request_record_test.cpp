#include "logic/request_record.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace rig::proxy {
namespace {

using boost::json::parse;

class RequestRecordTest : public ::testing::Test {
 protected:
  RequestRecordTest() {
    api_.proxy.target_url = "http://cart.internal";
    endpoint_.id = "e1";
    endpoint_.method = "POST";
    endpoint_.path_regex = "/cart";
    endpoint_.json =
        parse(R"({"id":"e1","method":"post","path_regex":"/cart","x":[1]})").as_object();
  }
  [[nodiscard]] boost::json::object record() const {
    const auto time = std::chrono::system_clock::time_point(std::chrono::microseconds(1));
    return parse(request_record(request_, "an-id", time).event).as_object();
  }

  Api api_;
  Endpoint endpoint_;
  LoggedRequest request_{
      .api = &api_, .endpoint = &endpoint_, .path = "/cart", .client_ip = "127.0.0.1"};
};

TEST_F(RequestRecordTest, ConsoleHasTheWordsOfTheDefinition) {
  EXPECT_EQ(console_line(request_), "CALL: [e1] POST /cart => http://cart.internal");
  endpoint_.path_regex.clear();
  endpoint_.path = "/carts/{id}";
  EXPECT_EQ(console_line(request_), "CALL: [e1] POST /carts/{id} => http://cart.internal");
}

TEST_F(RequestRecordTest, ConsoleIsOneLineWhateverTheDefinitionHolds) {
  endpoint_.id = "e\nCALL: [x]\x1b[2J";
  EXPECT_EQ(console_line(request_),
            R"(CALL: [e\nCALL: [x]\x1b[2J] POST /cart => http://cart.internal)");
}

TEST_F(RequestRecordTest, RecordIsTheEventOfTheContract) {
  EXPECT_EQ(record(), parse(R"({"id":"an-id","time":"1970-01-01T00:00:00.000001+00:00",
      "source":"/rig","type":"com.rig.proxy.api.call","contenttype":"application/json",
      "specversion":"0.2","data":{"endpoint":{"id":"e1","method":"post","path_regex":"/cart",
      "x":[1]},"request_path":"/cart","remote_ip":"127.0.0.1"}})"));
}

TEST_F(RequestRecordTest, DataCanBeTakenOut) {
  const auto made = request_record(request_, "an-id", {});
  EXPECT_EQ(parse(made.data()), record().at("data"));
}

TEST_F(RequestRecordTest, TraceOfTheClientGoesOn) {
  request_.tracestate = "a=1";
  EXPECT_FALSE(record().contains("tracestate"));  // of no trace
  request_.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  EXPECT_EQ(record().at("traceparent").as_string(), request_.traceparent);
  EXPECT_EQ(record().at("tracestate").as_string(), "a=1");
}

TEST_F(RequestRecordTest, NothingFromOutsideBreaksTheJson) {
  request_.path = "/\"},\"x\":{\"\n\xff";
  request_.client_ip = "2001:db8::1";
  const auto data = record().at("data").as_object();
  EXPECT_EQ(data.at("request_path").as_string(), "/\"},\"x\":{\"\n\xEF\xBF\xBD");
  EXPECT_EQ(data.at("remote_ip").as_string(), "2001:db8::1");
}

}  // namespace
}  // namespace rig::proxy
