"""What an open page asks once a second, answered with no more than whether it is still the same."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers


def answered(request: HttpRequest, mark: str) -> HttpResponse:
    """Return the mark; to whoever has it already, only that it still holds. The browser alone keeps it, and asks each time."""
    whole = JsonResponse({"mark": mark})
    whole.headers["Content-Length"] = str(len(whole.content))  # nothing behind the middleware says it
    said = get_conditional_response(request, etag=f'"{mark}"', response=whole) or whole
    said.headers["ETag"] = f'"{mark}"'
    patch_cache_control(said, private=True, no_cache=True)
    patch_vary_headers(said, ["Cookie"])
    return said
