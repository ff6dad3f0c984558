-- A rebuild empties what it makes anew by deleting, never by truncating: truncate empties a table at once even for
-- a reader who has begun, and who would then be shown a story with nothing in it.

grant delete on identity.links, identity.identifiers, identity.statements, identity.questions to hub_projector;
grant delete on intake.revisions, intake.heads to hub_projector;
revoke truncate on identity.links, identity.identifiers, identity.statements, identity.questions from hub_projector;
revoke truncate on intake.revisions, intake.heads from hub_projector;
