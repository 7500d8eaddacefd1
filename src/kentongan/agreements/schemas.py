"""What the API says of a row that is shared in part."""

from ninja import Field, Schema


class ReleaseOut(Schema):
    """How much of a row is shared. A group that is not named is not shared: its fields are null, empty or blank."""

    groups: dict[str, str] = Field(
        alias="fields",
        description="Groups of fields, each `full`, `blurred` (a place to its district, a day to its month) or `pseudonym`",
    )
    clauses: list[str] = Field(description="The clauses under which it is shared")
