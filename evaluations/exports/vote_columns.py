"""The columns of the file of votes in long form: one row a sealed vote."""

import pyarrow as pa
from django.utils.translation import gettext_lazy as _

from evaluations.exports.columns import Column
from evaluations.exports.messages import MESSAGES

IN_LEDGER = _("As the ledger has it.")
REASON_TAGS = _("The study’s reason tags. + before one speaks for the response, - against it.")

VOTES = (
    Column(
        name="ledger_position",
        type=pa.int64(),
        read=lambda vote: vote.position,
        means=_("The vote’s place in the ledger. Rows are in its order."),
        made=_("Gapless in the ledger; decisions and votes of other studies take places too."),
    ),
    Column(
        name="leaf_hash",
        type=pa.string(),
        read=lambda vote: vote.leaf_hash.hex(),
        means=_("The hash of the vote’s entry in the ledger."),
        made=_("Leaf hash of RFC 6962: SHA-256 of a zero byte and the entry’s record, in hexadecimal."),
    ),
    Column(
        name="study",
        type=pa.string(),
        read=lambda vote: vote.said["study"],
        means=_("The study’s short name."),
    ),
    Column(
        name="protocol_hash",
        type=pa.string(),
        read=lambda vote: vote.said["protocol"],
        means=_("The hash of the study’s protocol when the vote was sealed."),
        made=_("SHA-256 of the protocol as canonical JSON (RFC 8785)."),
    ),
    Column(
        name="receipt_hash",
        type=pa.string(),
        read=lambda vote: vote.said["receipt"],
        means=_("The hash of the rater’s receipt. The receipt itself is in no file."),
        made=_("As the ledger has it: SHA-256 of a zero byte and the receipt."),
    ),
    Column(
        name="rater",
        type=pa.string(),
        read=lambda vote: vote.rater,
        means=_(
            "A pseudonym of the rater: the same in every export of this study, another one in each study."
        ),
        made=_(
            "HMAC-SHA-256 of the study and the rater, cut to 80 bits. Its key is a secret of the rater’s that is in "
            "no file and no cookie; erasing a rater erases it."
        ),
    ),
    Column(
        name="may_publish",
        type=pa.bool_(),
        read=lambda vote: vote.may_publish,
        means=_("Whether the rater agreed that the votes be published. Empty where nobody was asked here."),
    ),
    Column(
        name="battle_kind",
        type=pa.string(),
        read=lambda vote: vote.kind,
        means=_("Why the comparison was shown. Rankings count normal ones only."),
        values=_("normal; repeat: an earlier one with sides swapped; check: one whose answer is known"),
    ),
    Column(
        name="battle_number",
        type=pa.int32(),
        read=lambda vote: vote.beside["number"],
        means=_("Which comparison of this rater’s it was, from 1."),
    ),
    Column(
        name="repeats_number",
        type=pa.int32(),
        read=lambda vote: vote.beside["repeated"],
        means=_("Of a repeat: the battle_number of the comparison that it repeats, of the same rater."),
    ),
    Column(
        name="expected",
        type=pa.string(),
        read=lambda vote: vote.beside["expected"] or None,
        means=_("Of a check: the side whose response is known to be better."),
        values="left; right",
    ),
    Column(
        name="prompt", type=pa.string(), read=lambda vote: vote.said["prompt"], means=_("The prompt’s id.")
    ),
    Column(
        name="category",
        type=pa.string(),
        read=lambda vote: vote.beside["category"] or None,
        means=_("The prompt’s category."),
    ),
    Column(
        name="language",
        type=pa.string(),
        read=lambda vote: vote.beside["language"] or None,
        means=_("The prompt’s language."),
    ),
    Column(
        name="left",
        type=pa.string(),
        read=lambda vote: vote.said["left"],
        means=_("The model whose response was shown on the left."),
        made=_("Sides are drawn at random for each comparison."),
    ),
    Column(
        name="right",
        type=pa.string(),
        read=lambda vote: vote.said["right"],
        means=_("The model whose response was shown on the right."),
    ),
    Column(
        name="winner",
        type=pa.string(),
        read=lambda vote: vote.said["outcome"],
        means=_("The outcome of the vote."),
        values="left; right; tie; both_bad",
    ),
    Column(
        name="winning_model",
        type=pa.string(),
        read=lambda vote: vote.winning_model,
        means=_("The model that won. Empty for ties and where both were bad."),
    ),
    Column(
        name="probability",
        type=pa.float64(),
        read=lambda vote: vote.said["probability"],
        means=_("The chance that this pair had when it was drawn. Empty where it was not drawn here."),
        values=_("above 0, up to 1"),
        made=IN_LEDGER,
    ),
    Column(
        name="reasons_left",
        type=pa.list_(pa.string()),
        read=lambda vote: vote.reasons("left"),
        means=_("Words that the rater gave for the response on the left."),
        values=REASON_TAGS,
    ),
    Column(
        name="reasons_right",
        type=pa.list_(pa.string()),
        read=lambda vote: vote.reasons("right"),
        means=_("Words that the rater gave for the response on the right."),
        values=REASON_TAGS,
    ),
    Column(
        name="comment",
        type=pa.string(),
        read=lambda vote: vote.comment,
        means=_("What the rater wrote, of raters who agreed that their votes be published; empty otherwise."),
    ),
    Column(
        name="active_ms",
        type=pa.int32(),
        read=lambda vote: vote.active_ms,
        means=_("How long the rater worked on the comparison."),
        unit=_("milliseconds"),
        made=_("Time with the page in view and in use, as the browser says."),
    ),
    Column(
        name="cast_at",
        type=pa.timestamp("ms", tz="UTC"),
        read=lambda vote: vote.cast_at,
        means=_("When the vote was cast, to the minute, in UTC."),
        made=_("Cut to the minute, so that nobody is found by the second in another machine’s log."),
    ),
    Column(
        name="revision",
        type=pa.int32(),
        read=lambda vote: vote.said["revision"],
        means=_("How often the rater took this vote back before it became final."),
    ),
    Column(
        name="origin",
        type=pa.string(),
        read=lambda vote: vote.said["origin"],
        means=_("Where the vote comes from."),
        values=_("shown: cast here; recorded: from a file recorded elsewhere; simulated"),
    ),
    Column(
        name="excluded",
        type=pa.bool_(),
        read=lambda vote: vote.exclusion is not None,
        means=_(
            "Whether the votes of this rater are left out, by the newest decision in this part of the ledger, or "
            "because the rater withdrew."
        ),
    ),
    Column(
        name="exclusion_reason",
        type=pa.string(),
        read=lambda vote: vote.exclusion,
        means=_("Why they are left out, as the person wrote who decided."),
        values=_(
            "a sentence; withdrew: the rater took the votes along, and only what the ledger says is told"
        ),
    ),
    Column(
        name="left_digest",
        type=pa.string(),
        read=lambda vote: vote.said["left_digest"],
        means=_("The digest of the response on the left."),
        made=_("SHA-256 of its text in UTF-8."),
        with_texts=True,
    ),
    Column(
        name="right_digest",
        type=pa.string(),
        read=lambda vote: vote.said["right_digest"],
        means=_("The digest of the response on the right."),
        made=_("SHA-256 of its text in UTF-8."),
        with_texts=True,
    ),
    Column(
        name="prompt_messages",
        type=MESSAGES,
        read=lambda vote: vote.messages,
        means=_("The prompt: its messages, in their order."),
        with_texts=True,
    ),
    Column(
        name="left_text",
        type=pa.string(),
        read=lambda vote: vote.left_text,
        means=_("The response on the left."),
        with_texts=True,
    ),
    Column(
        name="right_text",
        type=pa.string(),
        read=lambda vote: vote.right_text,
        means=_("The response on the right."),
        with_texts=True,
    ),
)
