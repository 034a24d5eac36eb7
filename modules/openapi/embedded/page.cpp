#include "embedded/embedded.hpp"

#include <array>

// What page.S has embedded.
#define RIG_EMBEDDED(name)                    \
  extern "C" const char rig_openapi_##name[]; \
  extern "C" const char rig_openapi_##name##_end[];
RIG_EMBEDDED(index)
RIG_EMBEDDED(page_css)
RIG_EMBEDDED(page_js)
RIG_EMBEDDED(icon)
RIG_EMBEDDED(swagger_ui_css)
RIG_EMBEDDED(swagger_ui_js)
RIG_EMBEDDED(swagger_ui_js_licences)
RIG_EMBEDDED(swagger_ui_licence)
RIG_EMBEDDED(swagger_ui_notice)
#undef RIG_EMBEDDED
#define RIG_BYTES(name) std::string_view(rig_openapi_##name, rig_openapi_##name##_end)

namespace rig::openapi {
namespace {

constexpr std::string_view kHtml = "text/html; charset=utf-8";
constexpr std::string_view kCss = "text/css; charset=utf-8";
constexpr std::string_view kJs = "text/javascript; charset=utf-8";
constexpr std::string_view kText = "text/plain; charset=utf-8";

}  // namespace

std::span<const Asset> page() {
  static const std::array kAssets{
      Asset{"", kHtml, RIG_BYTES(index)},
      Asset{"page.css", kCss, RIG_BYTES(page_css)},
      Asset{"page.js", kJs, RIG_BYTES(page_js)},
      Asset{"favicon-32x32.png", "image/png", RIG_BYTES(icon)},
      Asset{"swagger-ui.css", kCss, RIG_BYTES(swagger_ui_css)},
      Asset{"swagger-ui-bundle.js", kJs, RIG_BYTES(swagger_ui_js)},
      Asset{"swagger-ui-bundle.js.LICENSE.txt", kText, RIG_BYTES(swagger_ui_js_licences)},
      Asset{"LICENSE", kText, RIG_BYTES(swagger_ui_licence)},
      Asset{"NOTICE", kText, RIG_BYTES(swagger_ui_notice)},
  };
  return kAssets;
}

}  // namespace rig::openapi
