/* The description as the build has made it of openapi.yaml. */
  .section .rodata
  .global rig_openapi_description
  .global rig_openapi_description_end
  .hidden rig_openapi_description
  .hidden rig_openapi_description_end
rig_openapi_description:
  .incbin "openapi.json"
rig_openapi_description_end:

  .section .note.GNU-stack,"",%progbits
