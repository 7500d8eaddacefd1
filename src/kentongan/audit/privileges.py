"""The database role of the application: it adds to the trail and reads it, and can do nothing else to it (PostgreSQL).

Triggers stop whoever may write; the owner of a table can drop its triggers. So the tables belong to one role, which migrates,
and the application signs in as another.
"""

from django.db import connection
from django.utils.translation import gettext as _

from kentongan.kit.errors import KentonganError

from .models import SealedLeaf, SealedSubtree, SealingKey, SearchKey, TrailRow, TreeHead

APPEND_ONLY = tuple(model._meta.db_table for model in (TrailRow, SealedLeaf, SealedSubtree, TreeHead, SealingKey))
FORBIDDEN = ("UPDATE", "DELETE", "TRUNCATE")


class NoRolesHere(KentonganError):
    """The database has no roles of its own."""

    code = "audit.no_roles_here"


def statements(name: str) -> list[str]:
    """Return what gives a role all that the application needs, and of the trail only reading and adding."""
    if connection.vendor != "postgresql":
        raise NoRolesHere(
            _(
                "SQLite tidak mengenal peran: siapa yang dapat menulis berkasnya dapat menulis semuanya. Pakai PostgreSQL."
            )
        )
    role = _quoted(name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema(), current_database(), current_setting('server_version_num')::int")
        *names, version = cursor.fetchone()
    schema, database = map(_quoted, names)
    trail = ", ".join(f"{schema}.{_quoted(table)}" for table in APPEND_ONLY)
    granted = [
        f"GRANT CONNECT ON DATABASE {database} TO {role}",
        f"GRANT USAGE ON SCHEMA {schema} TO {role}",
        f"REVOKE CREATE ON SCHEMA {schema} FROM {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
        f"REVOKE ALL ON {trail} FROM {role}",
        f"REVOKE ALL ON {trail} FROM PUBLIC",
        f"GRANT SELECT, INSERT ON {trail} TO {role}",
        f"REVOKE INSERT, UPDATE, DELETE ON {schema}.django_migrations FROM {role}",
    ]
    if version >= 170000:  # before, only the owner may: what is destroyed stays on the disk until then
        granted.append(f"GRANT MAINTAIN ON {schema}.{_quoted(SearchKey._meta.db_table)} TO {role}")
    return granted


def apply(name: str) -> None:
    """The role has those rights and no others; repeat it after every upgrade, for tables that came new."""
    with connection.cursor() as cursor:
        for statement in statements(name):
            cursor.execute(statement)


def weaknesses() -> list[str]:
    """Return what the role of this very connection could do to the trail besides adding and reading; empty is good."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolname FROM pg_roles WHERE rolname = current_user")
        is_super, name = cursor.fetchone()
        if is_super:
            return [_("Peran %(role)s adalah superuser: pemicu dan izin tidak menahannya.") % {"role": name}]
        found = []
        cursor.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname = current_schema() AND pg_has_role(current_user, nspowner, 'MEMBER')"
        )
        for (schema,) in cursor.fetchall():
            found.append(
                _(
                    "Peran %(role)s memiliki skema %(schema)s atau basis datanya: setiap tabel di dalamnya dapat dibuangnya."
                )
                % {"role": name, "schema": schema}
            )
        for table in APPEND_ONLY:
            cursor.execute(
                "SELECT pg_has_role(current_user, relowner, 'MEMBER') FROM pg_class WHERE oid = %s::regclass", [table]
            )
            if cursor.fetchone()[0]:
                found.append(
                    _("Peran %(role)s memiliki tabel %(table)s: pemicunya dapat dibuangnya.")
                    % {"role": name, "table": table}
                )
                continue
            for right in FORBIDDEN:
                cursor.execute("SELECT has_table_privilege(current_user, %s, %s)", [table, right])
                if cursor.fetchone()[0]:
                    found.append(
                        _("Peran %(role)s berhak %(right)s pada %(table)s.")
                        % {"role": name, "right": right, "table": table}
                    )
    return found


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
