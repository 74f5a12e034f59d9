"""The form of an upload: files, and what they are about."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations import imports
from evaluations.ingest.kept_files import Upload
from evaluations.models import Import, PromptSet


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or several, at least one."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(file, initial) for file in given] or [
            super().clean(None, initial)
        ]


class ImportForm(forms.Form):
    """Files, and either what to call the prompt set they make or the version that they are about."""

    title = forms.CharField(max_length=200, required=False)
    slug = forms.SlugField(
        max_length=imports.LONGEST_SLUG,
        required=False,
        error_messages={"invalid": gettext_lazy("Use letters, digits, hyphens and underscores only.")},
    )
    prompt_set = forms.ModelChoiceField(queryset=PromptSet.objects.none(), required=False)
    source = forms.CharField(max_length=500, required=False)
    file = FilesField(
        widget=SeveralFiles,
        allow_empty_file=True,
        error_messages={"required": gettext_lazy("Choose one or several files.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["prompt_set"].queryset = PromptSet.objects.order_by("-created_at")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A version that is there has its names already."""
        data = super().clean() or {}
        if not data.get("prompt_set"):
            if not data.get("title"):
                self.add_error("title", _("Write a title, for staff and raters."))
            if not data.get("slug") and "slug" not in self.errors:
                self.add_error("slug", _("Write a short name."))
        return data

    def receive(self, *, user: Any, now: datetime) -> Import:
        """Keep the files. Raises IngestError."""
        data = {**self.cleaned_data}
        uploads = [Upload(name=file.name or "", chunks=file.chunks()) for file in data.pop("file")]
        return imports.receive_files(uploads=uploads, **data, user=user, now=now)
