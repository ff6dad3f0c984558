-- The key database: one wrapped key for each person record and each third person, and nothing else.
-- It is kept apart, and backed up apart, so that a destroyed key is gone.

create table keys (
    holder     uuid primary key,
    epoch      int         not null,
    wrapped    bytea       not null,
    created_at timestamptz not null default clock_timestamp()
);
grant select, insert on keys to hub_keykeeper;
