"""What every page's frame shows."""

from django.conf import settings
from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, object]:
    """Return the acting officer and whether the data are simulated."""
    return {"actor": getattr(request, "actor", None), "is_demonstration": settings.IS_DEMONSTRATION}
