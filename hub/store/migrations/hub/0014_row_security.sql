-- The second line: what a reading was not decided to let out, the database does not let out either, should the first
-- line (the gate's own filter) ever be forgotten. A reading first says about which child it is (`hub.child`), then what
-- was decided (`projections/story.py`); who has said neither is shown no row.

alter table identity.statements enable row level security;
create policy of_the_child on identity.statements for select to hub_reader using (
    person_record in (select l.person_record from identity.links l
                       where l.child = (select nullif(current_setting('hub.child', true), '')::uuid)));
create policy in_the_making on identity.statements to hub_writer, hub_projector using (true) with check (true);
