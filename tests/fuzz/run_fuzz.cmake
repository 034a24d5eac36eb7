# Runs the fuzzer `program` for some seconds from a copy of the inputs in `seeds`. The copy and any input that breaks
# the target stay in `work`.
file(REMOVE_RECURSE "${work}")
file(COPY "${seeds}/" DESTINATION "${work}/corpus")
execute_process(
  COMMAND "${program}" -max_total_time=5 -timeout=5 -rss_limit_mb=2048 "-artifact_prefix=${work}/" "${work}/corpus"
  RESULT_VARIABLE result OUTPUT_VARIABLE log ERROR_VARIABLE log)
if(NOT result EQUAL 0)
  message("${log}")
  message(FATAL_ERROR "An input broke the target (${result}); it is in ${work}")
endif()
