"""Reading FHIR, STU3 and R4, politely, in JSON or XML: what is there is used, what is wrong is noted, nothing stops."""
