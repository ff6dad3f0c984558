-- Each assertion by which an agency's system proves who it is counts once. What was used is kept until it would have
-- expired anyway; its id is kept as a digest, because a sender may put anything into it.

create table access.assertions (
    client     text        not null,
    used       bytea       not null,
    expires_at timestamptz not null,
    primary key (client, used)
);
create index assertions_by_end on access.assertions (expires_at);
comment on table access.assertions is 'The assertions of registered systems that were used and could still be sent again.';

create function access.first_use(who text, digest bytea, moment timestamptz, until timestamptz) returns boolean
language sql security definer set search_path = pg_catalog, pg_temp as $$
    delete from access.assertions where ctid = any(array(
        select a.ctid from access.assertions a where a.expires_at < moment limit 100 for update skip locked));
    with used as (
        insert into access.assertions (client, used, expires_at) values (who, digest, until)
        on conflict do nothing returning true
    )
    select exists (select from used)
$$;
revoke all on function access.first_use(text, bytea, timestamptz, timestamptz) from public;
grant execute on function access.first_use(text, bytea, timestamptz, timestamptz) to hub_reader;
