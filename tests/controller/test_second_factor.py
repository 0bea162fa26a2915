"""The second factor by itself: RFC 6238, codes that count once, what the database tells of it."""

import asyncio
import base64
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from controller.access import Access, AccessError, By, Factor, Role
from controller.access.enrolling import (
    confirm_factor,
    give_up_factor,
    offer_factor,
    take_factor,
)
from controller.access.entering import first_link, follow_link, sign_in
from controller.access.factors import kept_code, recovery_codes, seal, spend, unseal
from controller.access.people import add_user, change_user, link_for, remove_user
from controller.access.totp import address, code_at, matching, step_of
from controller.journal import InlineJournal, Memory

RFC_SECRET = b"12345678901234567890"
VECTORS = [
    (59, "94287082"),
    (1_111_111_109, "07081804"),
    (1_111_111_111, "14050471"),
    (1_234_567_890, "89005924"),
    (2_000_000_000, "69279037"),
    (20_000_000_000, "65353130"),
]
"""Source: RFC 6238, appendix B, the rows of SHA-1."""
PASSWORD = "four unrelated words here"
ADA = By(who="person ada", address="192.0.2.7")
ED = By(who="person ed", address="192.0.2.8")
NOW = 1_800_000_000


class Plant:
    """Access over a journal in memory, or a file, at a moment that stands still."""

    def __init__(
        self, kept: Memory | Path | None = None, *, demands: bool = False, pepper: bytes = b"p"
    ) -> None:
        self.now = NOW
        self.journal = InlineJournal(kept if kept is not None else Memory())
        self.access = Access(self.journal, lambda: self.now, pepper=pepper, second_factor=demands)

    async def people(self) -> None:
        link = await first_link(self.access)
        await follow_link(self.access, link, PASSWORD, By(), name="ada")
        _, link = await add_user(self.access, "ed", "", Role.ENGINEER, ADA)
        await follow_link(self.access, link, PASSWORD, By())

    async def enrol(self, name: str = "ed") -> tuple[bytes, tuple[str, ...]]:
        user = self.access.book.users[name]
        made = await offer_factor(self.access, user, PASSWORD, "Lotwright", ED)
        secret = base64.b32decode(made.secret)
        code = code_at(secret, step_of(self.now))
        return secret, await confirm_factor(self.access, user, code, "", ED)

    async def enters(self, code: str = "") -> str:
        return await sign_in(self.access, "ed", PASSWORD, ED, code)

    def later(self, steps: int = 1) -> int:
        """Let time pass; return the step that it is then."""
        self.now += 30 * steps
        return step_of(self.now)


def run(work: Any) -> Any:
    return asyncio.run(work)


async def refused(work: Any, kind: str, words: str = "") -> None:
    with pytest.raises(AccessError) as caught:
        await work
    assert caught.value.kind == kind, caught.value.why
    assert words in caught.value.why


@pytest.mark.parametrize(("at", "code"), VECTORS)
def test_codes_are_those_of_the_standard(at: int, code: str) -> None:
    assert code_at(RFC_SECRET, step_of(at), digits=8) == code
    assert code_at(RFC_SECRET, step_of(at)) == code[-6:]


@pytest.mark.parametrize(
    ("off", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_code_counts_one_step_either_side(off: int, counts: bool) -> None:
    step = step_of(NOW) + off
    found = matching(RFC_SECRET, code_at(RFC_SECRET, step), NOW, 0)
    assert found == (step if counts else None)


def test_a_code_and_earlier_ones_count_once() -> None:
    here = step_of(NOW)
    factor = Factor(user="ed", sealed=seal(b"p", "ed", RFC_SECRET), step=0)
    after = spend(b"p", factor, code_at(RFC_SECRET, here), NOW)
    assert after is not None
    assert after.step == here
    for step in (here - 1, here):
        assert spend(b"p", after, code_at(RFC_SECRET, step), NOW) is None
    assert spend(b"p", after, code_at(RFC_SECRET, here + 1), NOW) is not None


@pytest.mark.parametrize("typed", ["", "00000", "0000000", "١٢٣٤٥٦", "abcdef", "-", "\u00e9" * 16])
def test_what_is_no_code_does_not_count(typed: str) -> None:
    codes = tuple(kept_code(each) for each in recovery_codes())
    factor = Factor(user="ed", sealed=seal(b"p", "ed", RFC_SECRET), step=0, codes=codes)
    assert spend(b"p", factor, typed, NOW) is None


def test_a_sealed_secret_opens_for_its_user_and_with_its_key_only() -> None:
    sealed = seal(b"p", "ed", RFC_SECRET)
    assert unseal(b"p", "ed", sealed) == RFC_SECRET
    assert unseal(b"p", "ada", sealed) is None
    assert unseal(b"other", "ed", sealed) is None
    assert seal(b"p", "ed", RFC_SECRET) != sealed


def test_the_address_is_what_apps_read() -> None:
    said = address("Lotwright Söhne & Co: Nord", "ed", "ABC")
    assert said == (
        "otpauth://totp/Lotwright%20S%C3%B6hne%20%26%20Co%3A%20Nord:ed?secret=ABC"
        "&issuer=Lotwright%20S%C3%B6hne%20%26%20Co%3A%20Nord&algorithm=SHA1&digits=6&period=30"
    )


def test_signing_in_asks_for_a_code_and_takes_each_once() -> None:
    async def main() -> None:
        plant = Plant()
        await plant.people()
        assert await plant.enters()
        secret, _ = await plant.enrol()
        await refused(plant.enters(), "code", "Type the code")
        used = code_at(secret, step_of(plant.now))
        await refused(plant.enters(used), "refused", "Name, password or code is not right.")
        fresh = code_at(secret, plant.later(2))
        assert await plant.enters(f" {fresh[:3]} {fresh[3:]} ")
        await refused(plant.enters(fresh), "refused")
        wrong = sign_in(plant.access, "ed", "wrong", ED, fresh)
        await refused(wrong, "refused", "Name, password or code is not right.")

    run(main())


def test_one_code_sent_twice_at_once_lets_one_in() -> None:
    async def main() -> None:
        plant = Plant()
        await plant.people()
        secret, _ = await plant.enrol()
        code = code_at(secret, plant.later())
        got = await asyncio.gather(*(plant.enters(code) for _ in range(2)), return_exceptions=True)
        assert sorted(isinstance(each, AccessError) for each in got) == [False, True]

    run(main())


def test_guessing_codes_is_slow_and_asking_for_one_does_not_help() -> None:
    async def main() -> None:
        plant = Plant()
        await plant.people()
        await plant.enrol()
        kinds = []
        for code in ["000000", "", "000001", "", "000002", "", "000003"]:
            with pytest.raises(AccessError) as caught:
                await plant.enters(code)
            kinds.append(caught.value.kind)
        assert kinds == ["refused", "code", "refused", "code", "refused", "slow", "slow"]

    run(main())


def test_a_recovery_code_counts_once_and_the_log_says_how_many_are_left() -> None:
    async def main() -> None:
        plant = Plant()
        await plant.people()
        _, codes = await plant.enrol()
        assert len(set(codes)) == 10
        assert await plant.enters(codes[3].upper())
        newest = plant.access.latest()[0]
        assert (newest.kind, newest.detail) == ("signed in", "with a recovery code, 9 left")
        await refused(plant.enters(codes[3]), "refused")
        assert await plant.enters(codes[4].replace("-", " "))

    run(main())


def test_nothing_counts_before_it_is_confirmed_and_an_offer_ends() -> None:
    async def main() -> None:
        plant = Plant()
        await plant.people()
        ed = plant.access.book.users["ed"]
        await refused(offer_factor(plant.access, ed, "wrong", "L", ED), "refused")
        await refused(confirm_factor(plant.access, ed, "000000", "", ED), "conflict")
        made = await offer_factor(plant.access, ed, PASSWORD, "L", ED)
        assert made.secret not in repr(made)
        assert len(base64.b32decode(made.secret)) == 20
        assert await plant.enters()
        await refused(confirm_factor(plant.access, ed, "12", "", ED), "refused")
        plant.now += 600
        code = code_at(base64.b32decode(made.secret), step_of(plant.now))
        await refused(confirm_factor(plant.access, ed, code, "", ED), "conflict", "too old")
        await plant.enrol()
        await refused(offer_factor(plant.access, ed, PASSWORD, "L", ED), "conflict", "already")

    run(main())


def test_setting_it_up_signs_the_other_browsers_out() -> None:
    async def main() -> None:
        plant = Plant()
        await plant.people()
        there = plant.access.session(await plant.enters())
        here = plant.access.session(await plant.enters())
        assert there
        assert here
        ed = plant.access.book.users["ed"]
        made = await offer_factor(plant.access, ed, PASSWORD, "L", ED)
        code = code_at(base64.b32decode(made.secret), step_of(plant.now))
        await confirm_factor(plant.access, ed, code, here.hash, ED)
        assert (plant.access.lives(here), plant.access.lives(there)) == (True, False)

    run(main())


def test_taking_off_ones_own_needs_password_and_code_and_guessing_is_slow() -> None:
    async def main() -> None:
        plant = Plant()
        await plant.people()
        secret, codes = await plant.enrol()
        ed = plant.access.book.users["ed"]
        good = code_at(secret, plant.later())
        for password, code in (("wrong", good), (PASSWORD, "000000"), (PASSWORD, "")):
            await refused(give_up_factor(plant.access, ed, password, code, ED), "refused")
        await give_up_factor(plant.access, ed, PASSWORD, good, ED)
        assert await plant.enters()
        await plant.enrol()
        for _ in range(5):
            await refused(give_up_factor(plant.access, ed, PASSWORD, codes[0], ED), "refused")
            # A right password elsewhere does not set the count back.
            plant.access.attempt_passed("user ed", "elsewhere")
        await refused(give_up_factor(plant.access, ed, PASSWORD, good, ED), "slow")

    run(main())


def test_an_admin_takes_it_off_for_a_lost_phone() -> None:
    async def main() -> None:
        plant = Plant()
        await plant.people()
        await refused(take_factor(plant.access, "ed", ADA), "conflict", "has no second factor")
        secret, _ = await plant.enrol()
        session = plant.access.session(await plant.enters(code_at(secret, plant.later())))
        assert session
        await refused(take_factor(plant.access, "ed", ED), "conflict", "your own page")
        await take_factor(plant.access, "ed", ADA)
        assert not plant.access.lives(session)
        newest = plant.access.latest()[0]
        said = (newest.kind, newest.who, newest.about)
        assert said == ("second factor taken off", "person ada", "ed")
        assert await plant.enters()

    run(main())


def test_a_link_for_a_new_password_does_not_go_round_it() -> None:
    async def main() -> None:
        plant = Plant()
        await plant.people()
        secret, _ = await plant.enrol()
        link = await link_for(plant.access, "ed", ADA)
        before = len(plant.access.book.sessions)
        assert await follow_link(plant.access, link, "other unrelated words", By()) == ""
        assert len(plant.access.book.sessions) <= before
        await refused(plant.enters(code_at(secret, plant.later())), "refused")
        code = code_at(secret, plant.later())
        assert await sign_in(plant.access, "ed", "other unrelated words", ED, code)

    run(main())


def test_where_it_is_required_engineers_and_admins_have_yet_to_enrol() -> None:
    async def main() -> None:
        plant = Plant(demands=True)
        await plant.people()
        must = plant.access.must_enrol
        assert (must("ed"), must("ada"), must("nobody")) == (True, True, False)
        await change_user(plant.access, "ed", ADA, role=Role.PLANNER)
        assert not must("ed")
        await change_user(plant.access, "ed", ADA, role=Role.ENGINEER)
        await plant.enrol()
        assert not must("ed")
        offered = Plant()
        await offered.people()
        assert not offered.access.must_enrol("ed")

    run(main())


def test_it_is_there_after_a_restart_and_the_database_lets_nobody_in(tmp_path: Path) -> None:
    async def main() -> list[str]:
        file = tmp_path / "journal.db"
        plant = Plant(file)
        await plant.people()
        secret, codes = await plant.enrol()
        before = plant.access.book.factors
        plant.journal.close()
        again = Plant(file)
        assert again.access.book.factors == before
        again.later()
        await refused(again.enters(code_at(secret, step_of(NOW))), "refused")
        assert await again.enters(code_at(secret, again.later()))
        again.journal.close()
        # Without the key beside the database only recovery codes are left.
        bare = Plant(file, pepper=b"another")
        await refused(bare.enters(code_at(secret, bare.later(9))), "refused")
        assert await bare.enters(codes[0])
        await remove_user(bare.access, "ed", ADA)
        assert bare.access.book.factors == {}
        await bare.enrol("ada")
        bare.journal.close()
        typed = base64.b32encode(secret).decode()
        return [typed, secret.hex(), *codes, *(each.replace("-", "") for each in codes)]

    secrets = run(main())
    with sqlite3.connect(tmp_path / "journal.db") as database:
        assert database.execute('select "user" from factors').fetchall() == [("ada",)]
        kept = "\n".join(database.iterdump()).lower()
    assert [each for each in secrets if each.lower() in kept] == []
