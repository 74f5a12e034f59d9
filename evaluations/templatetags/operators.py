"""Who runs this copy, for the few places that say it."""

from django import template
from django.conf import settings

from evaluations.briefings.operators import Operator, describe_operator

register = template.Library()


@register.simple_tag
def describe_this_operator() -> Operator:
    return describe_operator(name=settings.OPERATOR_NAME, contact=settings.OPERATOR_CONTACT)
