"""Access by itself: secrets, roles, links, sessions, badges, waits, and what lies in the database."""

import asyncio
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.access import Access, AccessError, By, Limits, PutUser, Role
from controller.access.entering import (
    change_password,
    enter_station,
    first_link,
    follow_link,
    sign_in,
    sign_out,
)
from controller.access.keys import digest, new_token, password_flaw, pin_flaw
from controller.access.people import (
    add_user,
    change_user,
    link_for,
    remove_user,
    set_pin,
    show_badge,
)
from controller.access.rates import BackOff, Buckets
from controller.access.tokens import add_token, revoke_token
from controller.journal import InlineJournal, Memory

PASSWORD = "four unrelated words here"
BY = By(who="person ada", address="192.0.2.7", agent="Browser")


class Plant:
    """Access over a journal in memory, or a file, at a moment that stands still."""

    def __init__(self, kept: Memory | Path | None = None, **limits: int) -> None:
        self.now = 1_800_000_000
        self.kept = kept if kept is not None else Memory()
        self.limits = Limits(**limits)
        self.start()

    def start(self) -> None:
        self.journal = InlineJournal(self.kept)
        self.access = Access(self.journal, lambda: self.now, pepper=b"pepper", limits=self.limits)

    async def first_admin(self) -> str:
        link = await first_link(self.access)
        return await follow_link(self.access, link, PASSWORD, By(), name="ada", display="Ada L.")

    async def user(self, name: str, role: Role = Role.OPERATOR) -> None:
        _, link = await add_user(self.access, name, "", role, BY)
        await follow_link(self.access, link, PASSWORD, By())


def run(work: Any) -> Any:
    return asyncio.run(work)


async def refused(work: Any, kind: str, words: str = "") -> str:
    with pytest.raises(AccessError) as caught:
        await work
    assert caught.value.kind == kind, caught.value.why
    assert words in caught.value.why
    return caught.value.why


def test_the_first_link_makes_one_admin_once() -> None:
    async def main() -> None:
        plant = Plant()
        older = await first_link(plant.access)
        link = await first_link(plant.access)
        await refused(follow_link(plant.access, older, PASSWORD, By(), name="eve"), "refused")
        secret = await follow_link(plant.access, link, PASSWORD, By(), name="Ada", display="Ada L.")
        session = plant.access.session(secret)
        assert session is not None
        assert session.user == "ada"
        assert plant.access.book.users["ada"].role is Role.ADMIN
        await refused(
            follow_link(plant.access, link, PASSWORD, By(), name="eve"), "refused", "used"
        )
        assert await first_link(plant.access) == ""

    run(main())


def test_two_who_follow_the_first_link_at_once_make_one_admin() -> None:
    async def main() -> None:
        plant = Plant()
        link = await first_link(plant.access)
        both = await asyncio.gather(
            *(
                follow_link(plant.access, link, PASSWORD, By(), name=name)
                for name in ("ada", "eve")
            ),
            return_exceptions=True,
        )
        assert sorted(type(each).__name__ for each in both) == ["AccessError", "str"]
        assert len(plant.access.book.admins()) == 1

    run(main())


def test_a_link_ends_with_its_time() -> None:
    async def main() -> None:
        plant = Plant()
        link = await first_link(plant.access)
        plant.now += plant.limits.setup_s
        await refused(follow_link(plant.access, link, PASSWORD, By(), name="ada"), "refused", "old")

    run(main())


def test_nothing_in_the_database_lets_anybody_in(tmp_path: Path) -> None:
    file = tmp_path / "journal.db"

    async def main() -> list[str]:
        plant = Plant(file)
        link = await first_link(plant.access)
        secret = await follow_link(plant.access, link, PASSWORD, By(), name="ada")
        await set_pin(plant.access, "ada", "482913", BY)
        token = (await add_token(plant.access, "webshop", Role.PLANNER, BY))[1]
        pending = await link_for(plant.access, "ada", BY)
        plant.journal.close()
        return [link, secret, PASSWORD, "482913", token, token.split("_")[2], pending]

    secrets = run(main())
    with sqlite3.connect(file) as database:
        kept = "\n".join(database.iterdump())
    assert "$argon2id$" in kept
    assert [each for each in secrets if each in kept] == []


def test_all_of_it_is_there_after_a_restart(tmp_path: Path) -> None:
    async def main() -> None:
        plant = Plant(tmp_path / "journal.db")
        secret = await plant.first_admin()
        token = (await add_token(plant.access, "webshop", Role.PLANNER, BY, valid_days=30))[1]
        before = plant.access.book
        plant.journal.close()
        plant.start()
        assert plant.access.book.users == before.users
        assert plant.access.book.sessions == before.sessions
        assert plant.access.book.tokens == before.tokens
        assert plant.access.session(secret) is not None
        assert plant.access.token(token) is not None
        kinds = [each.kind for each in plant.access.latest()]
        assert kinds == ["token made", "password set"]
        plant.journal.close()

    run(main())


def test_a_session_ends_when_idle_and_at_its_age() -> None:
    async def main() -> None:
        plant = Plant()
        await plant.first_admin()
        await plant.user("amira")
        secret = await sign_in(plant.access, "amira", PASSWORD, By())
        began = plant.now
        while plant.now < began + plant.limits.absolute_s - plant.limits.idle_s:
            session = plant.access.session(secret)
            assert session is not None
            await plant.access.seen(session)
            plant.now += plant.limits.idle_s - 1
        assert plant.access.session(secret) is not None
        plant.now += 1
        assert plant.access.session(secret) is None

        again = await sign_in(plant.access, "amira", PASSWORD, By())
        for _ in range(20):
            plant.now += plant.limits.absolute_s // 20
            if (session := plant.access.session(again)) is not None:
                await plant.access.seen(session)
        assert plant.access.session(again) is None

    run(main())


def test_an_admin_is_out_after_an_hour_of_nothing_and_last_use_survives_a_restart() -> None:
    async def main() -> None:
        plant = Plant()
        secret = await plant.first_admin()
        plant.now += 3000
        session = plant.access.session(secret)
        assert session is not None
        await plant.access.seen(session)
        plant.start()
        plant.now += 3000
        assert plant.access.session(secret) is not None
        plant.now += 600
        assert plant.access.session(secret) is None

    run(main())


def test_forged_and_ended_sessions_are_none() -> None:
    async def main() -> None:
        plant = Plant()
        secret = await plant.first_admin()
        session = plant.access.session(secret)
        assert session is not None
        for forged in ("", secret[:-1], secret + "x", session.hash, digest(secret), session.id):
            assert plant.access.session(forged) is None
        await sign_out(plant.access, session, BY)
        assert plant.access.session(secret) is None

    run(main())


def test_a_disabled_user_is_out_at_once_and_cannot_come_in() -> None:
    async def main() -> None:
        plant = Plant()
        await plant.first_admin()
        await plant.user("amira")
        secret = await sign_in(plant.access, "amira", PASSWORD, By())
        link = await link_for(plant.access, "amira", BY)
        await change_user(plant.access, "amira", BY, disabled=True)
        assert plant.access.session(secret) is None
        await refused(sign_in(plant.access, "amira", PASSWORD, By()), "refused", "not right")
        await refused(follow_link(plant.access, link, PASSWORD, By()), "refused")
        await refused(link_for(plant.access, "amira", BY), "conflict")
        await change_user(plant.access, "amira", BY, disabled=False)
        assert plant.access.session(secret) is None
        assert await sign_in(plant.access, "amira", PASSWORD, By())

    run(main())


def test_who_is_disabled_while_the_password_is_verified_does_not_come_in() -> None:
    async def main() -> None:
        plant = Plant()
        await plant.first_admin()
        await plant.user("amira")
        coming = asyncio.ensure_future(sign_in(plant.access, "amira", PASSWORD, By()))
        await asyncio.sleep(0)
        await change_user(plant.access, "amira", BY, disabled=True)
        await refused(coming, "refused")

    run(main())


def test_the_last_admin_cannot_be_lost() -> None:
    async def main() -> None:
        plant = Plant()
        await plant.first_admin()
        for work in (
            change_user(plant.access, "ada", BY, disabled=True),
            change_user(plant.access, "ada", BY, role=Role.PLANNER),
            remove_user(plant.access, "ada", BY),
        ):
            await refused(work, "conflict", "last admin")
        # Somebody who has not set a password yet could let nobody in.
        await add_user(plant.access, "vera", "", Role.ADMIN, BY)
        await refused(remove_user(plant.access, "ada", BY), "conflict", "last admin")
        await plant.user("noor", Role.ADMIN)
        await remove_user(plant.access, "ada", BY)
        assert "ada" not in plant.access.book.users

    run(main())


def test_a_new_password_ends_all_other_sessions() -> None:
    async def main() -> None:
        plant = Plant()
        one = await plant.first_admin()
        two = await sign_in(plant.access, "ada", PASSWORD, By())
        user = plant.access.book.users["ada"]
        why = await refused(
            change_password(plant.access, user, "wrong", PASSWORD * 2, BY), "refused"
        )
        assert "Nothing was changed" in why
        fresh = await change_password(plant.access, user, PASSWORD, "other unrelated words", BY)
        assert plant.access.session(one) is plant.access.session(two) is None
        assert plant.access.session(fresh) is not None
        await refused(sign_in(plant.access, "ada", PASSWORD, By()), "refused")

    run(main())


def test_fifty_wrong_passwords_are_mostly_not_even_looked_at() -> None:
    async def main() -> None:
        plant = Plant()
        await plant.first_admin()
        kinds = []
        for number in range(50):
            with pytest.raises(AccessError) as caught:
                await sign_in(plant.access, "ada", f"guess {number}", By(address="192.0.2.9"))
            kinds.append(caught.value.kind)
        assert kinds == ["refused"] * 5 + ["slow"] * 45
        await refused(
            sign_in(plant.access, "ada", PASSWORD, By(address="192.0.2.9")), "slow", "again in"
        )
        await refused(sign_in(plant.access, "ada", PASSWORD, By(address="192.0.2.1")), "slow")
        plant.now += plant.limits.user_wait_s
        assert await sign_in(plant.access, "ada", PASSWORD, By(address="192.0.2.1"))
        failed = [each for each in plant.access.latest() if each.kind == "sign-in failed"]
        assert len(failed) == 5

    run(main())


def test_fifty_wrong_passwords_at_once_are_no_more_than_one_after_the_other() -> None:
    async def main() -> None:
        plant = Plant()
        await plant.first_admin()
        answers = await asyncio.gather(
            *(sign_in(plant.access, "ada", "guess", By()) for _ in range(50)),
            return_exceptions=True,
        )
        kinds = [each.kind for each in answers if isinstance(each, AccessError)]
        assert kinds.count("refused") == 5
        assert kinds.count("slow") == 45

    run(main())


def test_one_address_is_slowed_down_over_many_names() -> None:
    async def main() -> None:
        plant = Plant()
        await plant.first_admin()
        kinds = []
        for number in range(40):
            with pytest.raises(AccessError) as caught:
                await sign_in(plant.access, f"user{number}", "guess", By(address="192.0.2.9"))
            kinds.append(caught.value.kind)
        assert kinds.count("refused") == 20
        assert await sign_in(plant.access, "ada", PASSWORD, By(address="192.0.2.1"))

    run(main())


def test_what_was_typed_as_an_unknown_name_is_not_written_down() -> None:
    async def main() -> None:
        plant = Plant()
        await refused(sign_in(plant.access, "my secret password", "oops", By()), "refused")
        entry = plant.access.latest()[0]
        assert (entry.kind, entry.about) == ("sign-in failed", "unknown name")

    run(main())


def test_a_token_ends_when_revoked_and_at_its_time() -> None:
    async def main() -> None:
        plant = Plant()
        made, secret = await add_token(plant.access, "webshop", Role.PLANNER, BY, valid_days=2)
        assert plant.access.token(secret) == made
        for forged in ("", "lwt_", secret[:-1], secret.upper(), made.hash, f"lwt_{made.id}_x"):
            assert plant.access.token(forged) is None
        await refused(add_token(plant.access, "webshop", Role.VIEWER, BY), "conflict", "already")
        await revoke_token(plant.access, made.id, BY)
        assert plant.access.token(secret) is None
        await refused(revoke_token(plant.access, made.id, BY), "unknown")
        _, second = await add_token(plant.access, "webshop", Role.PLANNER, BY, valid_days=2)
        plant.now += 2 * 86_400
        assert plant.access.token(second) is None

    run(main())


@pytest.mark.parametrize("asked", [-1, 91, 4000])
def test_a_token_lasts_ninety_days_at_most(asked: int) -> None:
    async def main() -> None:
        work = add_token(Plant().access, "webshop", Role.VIEWER, BY, valid_days=asked)
        await refused(work, "wrong", "from 1 to 90 days")

    run(main())


def test_a_station_comes_in_by_its_token_and_goes_with_it() -> None:
    async def main() -> None:
        plant = Plant()
        await refused(add_token(plant.access, "b1", Role.ADMIN, BY, station="B1"), "wrong")
        made, secret = await add_token(plant.access, "b1", Role.OPERATOR, BY, station="B1")
        session = plant.access.session(await enter_station(plant.access, secret, By()))
        assert session is not None
        assert session.token == made.id
        program = (await add_token(plant.access, "webshop", Role.OPERATOR, BY))[1]
        await refused(enter_station(plant.access, program, By()), "refused", "no token of a shared")
        await revoke_token(plant.access, made.id, BY)
        assert not plant.access.lives(session)

    run(main())


def test_a_badge_names_who_acts_for_two_minutes() -> None:
    async def main() -> None:
        plant = Plant()
        await plant.first_admin()
        await plant.user("amira")
        await set_pin(plant.access, "amira", "482913", BY)
        user, seconds = await show_badge(plant.access, "s1", "B1", "482913", BY)
        assert (user.name, seconds) == ("amira", 120)
        badge = plant.access.badge("s1")
        assert badge is not None
        assert badge.name == "amira"
        assert plant.access.badge("s2") is None
        plant.now += 120
        assert plant.access.badge("s1") is None
        await refused(show_badge(plant.access, "s1", "B1", "000111", BY), "refused", "Nobody")
        await change_user(plant.access, "amira", BY, disabled=True)
        await refused(show_badge(plant.access, "s1", "B1", "482913", BY), "refused")

    run(main())


def test_a_pin_belongs_to_one_person_and_guessing_it_is_slow() -> None:
    async def main() -> None:
        plant = Plant()
        await plant.first_admin()
        await plant.user("amira")
        await set_pin(plant.access, "amira", "482913", BY)
        await refused(set_pin(plant.access, "ada", "482913", BY), "conflict", "Choose another")
        await set_pin(plant.access, "amira", "482913", BY)
        kinds = []
        for number in range(50):
            with pytest.raises(AccessError) as caught:
                await show_badge(plant.access, "s1", "B1", f"{number:06}", BY)
            kinds.append(caught.value.kind)
        assert kinds.count("refused") == 5

    run(main())


@pytest.mark.parametrize("pin", ["1234", "123456", "111111", "654321", "12 34 56"])
def test_bad_pins(pin: str) -> None:
    assert pin_flaw(pin)


@pytest.mark.parametrize("pin", ["482913", "9081726354", "AB12-99xy"])
def test_good_pins(pin: str) -> None:
    assert not pin_flaw(pin)


@pytest.mark.parametrize(
    "password",
    ["short", "password1234", "aaaaaaaaaaaaaaaa", "vera-lotwright", "qwerty123456", "x" * 201],
)
def test_bad_passwords(password: str) -> None:
    assert password_flaw(password, "vera", "Vera K.")


@given(st.text(min_size=12, max_size=200))
def test_a_good_password_has_some_different_characters(password: str) -> None:
    if not password_flaw(password, "vera", "Vera K."):
        assert len(set(password.casefold())) >= 5


@pytest.mark.parametrize("name", ["", "Vera K", "1st", "a" * 41, "vera/../x", "véra", "<b>"])
def test_names_are_plain(name: str) -> None:
    run(refused(add_user(Plant().access, name, "", Role.VIEWER, BY), "wrong", "is no name"))


def test_a_failed_writing_changes_nothing() -> None:
    async def main() -> None:
        plant = Plant()
        before = replace(plant.access.book, users=dict(plant.access.book.users))
        plant.journal.close()
        with pytest.raises(Exception, match="closed"):
            await add_user(plant.access, "amira", "", Role.VIEWER, BY)
        assert plant.access.book == before

    run(main())


def test_a_user_put_twice_is_there_once(tmp_path: Path) -> None:
    async def main() -> None:
        plant = Plant(tmp_path / "journal.db")
        await add_user(plant.access, "amira", "", Role.VIEWER, BY)
        user = plant.access.book.users["amira"]
        await plant.access.change(PutUser(replace(user, display="A. K.")))
        assert plant.journal.access_book().users["amira"].display == "A. K."
        plant.journal.close()

    run(main())


def test_tokens_are_long_and_never_the_same() -> None:
    made = {new_token()[1] for _ in range(100)}
    assert len(made) == 100
    assert all(each.startswith("lwt_") and len(each) > 50 for each in made)


@given(st.lists(st.floats(min_value=0, max_value=1), max_size=200))
def test_a_bucket_gives_no_more_than_its_rate_and_burst(gaps: list[float]) -> None:
    buckets, now, given_ = Buckets(rate=2, burst=5), 100.0, 0
    for gap in gaps:
        now += gap
        given_ += buckets.take("one", now) == 0
    assert given_ <= 5 + 2 * (now - 100) + 1e-6


def test_a_bucket_says_how_long_to_wait() -> None:
    buckets = Buckets(rate=2, burst=1)
    assert buckets.take("one", 0) == 0
    assert buckets.take("one", 0) == pytest.approx(0.5)
    assert buckets.take("two", 0) == 0
    assert buckets.take("one", 0.5) == 0


def test_waits_double_up_to_a_longest_and_strangers_fill_no_memory() -> None:
    waits = BackOff(free=2, longest_s=60)
    said = []
    for _ in range(10):
        waits.failed("one", 0)
        said.append(waits.wait_s("one", 0))
    assert said == [0, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    for number in range(20_000):
        waits.failed(f"stranger {number}", 0)
    assert len(waits.kept) == 10_000
