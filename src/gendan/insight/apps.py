"""The context insight as a Django application."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """Insight."""

    name = "gendan.insight"
    label = "insight"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what others find by registry: permissions, commands, names of events, exports, checks, scores."""
        from gendan.insight import commands, exports, permissions, prints, verify  # noqa: F401
        from gendan.insight.demo import tell
        from gendan.insight.labels import FIELDS, LABELS
        from gendan.insight.queries.scorecard import scores
        from gendan.kernel.demonstration import PARTS
        from gendan.kernel.timeline import label_events, label_fields
        from gendan.sourcing.queries.comparison import SCORES

        label_events(LABELS)
        label_fields(FIELDS)
        SCORES.append(scores)
        PARTS.append(tell)
