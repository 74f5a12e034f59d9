"""What Django's constraints can't say of studies, responses, claims and pilots."""

import importlib

from django.db import migrations

refuse = importlib.import_module("evaluations.migrations.0002_invariants").refuse

INSERT_ONLY = ["studytext", "amendment", "raterdecision", "auditevent"]

SAME_PROMPT = """
ALTER TABLE evaluations_item
  ADD CONSTRAINT item_first_answers_the_prompt FOREIGN KEY (first_id, prompt_id)
    REFERENCES evaluations_response (id, prompt_id),
  ADD CONSTRAINT item_second_answers_the_prompt FOREIGN KEY (second_id, prompt_id)
    REFERENCES evaluations_response (id, prompt_id);
ALTER TABLE evaluations_slot
  ADD CONSTRAINT slot_of_its_items_study FOREIGN KEY (item_id, study_id)
    REFERENCES evaluations_item (id, study_id);
ALTER TABLE evaluations_knownanswer
  ADD CONSTRAINT known_answer_better_answers_the_prompt FOREIGN KEY (better_id, prompt_id)
    REFERENCES evaluations_response (id, prompt_id),
  ADD CONSTRAINT known_answer_worse_answers_the_prompt FOREIGN KEY (worse_id, prompt_id)
    REFERENCES evaluations_response (id, prompt_id);
"""

# An amendment is written first; then the study may take over what it says, and nothing without one.
PROTOCOL_FROZEN = """
CREATE OR REPLACE FUNCTION evaluations_study_protocol_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  amended boolean := NEW.protocol_hash IS DISTINCT FROM OLD.protocol_hash AND EXISTS (
    SELECT FROM evaluations_amendment a
    WHERE a.study_id = NEW.id AND a.protocol_hash = NEW.protocol_hash AND a.protocol = NEW.protocol
      AND a.number = (SELECT max(number) FROM evaluations_amendment WHERE study_id = NEW.id)
  );
  -- What a vote means can't change under those that were cast: for these a new study is needed.
  meaning text[] := ARRAY['slug', 'prompt_set_id', 'question', 'outcomes', 'reveal', 'sampling', 'votes_per_item',
                          'repeat_rate', 'check_rate', 'access', 'simulated', 'recorded', 'opened_at'];
BEGIN
  IF (OLD.state IN ('open', 'closed') AND NOT amended AND
      to_jsonb(OLD) - 'state' - 'closed_at' - 'paused_at'
        IS DISTINCT FROM to_jsonb(NEW) - 'state' - 'closed_at' - 'paused_at')
     OR (OLD.state IN ('open', 'closed') AND EXISTS (
         SELECT FROM unnest(meaning) AS name WHERE to_jsonb(NEW) -> name IS DISTINCT FROM to_jsonb(OLD) -> name))
     OR array_position(ARRAY['draft', 'pilot', 'open', 'closed'], NEW.state::text)
        < array_position(ARRAY['draft', 'pilot', 'open', 'closed'], OLD.state::text) THEN
    RAISE EXCEPTION 'study_protocol_frozen: an opened study changes in nothing but its closing, its pauses and what an amendment names'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'study_protocol_frozen';
  END IF;
  RETURN NEW;
END $$;
"""

CLAIMS_FROZEN = """
CREATE FUNCTION evaluations_claims_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM evaluations_study s
    WHERE s.id = COALESCE(NEW.study_id, OLD.study_id) AND s.state IN ('open', 'closed')
  ) THEN
    RAISE EXCEPTION 'claims_frozen: claims are registered before the study is opened'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'claims_frozen';
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER claims_frozen BEFORE INSERT OR UPDATE OR DELETE ON evaluations_claim
  FOR EACH ROW EXECUTE FUNCTION evaluations_claims_frozen();
"""

# What raters of an opened study can be shown of a model is all there was when it was entered.
RESPONSES_FROZEN = """
CREATE FUNCTION evaluations_responses_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM evaluations_prompt p
    JOIN evaluations_study s ON s.prompt_set_id = p.prompt_set_id AND s.state IN ('open', 'closed')
    JOIN evaluations_entry e ON e.study_id = s.id AND e.model_id = NEW.model_id
    WHERE p.id = NEW.prompt_id
  ) THEN
    RAISE EXCEPTION 'responses_frozen: a study was opened with what this model had answered'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'responses_frozen';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER responses_frozen BEFORE INSERT ON evaluations_response
  FOR EACH ROW EXECUTE FUNCTION evaluations_responses_frozen();
"""

# What a draft is about may still change: until a study is opened a model may leave it.
ENTRIES_STAY = """
CREATE FUNCTION evaluations_entries_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM evaluations_study s WHERE s.id = OLD.study_id AND s.state IN ('open', 'closed')
  ) THEN
    RAISE EXCEPTION 'entry_never_deleted: evaluations_entry is never-deleted; a model of an opened study may retire'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_never_deleted';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER entry_never_deleted BEFORE DELETE ON evaluations_entry
  FOR EACH ROW EXECUTE FUNCTION evaluations_entries_stay();
"""

# The columns read from here whose votes an entry leaves out.
DECISIONS_RECORDED = """
CREATE FUNCTION evaluations_rater_decisions_recorded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.entry_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM evaluations_ledgerentry e
    WHERE e.position = NEW.entry_id AND e.study_id = NEW.study_id
      AND (e.kind, NEW.decision) IN (('rater_excluded', 'exclude'), ('rater_restored', 'restore'))
  ) THEN
    RAISE EXCEPTION 'rater_decision_is_what_its_entry_says: the entry is of another kind or study'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'rater_decision_is_what_its_entry_says';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER rater_decision_is_what_its_entry_says BEFORE INSERT ON evaluations_raterdecision
  FOR EACH ROW EXECUTE FUNCTION evaluations_rater_decisions_recorded();
"""

FINAL_VOTES = """
CREATE OR REPLACE FUNCTION evaluations_ledger_takes_final_votes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM evaluations_voteending e
    JOIN evaluations_vote v ON v.id = e.vote_id
    JOIN evaluations_battle b ON b.id = v.battle_id
    WHERE e.vote_id = NEW.vote_id AND e.ending <> 'undone' AND NOT b.pilot AND b.kind <> 'practice'
  ) THEN
    RAISE EXCEPTION 'ledger_takes_final_votes: this vote can still change, was undone, or is of a pilot or a practice'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ledger_takes_final_votes';
  END IF;
  RETURN NEW;
END $$;
"""

# No one who makes a battle can forget it, nor say another.
BATTLE_PROTOCOL = """
CREATE FUNCTION evaluations_battle_names_its_protocol() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT s.protocol_hash INTO NEW.protocol_hash FROM evaluations_study s WHERE s.id = NEW.study_id;
  IF NOT FOUND THEN NEW.protocol_hash := ''; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER battle_names_its_protocol BEFORE INSERT ON evaluations_battle
  FOR EACH ROW EXECUTE FUNCTION evaluations_battle_names_its_protocol();
"""


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0003_staff")]

    operations = [
        *[migrations.RunSQL(refuse(table, "UPDATE OR DELETE", "insert-only")) for table in INSERT_ONLY],
        migrations.RunSQL(SAME_PROMPT),
        migrations.RunSQL(PROTOCOL_FROZEN),
        migrations.RunSQL("DROP TRIGGER study_protocol_frozen ON evaluations_study"),
        migrations.RunSQL(
            "CREATE TRIGGER study_protocol_frozen BEFORE UPDATE ON evaluations_study "
            "FOR EACH ROW EXECUTE FUNCTION evaluations_study_protocol_frozen()"
        ),
        migrations.RunSQL(CLAIMS_FROZEN),
        migrations.RunSQL(RESPONSES_FROZEN),
        migrations.RunSQL("DROP TRIGGER entry_never_deleted ON evaluations_entry"),
        migrations.RunSQL(ENTRIES_STAY),
        migrations.RunSQL(DECISIONS_RECORDED),
        migrations.RunSQL(FINAL_VOTES),
        migrations.RunSQL(BATTLE_PROTOCOL),
    ]
