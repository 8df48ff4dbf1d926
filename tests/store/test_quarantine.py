from __future__ import annotations

from genoteca.errors import CheckError
from genoteca.settings import Settings
from genoteca.store.quarantine import Quarantine


def test_a_module_is_kept_out_with_its_reason_until_it_passes(settings: Settings) -> None:
    quarantine = Quarantine(settings.layout.database)
    assert quarantine.list() == {}
    quarantine.put("tiny-code", "1.0.0", CheckError("it raises when it is imported", hint="Tell its author."))
    kept = quarantine.find("tiny-code")
    assert kept is not None
    assert (kept.version, kept.title, kept.hint) == ("1.0.0", CheckError.title, "Tell its author.")
    assert kept.message == "it raises when it is imported"
    quarantine.put("tiny-code", "1.0.1", CheckError("it hangs"))
    assert [found.message for found in quarantine.list().values()] == ["it hangs"]
    quarantine.clear("tiny-code")
    assert quarantine.find("tiny-code") is None
