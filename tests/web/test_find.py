"""What the palette finds: everything that has a name, names of customers for those who may."""

import pytest
from keys import Keys, run


def found(role: str, q: str) -> list[tuple[str, str]]:
    async def work() -> list[tuple[str, str]]:
        keys = Keys()
        await keys.users()
        async with keys.browser(role) as browser:
            answer = await browser.get("/api/find", params={"q": q})
            assert answer.status_code == 200, answer.text
            return [(hit["says"], hit["href"]) for hit in answer.json()["hits"]]

    said: list[tuple[str, str]] = run(work())
    return said


@pytest.mark.parametrize("role", ["vic", "amira", "vera", "ed", "ada"])
def test_every_role_finds_orders_machines_totes_parts_and_pages(role):
    assert found(role, "4127")[0] == ("Order 4127", "/orders/4127")
    assert found(role, "p3")[0] == ("P3", "/floor#P3")
    assert ("Station B2", "/station/B2") in found(role, "b2")
    assert found(role, "in doubt")[0] == ("In doubt", "/doubts")
    part = found(role, "4136/1.1/knit")
    assert part == [("Upper 4136 L", "/orders/4136#genealogy")]
    assert found(role, "no such thing") == []


def test_customers_are_found_by_those_who_work_with_orders_and_not_by_a_viewer():
    keys = Keys()
    names = {order: keys.desk.person(order).name for order in keys.desk.state.orders}
    order, name = next((order, name) for order, name in names.items() if name)
    first = name.split()[0]
    for role in ("amira", "vera", "ed", "ada"):
        assert f"/orders/{order}" in [href for _, href in found(role, first)], role
    assert found("vic", first) == []

    async def said() -> str:
        await keys.users()
        async with keys.browser("vic") as browser:
            return (await browser.get("/api/find", params={"q": order})).text

    assert first not in run(said())


def test_pages_of_a_role_are_found_by_that_role_alone():
    assert found("ada", "users") == [("Users and tokens", "/users")]
    assert found("vera", "users") == []
    assert found("vera", "import") == [("Import orders", "/orders/import")]
    assert found("amira", "import") == []
