#include "io/library.hpp"

#include <string_view>

namespace rig::nats {

std::string describe(natsStatus status) {
  natsStatus last = NATS_OK;
  const char* text = nats_GetLastError(&last);
  if (text == nullptr || *text == '\0' || last != status) return natsStatus_GetText(status);
  // "(conn.c:733): " is for those who know the library's code.
  const std::string_view said(text);
  const auto place = said.starts_with('(') ? said.find("): ") : std::string_view::npos;
  return std::string(place == std::string_view::npos ? said : said.substr(place + 3));
}

}  // namespace rig::nats
