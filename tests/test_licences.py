import pytest

from tools import report_licences


@pytest.mark.parametrize(
    ("licence", "permissive"),
    [
        ("MIT", True),
        ("Apache-2.0 OR GPL-3.0-only", True),
        ("MIT AND (BSD-3-Clause AND Apache-2.0 WITH LLVM-exception)", True),
        ("MIT AND LGPL-2.1-only", False),
        ("unknown", False),
    ],
)
def test_a_licence_is_permissive_in_all_its_parts(licence, permissive):
    assert report_licences.is_permissive(licence) is permissive


def test_the_default_install_is_permissive(capsys):
    assert report_licences.main() == 0
    assert "torch " in capsys.readouterr().out


def test_a_copyleft_package_is_named(monkeypatch, capsys):
    monkeypatch.setattr(report_licences, "licence_of", lambda package: "GPL-3.0-only")
    assert report_licences.main() == 1
    assert "torch" in capsys.readouterr().err
