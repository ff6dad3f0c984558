-- Some formats say the term or the version of a record in the file's name alone, so what waits keeps that name.

alter table intake.quarantine add column sealed_name bytea;
comment on column intake.quarantine.sealed_name is 'The name of the file it came in, sealed under the same key as its bytes; empty where it came in no file.';
