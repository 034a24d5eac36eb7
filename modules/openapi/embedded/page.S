/* The files of the page, as gzip has left them. */
  .macro embed name, file
  .global rig_openapi_\name
  .global rig_openapi_\name\()_end
  .hidden rig_openapi_\name
  .hidden rig_openapi_\name\()_end
rig_openapi_\name:
  .incbin "\file"
rig_openapi_\name\()_end:
  .endm

  .section .rodata
  embed index, "index.html.gz"
  embed page_css, "page.css.gz"
  embed page_js, "page.js.gz"
  embed icon, "favicon-32x32.png.gz"
  embed swagger_ui_css, "swagger-ui.css.gz"
  embed swagger_ui_js, "swagger-ui-bundle.js.gz"
  embed swagger_ui_js_licences, "swagger-ui-bundle.js.LICENSE.txt.gz"
  embed swagger_ui_licence, "LICENSE.gz"
  embed swagger_ui_notice, "NOTICE.gz"

  .section .note.GNU-stack,"",%progbits
