"""Who did what: all of it for superusers, else one's studies' and one's own."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from evaluations.api.permissions import StaffView
from evaluations.api.serializers.audit_log import EventQuerySerializer, EventSerializer
from evaluations.audit import list_events


class EventListView(StaffView):
    @extend_schema(
        summary="Events, the newest first",
        parameters=[EventQuerySerializer],
        responses=EventSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        events = list_events(user=self.user, **self.read_query(EventQuerySerializer))
        return self.paginate(events, EventSerializer)
