"""What a draft is to show: its claims; and the checks that it asks."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from evaluations.api.permissions import StudyView
from evaluations.api.serializers.claims import CheckSerializer, ClaimsSerializer
from evaluations.models import Response as ModelResponse
from evaluations.models import Study
from evaluations.studies import drafts


class ClaimListView(StudyView):
    @extend_schema(summary="The study’s claims", responses=ClaimsSerializer)
    def get(self, request: Request, slug: str) -> Response:
        return Response(describe_claims(self.study))

    @extend_schema(
        summary="Register these claims and no others, in a draft",
        request=ClaimsSerializer,
        responses=ClaimsSerializer,
    )
    def put(self, request: Request, slug: str) -> Response:
        plans = [drafts.ClaimPlan(**claim) for claim in self.read(ClaimsSerializer)["claims"]]
        study = drafts.register_claims(study=self.study, claims=plans, now=self.now)
        return Response(describe_claims(study))


class CheckListView(StudyView):
    # Who rates a study must not come across what is right in it.
    to_look = "editor"

    @extend_schema(summary="The study’s checks", responses=CheckSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        known = self.study.known_answers.select_related("prompt", "better__model", "worse__model")
        return self.paginate(known.order_by("pk"), CheckSerializer)

    @extend_schema(
        summary="Add a check to a draft", request=CheckSerializer, responses={201: CheckSerializer}
    )
    def post(self, request: Request, slug: str) -> Response:
        given = self.read(CheckSerializer)
        prompt, better, worse = given["prompt"]["key"], given["better"], given["worse"]
        answers = {
            "better": self.find_answer("better", prompt=prompt, model=better["model"]["slug"]),
            "worse": self.find_answer("worse", prompt=prompt, model=worse["model"]["slug"]),
        }
        drafts.add_known_answer(study=self.study, **answers)
        known = self.study.known_answers.select_related("prompt", "better__model", "worse__model")
        return Response(CheckSerializer(known.get(**answers)).data, status=status.HTTP_201_CREATED)

    def find_answer(self, field: str, *, prompt: str, model: str) -> ModelResponse:
        answers = ModelResponse.objects.filter(prompt__prompt_set=self.study.prompt_set)
        answer = answers.filter(prompt__key=prompt, model__slug=model).first()
        if answer is None:
            values = {"model": model, "prompt": prompt}
            raise ValidationError({field: _("%(model)s has no response to prompt %(prompt)s.") % values})
        return answer


class CheckView(StudyView):
    @extend_schema(summary="Remove a check from a draft", responses={204: None})
    def delete(self, request: Request, slug: str, pk: int) -> Response:
        drafts.remove_known_answer(study=self.study, known_answer_id=pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


def describe_claims(study: Study) -> Any:
    claims = study.claims.select_related("model", "rival")
    return ClaimsSerializer({"claims": list(claims)}).data
