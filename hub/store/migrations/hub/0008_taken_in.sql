-- What was known at a moment may be asked only when nothing can be added to that moment any more: it has passed, nobody
-- is at it, and all that was recorded up to it has been taken in. Readers learn yes or no, and nothing of the ledger.
-- Each statement must see what was committed meanwhile, so this is asked in a transaction that is not one snapshot.

create function ledger.taken_in(reached bigint, moment timestamptz) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    idle   boolean;
    newest timestamptz;
    coming timestamptz;
begin
    if moment >= clock_timestamp() then
        return false;
    end if;
    idle := pg_try_advisory_xact_lock_shared(7341001);
    select e.recorded_at into newest from ledger.events e order by e.position desc limit 1;
    -- Times never go back in the log, so whoever records now records later than the newest event.
    if not idle and (newest is null or newest <= moment) then
        return false;
    end if;
    select e.recorded_at into coming from ledger.events e where e.position > reached order by e.position limit 1;
    return coming is null or coming > moment;
end $$;

revoke all on function ledger.taken_in(bigint, timestamptz) from public;
grant usage on schema ledger to hub_reader;
grant execute on function ledger.taken_in(bigint, timestamptz) to hub_reader;

-- Who works with a child counts only from the kind of agency that can say so. What was kept without it counts for
-- nothing until the facts are made anew: hub project rebuild facts.
alter table if exists read.involvement add column if not exists agency text not null default '';
