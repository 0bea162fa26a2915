"""What a cycle used up, as ISA-95 material actuals and back."""

from types import SimpleNamespace

import pytest

from drivers import Used
from drivers.opcua_material import decode_used, unit_id


def actual(code: str, quantity: object, **more: object) -> SimpleNamespace:
    units = SimpleNamespace(UnitId=unit_id(code))
    said = {"MaterialDefinitionID": None, "MaterialUse": "material consumed", **more}
    return SimpleNamespace(EngineeringUnits=units, Quantity=quantity, **said)


def test_unit_ids_are_the_bytes_of_the_unece_code() -> None:
    # Source: OPC 10000-8, 5.6.3: KGM is 4933453, C62 is 4404786.
    assert unit_id("KGM") == 4933453
    assert unit_id("C62") == 4404786


@pytest.mark.parametrize(
    ("code", "quantity", "used"),
    [
        ("MGM", "41200", Used(quantity=41_200, unit="mg")),
        ("KGM", "0.0412", Used(quantity=41_200, unit="mg")),
        ("LTR", "1.5", Used(quantity=1_500_000, unit="ul")),
        ("C62", "3", Used(quantity=3, unit="piece")),
    ],
)
def test_quantities_are_read_in_their_unit(code: str, quantity: str, used: Used) -> None:
    assert decode_used([actual(code, quantity)]) == (used,)


def test_a_machine_may_name_its_material() -> None:
    named = actual("GRM", "12", MaterialDefinitionID="tpu85", MaterialUse="Consumable")
    assert decode_used([named]) == (Used(quantity=12_000, unit="mg", material="tpu85"),)


@pytest.mark.parametrize(
    "odd",
    [
        actual("MTR", "12"),
        actual("KGM", "many"),
        actual("KGM", "NaN"),
        actual("KGM", "-1"),
        actual("KGM", "1e30"),
        actual("KGM", None),
        actual("KGM", "1", MaterialUse="material produced"),
        SimpleNamespace(Quantity="1"),
    ],
)
def test_what_cannot_be_booked_is_passed_over(odd: SimpleNamespace) -> None:
    assert decode_used([odd]) == ()
