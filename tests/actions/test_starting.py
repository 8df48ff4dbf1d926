"""An app that failed twice to start with its modules opens without them, and offers to go back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from genoteca import actions
from genoteca.actions import App, ModuleState
from genoteca.errors import InstallError, NotFoundError
from genoteca.settings import Settings


@pytest.fixture
def app(settings: Settings) -> Iterator[App]:
    opened = actions.open_app(settings.model_copy(update={"offline": True}))
    yield opened
    actions.close(opened)


def anew(app: App) -> App:
    return actions.open_app(app.settings)


def install_two(app: App) -> None:
    actions.install_module(app, "everyday-traits")
    actions.install_module(app, "liftover-chains")


def test_two_failed_starts_in_a_row_open_the_app_without_modules_and_say_which_was_new(app: App) -> None:
    install_two(app)
    assert [actions.begin_start(anew(app)).without_modules for _ in range(2)] == [False, False]
    third = anew(app)
    state = actions.begin_start(third)
    assert (state.failed, state.without_modules, state.roll_back_to) == (2, True, 1)
    assert [words.rpartition(" ")[2] for words in state.new] == ["installed"]
    assert state.new[0].startswith(actions.show_module(app, "liftover-chains").manifest.title)
    assert {card.state for card in actions.list_modules(third)} == {ModuleState.AVAILABLE}
    assert not actions.recheck_modules(third)
    with pytest.raises(InstallError, match="opened without its modules"):
        actions.install_module(third, "clinvar")
    with pytest.raises(InstallError, match="opened without its modules"):
        actions.remove_module(third, "everyday-traits")


def test_going_back_from_there_brings_the_modules_before_the_change(app: App) -> None:
    install_two(app)
    for _ in range(2):
        actions.begin_start(anew(app))
    third = anew(app)
    actions.begin_start(third)
    actions.roll_back_modules(third)
    states = {card.id: card.state for card in actions.list_modules(third)}
    assert states["everyday-traits"] is ModuleState.INSTALLED
    assert states["liftover-chains"] is ModuleState.AVAILABLE
    assert not actions.start_state(third).without_modules


def test_the_modules_can_be_used_as_they_are(app: App) -> None:
    actions.install_module(app, "everyday-traits")
    with pytest.raises(NotFoundError):
        actions.with_modules(app)
    for _ in range(3):
        app = anew(app)
        state = actions.begin_start(app)
    assert state.without_modules
    assert state.roll_back_to is None
    actions.with_modules(app)
    assert actions.show_module(app, "everyday-traits").state is ModuleState.INSTALLED


def test_a_start_that_succeeds_is_forgotten(app: App) -> None:
    actions.install_module(app, "everyday-traits")
    for _ in range(4):
        assert not actions.begin_start(app).without_modules
        actions.start_succeeded(app)
    assert actions.begin_start(app).failed == 0


def test_without_modules_there_is_nothing_to_leave_out(app: App) -> None:
    states = [actions.begin_start(app) for _ in range(4)]
    assert not any(state.without_modules for state in states)


def test_a_note_that_was_cut_off_speaks_of_one_failed_start(app: App) -> None:
    (Path(app.settings.home) / "starting").write_text('{"star')
    assert actions.begin_start(app).failed == 1
