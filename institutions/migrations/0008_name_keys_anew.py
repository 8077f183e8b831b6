from django.db import migrations

from institutions.khmer import comparison_key


def compute_keys(apps, schema_editor):
    """Name keys as names are compared today: ុ, ៉ and ៊ before a vowel above count as one sign."""
    people = apps.get_model("institutions", "Person").objects
    stale = []
    for person in people.only("name", "name_latin", "name_key").order_by("pk").iterator(chunk_size=1000):
        key = f"{comparison_key(person.name)} {comparison_key(person.name_latin)}"
        if key != person.name_key:
            person.name_key = key
            stale.append(person)
    people.bulk_update(stale, ["name_key"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("institutions", "0007_clients_of_other_systems")]

    operations = [migrations.RunPython(compute_keys, migrations.RunPython.noop)]
