"""What Django's constraints can't say of raters: what they agreed to stays, and what of a vote may go."""

import importlib

from django.db import migrations

refuse = importlib.import_module("evaluations.migrations.0002_invariants").refuse
frozen = importlib.import_module("evaluations.migrations.0004_staff_invariants").PROTOCOL_FROZEN

# The comment is the rater's own words and no part of the ledger: who withdraws takes it along. Nothing else changes.
VOTES_STAY = """
DROP TRIGGER vote_insert_only ON evaluations_vote;
CREATE FUNCTION evaluations_vote_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.comment <> '' AND NEW.comment = ''
     AND to_jsonb(OLD) - 'comment' IS NOT DISTINCT FROM to_jsonb(NEW) - 'comment' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'evaluations_vote is insert-only: % refused', TG_OP
    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'vote_insert_only';
END $$;
CREATE TRIGGER vote_insert_only BEFORE UPDATE OR DELETE ON evaluations_vote
  FOR EACH ROW EXECUTE FUNCTION evaluations_vote_stays();
"""

# The columns read from here whose votes an entry leaves out.
WITHDRAWALS_RECORDED = """
CREATE FUNCTION evaluations_withdrawals_recorded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.entry_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM evaluations_ledgerentry e
    WHERE e.position = NEW.entry_id AND e.study_id = NEW.study_id AND e.kind = 'rater_withdrawn'
  ) THEN
    RAISE EXCEPTION 'withdrawal_is_what_its_entry_says: the entry is of another kind or study'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'withdrawal_is_what_its_entry_says';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER withdrawal_is_what_its_entry_says BEFORE INSERT ON evaluations_withdrawal
  FOR EACH ROW EXECUTE FUNCTION evaluations_withdrawals_recorded();
"""

# Endings never change, so a vote that is sealed here can't be taken back later.
NAMES_LAST = """
CREATE FUNCTION evaluations_names_last() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM evaluations_voteending e WHERE e.vote_id = NEW.vote_id AND e.ending = 'sealed'
  ) THEN
    RAISE EXCEPTION 'names_shown_of_a_sealed_vote: the vote may still change, or its names were shown already'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'names_shown_of_a_sealed_vote';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER names_shown_of_a_sealed_vote BEFORE INSERT ON evaluations_namesshown
  FOR EACH ROW EXECUTE FUNCTION evaluations_names_last();
"""

# Raters voted under this rule, and saw or did not see how others voted.
PROMISED = frozen.replace("'access', 'simulated'", "'access', 'withdrawal', 'shows_others', 'simulated'")


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0006_raters")]

    operations = [
        *[
            migrations.RunSQL(refuse(table, "UPDATE OR DELETE", "insert-only"))
            for table in ("comprehensionattempt", "withdrawal", "namesshown")
        ],
        migrations.RunSQL(VOTES_STAY),
        migrations.RunSQL(WITHDRAWALS_RECORDED),
        migrations.RunSQL(NAMES_LAST),
        migrations.RunSQL(PROMISED),
    ]
