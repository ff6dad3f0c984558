-- Whoever answers for the access log may know of the event behind a fact its place, its kind and when it was recorded;
-- nothing of what it says and not whose it is.

create function ledger.described(wanted bigint[])
returns table (at_position bigint, kind text, at_time timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select e.position, split_part(e.topic, ':', 1), e.recorded_at
      from ledger.events e where e.position = any (wanted) order by e.position
$$;

revoke all on function ledger.described(bigint[]) from public;
grant usage on schema ledger to hub_auditor;
grant execute on function ledger.described(bigint[]) to hub_auditor;
