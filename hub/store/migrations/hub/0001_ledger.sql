-- The two logs. Both are only ever appended to: by privilege (no role may write the tables), and by
-- triggers that fire even for a superuser in replica mode. The one way in is an append function.

create schema ledger;
create schema access;

create table ledger.events (
    position          bigint generated always as identity primary key,
    originator_id     uuid        not null,
    originator_version bigint     not null check (originator_version > 0),
    topic             text        not null,
    state             bytea       not null,
    recorded_at       timestamptz not null,
    unique (originator_id, originator_version)
);
create index events_by_topic on ledger.events (topic, position);

create table ledger.originals (
    originator_id      uuid   not null,
    originator_version bigint not null,
    media_type         text   not null,
    sealed             bytea  not null,
    primary key (originator_id, originator_version)
);
comment on table ledger.originals is 'The bytes of each record as they arrived, sealed once for every person they speak of.';

create table access.events (
    position          bigint generated always as identity primary key,
    originator_id     uuid        not null,
    originator_version bigint     not null check (originator_version > 0),
    topic             text        not null,
    state             bytea       not null,
    recorded_at       timestamptz not null,
    unique (originator_id, originator_version)
);
-- A reading records itself within its own snapshot, which does not show it what others recorded since; a
-- sequence is outside every snapshot.
create sequence ledger.newest;
create sequence access.newest;
comment on sequence ledger.newest is 'The time of the newest event, in microseconds since 1970.';
comment on sequence access.newest is 'The time of the newest reading, in microseconds since 1970.';

create function ledger.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the log is only ever appended to' using errcode = 'insufficient_privilege';
end $$;

create trigger append_only before update or delete or truncate on ledger.events
    for each statement execute function ledger.refuse_change();
create trigger append_only before update or delete or truncate on ledger.originals
    for each statement execute function ledger.refuse_change();
create trigger append_only before update or delete or truncate on access.events
    for each statement execute function ledger.refuse_change();
alter table ledger.events enable always trigger append_only;
alter table ledger.originals enable always trigger append_only;
alter table access.events enable always trigger append_only;

-- Four arrays in, one row out for each: stored, held (the very same event is already there) or conflict
-- (another event has that place). The advisory lock makes the order of positions the order of commits,
-- so a reader who has seen position n has seen everything before it; recorded_at is set under the lock
-- and never goes back, so "as known on" is log order too.
do $make$
declare
    log record;
begin
    for log in select * from (values ('ledger', 7341001, 'hub_ledger'), ('access', 7341002, 'hub_access')) as l (name, lock, channel)
    loop
        execute format($append$
            create function %1$I.append(ids uuid[], versions bigint[], topics text[], states bytea[])
            returns table (ordinal bigint, status text, at_position bigint, at_time timestamptz)
            language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
            declare
                moment timestamptz;
                micros bigint;
            begin
                if cardinality(ids) is distinct from cardinality(versions)
                   or cardinality(ids) is distinct from cardinality(topics)
                   or cardinality(ids) is distinct from cardinality(states) then
                    raise exception 'the four arrays must have the same length' using errcode = 'array_subscript_error';
                end if;
                if exists (select from unnest(ids, versions) as g(id, version) group by g.id, g.version having count(*) > 1) then
                    raise exception 'one place in a stream was named twice in one call' using errcode = 'cardinality_violation';
                end if;
                perform pg_catalog.pg_advisory_xact_lock(%2$s);
                select greatest((extract(epoch from pg_catalog.clock_timestamp()) * 1000000)::bigint, n.last_value + 1)
                  into micros from %1$I.newest n;
                perform pg_catalog.setval('%1$I.newest', micros);
                moment := timestamptz 'epoch' + micros * interval '1 microsecond';
                notify %3$I;
                return query
                with given as (
                    select g.n, g.id, g.version, g.topic, g.state
                      from unnest(ids, versions, topics, states) with ordinality as g(id, version, topic, state, n)
                ), stored as (
                    insert into %1$I.events (originator_id, originator_version, topic, state, recorded_at)
                    select g.id, g.version, g.topic, g.state, moment from given g order by g.n
                    on conflict do nothing
                    returning events.originator_id, events.originator_version, events.position
                )
                select g.n,
                       case when s.position is not null then 'stored'
                            when e.topic = g.topic and e.state = g.state then 'held'
                            else 'conflict' end,
                       coalesce(s.position, e.position),
                       case when s.position is not null then moment else e.recorded_at end
                  from given g
                  left join stored s on s.originator_id = g.id and s.originator_version = g.version
                  left join %1$I.events e on e.originator_id = g.id and e.originator_version = g.version
                 order by g.n;
            end $$;
        $append$, log.name, log.lock, log.channel);
    end loop;
end $make$;

create function ledger.lock() returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    select pg_catalog.pg_advisory_xact_lock(7341001)
$$;
comment on function ledger.lock() is 'Taken first by whoever must read before it appends; held to the end of the transaction.';

create function ledger.keep_originals(ids uuid[], versions bigint[], media_types text[], sealed bytea[])
returns void language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into ledger.originals (originator_id, originator_version, media_type, sealed)
    select * from unnest(ids, versions, media_types, sealed) on conflict do nothing
$$;

revoke all on function ledger.append(uuid[], bigint[], text[], bytea[]) from public;
revoke all on function ledger.lock() from public;
revoke all on function ledger.keep_originals(uuid[], bigint[], text[], bytea[]) from public;
revoke all on function access.append(uuid[], bigint[], text[], bytea[]) from public;

grant usage on schema ledger to hub_writer, hub_projector;
grant execute on function ledger.append(uuid[], bigint[], text[], bytea[]) to hub_writer;
grant execute on function ledger.lock() to hub_writer, hub_projector;
grant execute on function ledger.keep_originals(uuid[], bigint[], text[], bytea[]) to hub_writer;
grant select on ledger.events to hub_projector;

grant usage on schema access to hub_reader, hub_projector, hub_auditor;
grant execute on function access.append(uuid[], bigint[], text[], bytea[]) to hub_reader, hub_auditor;
grant select on access.events to hub_projector, hub_auditor;
