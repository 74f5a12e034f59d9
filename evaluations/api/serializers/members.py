"""Who works on a study, and as what."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from evaluations.accounts import find_account
from evaluations.models import Membership


class RoleSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=Membership.Role.choices)


class MemberRequestSerializer(RoleSerializer):
    account = serializers.CharField(max_length=254, help_text="The account’s name or address.")

    def validate_account(self, value: str) -> Any:
        account = find_account(name=value)
        if account is None:
            raise serializers.ValidationError(_("There is no account of this name or address."))
        return account


class MemberSerializer(serializers.ModelSerializer[Membership]):
    account = serializers.CharField(source="user.username")

    class Meta:
        model = Membership
        fields = ["id", "account", "role", "created_at"]
        read_only_fields = fields
