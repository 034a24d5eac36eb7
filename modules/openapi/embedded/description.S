/* The description as the build has made it of openapi.yaml. */
  .section .rodata
  .global kRigDescription
  .global kRigDescriptionEnd
  .hidden kRigDescription
  .hidden kRigDescriptionEnd
kRigDescription:
  .incbin "openapi.json"
kRigDescriptionEnd:

  .section .note.GNU-stack,"",%progbits
