"""Exceptions keep their fields and survive pickling; a fault of the library has a name of its own."""

import pickle

import pytest
import szilard as sz
from szilard import errors


@pytest.mark.parametrize("name", [name for name in vars(errors) if isinstance(getattr(errors, name), type)])
def test_all_are_errors(name):
    assert issubclass(getattr(errors, name), errors.Error)


def test_fields_survive_pickling(tmp_path):
    path = tmp_path / "x.npy"
    path.write_bytes(b"\x93NUMPY")
    with pytest.raises(errors.FormatError) as caught:
        sz.token_entropy(path)
    error = pickle.loads(pickle.dumps(caught.value))
    assert (error.path, error.code, error.line, error.column) == (str(path), caught.value.code, 0, None)
    assert error.found
    assert error.expected
    assert str(error) == str(caught.value)
    assert error.code.startswith("E_")
