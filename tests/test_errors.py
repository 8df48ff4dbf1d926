import inspect

from genoteca import errors


def test_every_error_is_public_titled_and_drawn_in_the_tree() -> None:
    found = {name: one for name, one in vars(errors).items() if inspect.isclass(one)}
    assert sorted(found) == sorted(errors.__all__)
    for name, one in found.items():
        assert issubclass(one, errors.GenotecaError)
        assert one.title
        assert name in (errors.__doc__ or "")


def test_an_error_keeps_its_message_title_and_hint() -> None:
    error = errors.FilterError("no column x", hint="columns: y")
    assert (str(error), error.title, error.hint) == ("no column x", "This filter cannot be applied", "columns: y")
