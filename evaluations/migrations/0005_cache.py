"""The table of the cache in which attempts to sign in are counted."""

from django.core.management import call_command
from django.db import migrations


def create_table(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0004_staff_invariants")]
    operations = [migrations.RunPython(create_table, migrations.RunPython.noop)]
