-- What is kept for ever, so that a copy of a body stays dead, is kept also from who has the serving role's password.
create trigger kept_for_ever before delete on rail.claims_kept for each row
  execute function engine.forbid('what was used once is remembered for ever');
