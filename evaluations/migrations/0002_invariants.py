"""What Django's constraints can't say: rows that are never changed, and rows that follow from others."""

from django.db import migrations

INSERT_ONLY = ["vote", "voteending", "ledgerentry", "snapshot", "skip", "consent"]
NEVER_DELETED = ["entry", "battle", "study"]

REFUSE = """
CREATE FUNCTION evaluations_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is %: % refused', TG_TABLE_NAME, TG_ARGV[0], TG_OP
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""

# The composite keys say "both responses answer this battle's prompt" without a query.
SAME_PROMPT = """
ALTER TABLE evaluations_battle
  ADD CONSTRAINT battle_left_answers_the_prompt FOREIGN KEY (left_id, prompt_id)
    REFERENCES evaluations_response (id, prompt_id),
  ADD CONSTRAINT battle_right_answers_the_prompt FOREIGN KEY (right_id, prompt_id)
    REFERENCES evaluations_response (id, prompt_id);
"""

# Endings are unique and never change, so looking one up here can't be outrun by another transaction.
FOLLOWS_FROM_ENDING = """
CREATE FUNCTION evaluations_vote_revision_follows_undo() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM evaluations_vote v JOIN evaluations_voteending e ON e.vote_id = v.id
    WHERE v.battle_id = NEW.battle_id AND v.revision = NEW.revision - 1 AND e.ending = 'undone'
  ) THEN
    RAISE EXCEPTION 'vote_revision_follows_undo: the revision before this one was not undone'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'vote_revision_follows_undo';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER vote_revision_follows_undo BEFORE INSERT ON evaluations_vote
  FOR EACH ROW WHEN (NEW.revision > 0) EXECUTE FUNCTION evaluations_vote_revision_follows_undo();

CREATE FUNCTION evaluations_ledger_takes_final_votes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM evaluations_voteending e WHERE e.vote_id = NEW.vote_id AND e.ending <> 'undone'
  ) THEN
    RAISE EXCEPTION 'ledger_takes_final_votes: this vote can still change or was undone'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ledger_takes_final_votes';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_takes_final_votes BEFORE INSERT ON evaluations_ledgerentry
  FOR EACH ROW WHEN (NEW.vote_id IS NOT NULL) EXECUTE FUNCTION evaluations_ledger_takes_final_votes();
"""

PROTOCOL_FROZEN = """
CREATE FUNCTION evaluations_study_protocol_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF to_jsonb(OLD) - 'state' - 'closed_at' IS DISTINCT FROM to_jsonb(NEW) - 'state' - 'closed_at'
     OR NEW.state = 'draft' OR (OLD.state = 'closed' AND NEW.state <> 'closed') THEN
    RAISE EXCEPTION 'study_protocol_frozen: an opened study changes in nothing but its closing'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'study_protocol_frozen';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER study_protocol_frozen BEFORE UPDATE ON evaluations_study
  FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION evaluations_study_protocol_frozen();
"""

# The HTML is made from the text and may be made again; nothing else of a prompt or a response changes.
CONTENT_FROZEN = """
CREATE FUNCTION evaluations_content_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF to_jsonb(OLD) - 'html' IS DISTINCT FROM to_jsonb(NEW) - 'html' THEN
    RAISE EXCEPTION '%_content_frozen: upload a new version instead', TG_TABLE_NAME
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER prompt_content_frozen BEFORE UPDATE ON evaluations_prompt
  FOR EACH ROW EXECUTE FUNCTION evaluations_content_frozen();
CREATE TRIGGER response_content_frozen BEFORE UPDATE ON evaluations_response
  FOR EACH ROW EXECUTE FUNCTION evaluations_content_frozen();
"""


def refuse(table: str, operations: str, reason: str) -> str:
    return (
        f"CREATE TRIGGER {table}_{reason.replace('-', '_')} BEFORE {operations} ON evaluations_{table} "
        f"FOR EACH ROW EXECUTE FUNCTION evaluations_refuse('{reason}');"
    )


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0001_initial")]

    operations = [
        migrations.RunSQL(REFUSE),
        *[migrations.RunSQL(refuse(table, "UPDATE OR DELETE", "insert-only")) for table in INSERT_ONLY],
        *[migrations.RunSQL(refuse(table, "DELETE", "never-deleted")) for table in NEVER_DELETED],
        migrations.RunSQL(SAME_PROMPT),
        migrations.RunSQL(FOLLOWS_FROM_ENDING),
        migrations.RunSQL(PROTOCOL_FROZEN),
        migrations.RunSQL(CONTENT_FROZEN),
    ]
