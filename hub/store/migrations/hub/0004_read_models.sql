-- Where the read models live. The projector owns the schema and makes the tables, which can be thrown away.

create schema read authorization hub_projector;
grant usage on schema read to hub_reader, hub_writer, hub_auditor;
