"""What each column of an import's files holds, said by hand."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from evaluations import imports
from evaluations.ingest.mappings import FIELDS, IGNORE, MODEL_PREFIX
from evaluations.models import Import
from evaluations.tasks import ask_for_check
from evaluations.web.staff import staff_only

# In the form a column of one model's answers is chosen by this, and the name is written beside it.
ONE_MODEL = MODEL_PREFIX.rstrip(":") + "-of"


@require_http_methods(["GET", "POST"])
@staff_only
def map_columns(request: HttpRequest, token: str) -> HttpResponse:
    upload = get_object_or_404(Import, token=token)
    files = imports.list_file_columns(upload=upload)
    if request.method == "POST":
        mapping = read_mapping(request.POST, files=files)
        upload = imports.map_columns(upload=upload, mapping=mapping, user=request.user, now=timezone.now())
        if upload.state == Import.State.RECEIVED:
            transaction.on_commit(lambda: ask_for_check(upload=upload))
        return redirect("import", upload.token)
    context = {"upload": upload, "files": describe_files(files), "fields": FIELDS, "one_model": ONE_MODEL}
    return render(request, "imports/columns.html", {**context, "section": "imports", "current": "true"})


def read_mapping(data: QueryDict, *, files: Sequence[imports.FileColumns]) -> dict[str, dict[str, str]]:
    """The fields chosen, by the file's digest and the column."""
    return {
        file.digest: {
            column.name: read_field(data, place=f"{number}-{place}")
            for place, column in enumerate(file.columns)
        }
        for number, file in enumerate(files)
    }


def read_field(data: QueryDict, *, place: str) -> str:
    field = data.get(f"field-{place}", IGNORE)
    return f"{MODEL_PREFIX}{data.get(f'model-{place}', '').strip()}" if field == ONE_MODEL else field


def describe_files(files: Sequence[imports.FileColumns]) -> list[Mapping[str, object]]:
    """Each file with its columns, the names of their inputs, and what is chosen for each."""
    return [
        {
            "name": file.name,
            "columns": [
                {
                    "place": f"{number}-{place}",
                    "name": column.name,
                    "examples": column.examples,
                    **describe_choice(file.fields.get(column.name, IGNORE)),
                }
                for place, column in enumerate(file.columns)
            ],
        }
        for number, file in enumerate(files)
    ]


def describe_choice(field: str) -> dict[str, str]:
    if field.startswith(MODEL_PREFIX):
        return {"chosen": ONE_MODEL, "model": field.removeprefix(MODEL_PREFIX)}
    return {"chosen": field, "model": ""}
